"""The house rules that no formatter and no compiler knows. Each has its own test in test/tools_dev/test_tidy.py.

Usage: tidy.py [FILE...]; without files, every file that git tracks or would track. One line a finding; exit 1 if any.
"""

import pathlib
import re
import subprocess
import sys
from typing import Iterator, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]

LINE_LENGTH_MAX = 120
FUNCTION_LINES_MAX = 70

LAYERS = ("protocol", "auth", "channels", "core")
# A folder may include itself and what is named here. test and bench may include anything.
SEES = {
    "protocol": (),
    "auth": ("protocol",),
    "channels": ("protocol", "auth"),
    "core": ("protocol", "auth", "channels", "sentix"),  # sentix/ is core/public/sentix/
    "tools": (*LAYERS, "sentix"),
}
PUBLIC_HEADERS = "core/public/sentix/"

CPP = (".h", ".cpp")
CODE = (*CPP, ".py", ".sh", ".js", ".mjs", ".ts", ".css", ".cmake", "CMakeLists.txt", "Makefile")
# Text that a person did not write line by line.
GENERATED = ("package-lock.json",)


class Finding(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class Ban(NamedTuple):
    pattern: re.Pattern
    instead: str
    folders: tuple = ()  # everywhere where empty


def ban(pattern: str, instead: str, folders: tuple = ()) -> Ban:
    return Ban(re.compile(pattern), instead, folders)


REPORT = "lower layers return values; core reports through core/log.h"
CALL = r"(?<![\w.>:])(?:std::)?"  # not a member, not another namespace's
BANS = (
    ban(CALL + r"(?:f|s|sn|vf|vs|vsn)?printf\(", REPORT, LAYERS),
    ban(r"\bstd::c(?:out|err|log)\b", REPORT, LAYERS),
    ban(r"\b(?:steady|system|high_resolution)_clock::now\(", "the time is an argument", LAYERS[:3]),
    ban(CALL + r"(?:v?sprintf|strcpy|strcat|strncpy|strncat|gets)\(", "std::string, or a checked std::memcpy"),
    ban(CALL + r"(?:ato(?:i|l|ll|f)|strto(?:l|ul|ll|ull))\(", "std::from_chars"),
    ban(CALL + r"s?rand\(", "<random>, or RAND_bytes where it must not be guessed"),
    ban(CALL + r"(?:localtime|gmtime|strtok|strerror)\(", "the form with _r, or std::generic_category().message()"),
    ban(r"\bstd::endl\b", "'\\n', and std::flush where it is meant"),
    ban(r"\busing namespace std;", "the names that are used"),
    ban(r"#include <(?:format|ranges|expected)>", "clang 14 with this libstdc++ cannot compile it"),
    ban(r"#include <regex>", "a parser written out: std::regex recurses on its input"),
    ban(r"\.detach\(\)", "join: a thread that nobody waits for outlives what it borrows", (*LAYERS, "tools")),
)

# Longer than FUNCTION_LINES_MAX, and why splitting would read worse: {"path": {"the function's first line": "reason"}}.
LONG_FUNCTIONS: dict = {
    "core/admin/openapi.cpp": {'constexpr std::string_view kPaths = R"json({': "it is no function, but one document"},
}


def folder_of(path: str) -> str:
    return path.split("/", 1)[0]


def without_comments_and_text(line: str) -> str:
    """The code of a line: what stands in quotes is blanked, what follows // is cut."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
    return re.sub(r"//.*", "", line)


def check_text(path: str, lines: list[str]) -> Iterator[Finding]:
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield Finding(path, number, "white space at the end of the line")
        if "\t" in line and not path.endswith("Makefile"):
            yield Finding(path, number, "a tab; use spaces")
        if re.search(r"\b(?:FIX(?:ME)|TO(?:DO)|XX(?:X))\b", line):
            yield Finding(path, number, "an unfinished mark: finish it, or open an issue")
        if re.search(r"(?<![\w.])/(?:work|root|home/\w+)/", line):
            yield Finding(path, number, "a path of one machine")
        if path.endswith(CODE) and len(line) > LINE_LENGTH_MAX:
            yield Finding(path, number, f"{len(line)} columns; at most {LINE_LENGTH_MAX}")


def check_document(path: str, lines: list[str]) -> Iterator[Finding]:
    fenced = False
    titles = []
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("# "):
            titles.append(number)
    if len(titles) != 1:
        yield Finding(path, titles[1] if titles else 1, f"{len(titles)} titles; a document has one '# ' line")


def check_header(path: str, lines: list[str]) -> Iterator[Finding]:
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("//"):
            if line != "#pragma once":
                yield Finding(path, number, "a header begins with #pragma once")
            return
    yield Finding(path, 1, "an empty header")


def check_includes(path: str, lines: list[str]) -> Iterator[Finding]:
    folder = folder_of(path)
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#include ([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        quote, name = match.groups()
        if path.startswith(PUBLIC_HEADERS):
            standard = quote == "<" and "/" not in name and not name.endswith(".h")
            if not (standard or name.startswith("sentix/")):
                yield Finding(path, number, "public headers include the standard library and sentix/ only")
        elif quote == '"':
            if "/" not in name or ".." in name:
                yield Finding(path, number, 'include by full path, as in "protocol/frame_header.h"')
            elif folder in SEES and folder_of(name) not in (folder, *SEES[folder]):
                yield Finding(path, number, f"{folder} does not see {folder_of(name)}")


def check_bans(path: str, lines: list[str]) -> Iterator[Finding]:
    folder = folder_of(path)
    for number, line in enumerate(lines, 1):
        code = line if line.startswith("#include") else without_comments_and_text(line)
        for rule in BANS:
            found = rule.pattern.search(code)
            if found and (not rule.folders or folder in rule.folders):
                yield Finding(path, number, f"{found.group(0).rstrip('(')}: instead, {rule.instead}")


# A line that ends in { and opens a scope or a table, not a function.
SCOPES = "namespace|class|struct|union|enum|extern"
NOT_A_FUNCTION = re.compile(r"^\s*(?:inline |template <.*> )?(?:%s)\b|=\s*\{$|\{\{$" % SCOPES)


# What a line that ends a statement, or is none, looks like; what follows it begins one.
BOUNDARY = re.compile(r"^\s*(?:$|//|#)|[;{}]$|^\s*(?:public|private|protected|case .*|default):$")


def first_line(lines: list[str], index: int) -> int:
    """Where the statement begins that line `index` continues or begins."""
    while index > 0 and not BOUNDARY.search(without_comments_and_text(lines[index - 1]).rstrip()):
        index -= 1
    return index


def functions(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(index of its first line, number of lines) of each outermost function of clang-formatted code."""
    index = 0
    while index < len(lines):
        line = lines[index]
        if without_comments_and_text(line).rstrip().endswith("{") and not NOT_A_FUNCTION.search(line):
            begin = first_line(lines, index)
            indent = len(lines[begin]) - len(lines[begin].lstrip())
            closing = re.compile(r"^" + " " * indent + r"\}")
            end = next((at for at in range(index + 1, len(lines)) if closing.match(lines[at])), None)
            if end is not None:
                yield begin, end - begin + 1
                index = end
        index += 1


def check_function_length(path: str, lines: list[str]) -> Iterator[Finding]:
    for index, count in functions(lines):
        if count > FUNCTION_LINES_MAX and lines[index].strip() not in LONG_FUNCTIONS.get(path, {}):
            yield Finding(path, index + 1, f"a function of {count} lines; at most {FUNCTION_LINES_MAX}")


def check(path: str, text: str) -> list[Finding]:
    """Every finding in one file; `path` is relative to the root, with slashes."""
    if path.endswith(GENERATED):
        return []
    lines = text.split("\n")
    if lines[-1] != "":
        return [Finding(path, len(lines), "the last line has no end")]
    lines.pop()
    checks = [check_text]
    if path.endswith(".md"):
        checks.append(check_document)
    if path.endswith(CPP):
        checks += [check_includes, check_bans, check_function_length]
    if path.endswith(".h"):
        checks.append(check_header)
    return [finding for each in checks for finding in each(path, lines)]


def project_files() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


def main(arguments: list[str]) -> int:
    paths = [pathlib.Path(each).resolve().relative_to(ROOT).as_posix() for each in arguments] or project_files()
    findings = []
    count = 0
    for path in paths:
        try:
            text = (ROOT / path).read_bytes().decode()
        except UnicodeDecodeError:
            continue  # a picture, or a corpus
        if path.startswith("test/fuzz/corpus/") or "\0" in text:
            continue
        count += 1
        findings += check(path, text)
    for finding in findings:
        print(finding)
    print(f"tidy: {count} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
