"""clang-tidy over the sources of a build, skipping those that were clean and have not changed since.

Usage: static_analysis.py BUILD_DIR [FILE...]. What was clean is remembered in the user's cache folder, for every clone,
by a hash of the file, the project's headers that it reaches, its compile command and the .clang-tidy above.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REMEMBERED = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "sentix/lint"
INCLUDE = re.compile(rb'^\s*#include [<"]([^>"]+)[>"]', re.MULTILINE)


def included(path: pathlib.Path) -> list[pathlib.Path]:
    """The project's own headers that a file names; includes are by full path, so no search path is needed."""
    names = [name.decode() for name in INCLUDE.findall(path.read_bytes())]
    candidates = [base / name for name in names for base in (ROOT, ROOT / "core/public")]
    return [candidate for candidate in candidates if candidate.is_file()]


def reached(source: pathlib.Path) -> list[pathlib.Path]:
    """The file and every header of the project that it includes, directly or not."""
    seen = {source}
    waiting = [source]
    while waiting:
        for header in included(waiting.pop()):
            if header not in seen:
                seen.add(header)
                waiting.append(header)
    return sorted(seen)


def fingerprint(source: pathlib.Path, command: str) -> str:
    digest = hashlib.sha256(command.replace(str(ROOT), ".").encode())
    settings = [folder / ".clang-tidy" for folder in source.parents if folder.is_relative_to(ROOT)]
    for path in [*filter(pathlib.Path.is_file, settings), *reached(source)]:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def analyse(build: pathlib.Path, source: pathlib.Path) -> str:
    """What clang-tidy says; empty where it finds nothing."""
    command = ["clang-tidy", "--quiet", "-p", str(build), str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return done.stdout or done.stderr


def sources(build: pathlib.Path) -> dict[pathlib.Path, str]:
    """Each source file of the project with its compile command; what the build generates is left out."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if source.is_relative_to(ROOT) and not source.is_relative_to(ROOT / "build"):
            commands[source] = entry["command"]
    return commands


def main(arguments: list[str]) -> int:
    build = pathlib.Path(arguments[0]).resolve()
    wanted = {pathlib.Path(each).resolve() for each in arguments[1:]}
    REMEMBERED.mkdir(parents=True, exist_ok=True)
    marks = {}
    commands = sources(build)
    for source, command in commands.items():
        if not wanted or source in wanted:
            mark = REMEMBERED / fingerprint(source, command)
            if not mark.exists():
                marks[source] = mark
    print(f"clang-tidy: {len(marks)} of {len(commands)} files are new or changed", flush=True)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(analyse, build, source): source for source in marks}
        for done in concurrent.futures.as_completed(running):
            if done.result():
                failed += 1
                print(f"--- {running[done].relative_to(ROOT)}\n{done.result()}", flush=True)
            else:
                marks[running[done]].touch()
    print(f"clang-tidy: {failed} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
