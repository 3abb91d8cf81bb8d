"""Counts the instructions of the hot paths, and the bytes of a connection, and holds them against
bench/guard/budgets.json.

Usage: bench_guard.py [--renew]. Each case of build/bench/sentix-bench-guard runs twice under callgrind, few times and
many times; the difference divided by the difference of the counts is what one operation costs, whatever start-up costs.
The counts are exact, so noise cannot fail this: what fails is code that executes more instructions. They hold for one
compiler, one instruction set and one choice of SIMD kernels; elsewhere it says so and skips.
"""

import json
import os
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/bench/sentix-bench-guard"
BUDGETS = ROOT / "bench/guard/budgets.json"
TOLERANCES = {"instructions": 0.05, "bytes": 0}
FEW, MANY = 200, 1200  # multiples of the hundred subscribers that one publication goes to
NO_KERNELS = 3

ENVIRONMENT = {
    **os.environ,
    "SIMDJSON_FORCE_IMPLEMENTATION": "haswell",
    # memcpy and SHA-1 choose by processor as well. valgrind has no AVX-512 and no SHA instructions; these two make
    # sure that no machine's own preference remains.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM,-Prefer_ERMS,-Prefer_FSRM",
    "OPENSSL_ia32cap": "~0x0:~0x20000000",
}


def reason_to_skip() -> str:
    if platform.machine() != "x86_64":
        return f"the budgets are for x86_64, this is {platform.machine()}"
    cache = (ROOT / "build/CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE).group(1)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    if "clang" in version or not re.search(r"\b12\.\d+\.\d+", version):
        return f"the budgets are for g++ 12, this is {version}"
    if subprocess.run([PROGRAM], env=ENVIRONMENT, capture_output=True, check=False).returncode == NO_KERNELS:
        return "the budgets are for AVX2, which this processor lacks"
    return ""


def instructions(case: str, operations: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, case, str(operations)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        raise SystemExit(f"bench-guard: {case} ended with {done.returncode}\n{done.stderr}")
    return int(counted.group(1))


def cost(case: str) -> float:
    return (instructions(case, MANY) - instructions(case, FEW)) / (MANY - FEW)


def sizes() -> dict:
    done = subprocess.run([PROGRAM, "sizes"], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return {name: int(size) for name, size in (line.split("\t") for line in done.stdout.splitlines())}


def verdicts(costs: dict, budgets: dict, tolerance: float) -> list[tuple[str, str, bool]]:
    """(case, what to print, whether it is in order) for each case that is measured or has a budget."""
    rows = []
    for case in [*costs, *(name for name in budgets if name not in costs)]:
        if case not in costs:
            rows.append((case, "has a budget and is not measured any more", False))
        elif case not in budgets:
            rows.append((case, f"{costs[case]:10.1f}  has no budget", False))
        else:
            change = costs[case] / budgets[case] - 1
            text = f"{costs[case]:10.1f}  budget {budgets[case]:10.1f}  {change:+7.1%}"
            rows.append((case, text + ("  TOO MANY" if change > tolerance else ""), change <= tolerance))
    return rows


def main(arguments: list[str]) -> int:
    if reason := reason_to_skip():
        print(f"bench-guard: skipped, because {reason}")
        return 0
    cases = subprocess.run([PROGRAM], env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout.split()
    measured = {"instructions": {case: round(cost(case), 1) for case in cases}, "bytes": sizes()}
    if arguments == ["--renew"]:
        BUDGETS.write_text(json.dumps(measured, indent=2) + "\n")
    budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}

    failed = []
    for kind, tolerance in TOLERANCES.items():
        print(f"{kind}, of which {tolerance:.0%} more than the budget are too many; g++ 12, AVX2")
        rows = verdicts(measured[kind], budgets.get(kind, {}), tolerance)
        for case, text, _ in rows:
            print(f"  {case:32}{text}")
        failed += [case for case, _, in_order in rows if not in_order]
    if failed:
        print(f"bench-guard: not within the budget: {', '.join(failed)}.")
        print("Where that is meant, `make bench-guard RENEW=1` writes new budgets; say why in the commit.")
        return 1
    print("bench-guard: all within their budgets")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
