#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`./dev fuzz [TARGET] [SECONDS]`: builds the fuzz targets with clang and runs each for that long.

What a run learned stays in build/fuzz/corpus/TARGET and is where the next one begins. An input that fails stays in
build/fuzz/failures; `build/fuzz/bin/fuzz_TARGET FILE` runs it again.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build/fuzz"
SEEDS = TOP / "tests/fuzz/seeds"
# Each with the folders that its first inputs come from.
TARGETS = {"rpc": [SEEDS / "rpc"], "xml": [SEEDS / "xml", TOP / "src/model/tests/data"], "qmp": [SEEDS / "qmp"]}
COMPILER = "clang++-19"
MEMORY = 2048  # MiB that one run may have
LONGEST = 10  # seconds for one input


@dataclass
class Result:
    target: str
    good: bool
    executions: int
    output: str


def why_not() -> str:
    """Why nothing can be fuzzed here; empty when it can."""
    if not shutil.which(COMPILER):
        return f"{COMPILER} is not installed: it is Debian's package clang-19"
    return ""


def build(targets: list[str]) -> bool:
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "configure.log", "w") as log:
        if subprocess.run(["cmake", "--preset", "fuzz"], cwd=TOP, stdout=log, stderr=log).returncode:
            print((BUILD / "configure.log").read_text())
            return False
    return subprocess.run(["ninja", "-C", BUILD, *(f"fuzz_{target}" for target in targets)]).returncode == 0


def run(target: str, seconds: int) -> Result:
    corpus, failures = BUILD / "corpus" / target, BUILD / "failures"
    for folder in [corpus, failures]:
        folder.mkdir(parents=True, exist_ok=True)
    command = [BUILD / f"bin/fuzz_{target}", f"-max_total_time={seconds}", f"-timeout={LONGEST}", f"-rss_limit_mb={MEMORY}",
               "-print_final_stats=1", f"-artifact_prefix={failures}/{target}-", corpus, *TARGETS[target]]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    told = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    executions = int(told[1]) if told else 0
    return Result(target, done.returncode == 0 and executions > 0, executions, done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", choices=TARGETS, help="one of them; else all, one after another")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="of each target")
    options = parser.parse_args()
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 1
    targets = [options.target] if options.target else list(TARGETS)
    if not build(targets):
        return 1
    failed = 0
    for target in targets:
        result = run(target, options.seconds)
        print(f"{target}: {result.executions} executions{'' if result.good else ', FAILED'}", flush=True)
        if not result.good:
            failed += 1
            print(result.output[-6000:])
    return min(failed, 1)


if __name__ == "__main__":
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    sys.exit(main())
