"""Tables and pictures of what was measured."""

import xml.sax.saxutils

UNITS = {
    "server_us": "µs of the server's processor time per message",
    "connection_bytes": "bytes of resident memory",
    "p50_us": "µs, median",
    "p99_us": "µs, 99 of 100",
    "p99.9_us": "µs, 999 of 1,000",
}
COLOURS = ("#9aa5b1", "#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#475569")


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 \
        else f"{value:.3f}"


def servers_of(result: dict) -> list:
    names = []
    for by_server in result["rows"].values():
        names += [name for name in by_server if name not in names]
    return names


def cell(figures: dict | None, figure: str, is_base: bool) -> str:
    """The figure, and behind it how many times the base's it is."""
    measured = (figures or {}).get(figure)
    if measured is None:
        return ""
    text = number(measured.value)
    return text if is_base or measured.times is None else f"{text} ({measured.times:.2f})"


def table(group, result: dict) -> str:
    """GitHub's Markdown: a row a load and figure, a column a server."""
    names = servers_of(result)
    several = len(group.figures) > 1
    lines = ["| " + " | ".join(["" if several else UNITS[group.figures[0]], *names]) + " |",
             "|---" * (len(names) + 1) + "|"]
    for title, by_server in result["rows"].items():
        for figure in group.figures:
            cells = [cell(by_server.get(name), figure, name == group.base) for name in names]
            lines.append("| " + " | ".join([f"{title}: {UNITS[figure]}" if several else title, *cells]) + " |")
    lines += [f"\nNot measured: {why}." for why in result["left out"].values()]
    return "\n".join(lines)


def picture(group, result: dict) -> str:
    """The first figure as an SVG of bars: how many times the base each server is."""
    names = servers_of(result)
    figure = group.figures[0]
    rows = [(title, [(name, figures[figure].times, figures[figure].value)
                     for name, figures in by_server.items() if figure in figures])
            for title, by_server in result["rows"].items() if group.base in by_server]
    longest = max((ratio for _, bars in rows for _, ratio, _ in bars), default=1)
    shown = min(longest, 4.0)  # a bar that is longer ends in an arrow, so that the short ones can be told apart
    left, width, bar, gap = 250, 560, 14, 18
    height = 64 + sum(len(bars) * bar + gap for _, bars in rows)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 110} {height}" '
           'font-family="system-ui, sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>',
           f'<text x="12" y="22" font-size="15" font-weight="600">{escaped(group.title)}: {UNITS[figure]}, '
           f'as a multiple of {escaped(group.base)}</text>']
    out += legend(names, 12, 42)
    y = 60
    for title, bars in rows:
        out.append(f'<text x="{left - 10}" y="{y + len(bars) * bar / 2 + 4}" text-anchor="end">{escaped(title)}</text>')
        for name, ratio, value in bars:
            length = min(ratio, shown) / shown * width
            colour = COLOURS[names.index(name) % len(COLOURS)]
            arrow = " →" if ratio > shown else ""
            out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" fill="{colour}"/>')
            out.append(f'<text x="{left + length + 5:.1f}" y="{y + bar - 4}" font-size="10">'
                       f'{ratio:.2f} · {number(value)}{arrow}</text>')
            y += bar
        y += gap
    one = left + width / shown
    out.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="54" y2="{height - 8}" stroke="#111" stroke-dasharray="3 3"/>')
    return "\n".join([*out, "</svg>"]) + "\n"


def legend(names: list, x: float, y: float) -> list:
    out = []
    for index, name in enumerate(names):
        out.append(f'<rect x="{x}" y="{y - 10}" width="11" height="11" fill="{COLOURS[index % len(COLOURS)]}"/>')
        out.append(f'<text x="{x + 16}" y="{y}">{escaped(name)}</text>')
        x += 34 + 7 * len(name)
    return out


def escaped(text: str) -> str:
    return xml.sax.saxutils.escape(text)
