#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`./dev test`: builds once, sanitized, runs every kind of test, and tells in a table what ran, how often and how long.

The last line is `N passed, N failed, N skipped`; the exit status is 0 only when nothing failed.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fuzz import run as fuzz
from lab.namespace import run_isolated

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build/asan"
RESULTS = TOP / "build/results"
# Small quarantine: tests look at the daemon's memory. Leaks are told at its end.
SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=16:detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1",
              "LSAN_OPTIONS": f"suppressions={TOP / 'tests/lab/leaks.txt'}:print_suppressions=0"}
FUZZ_SHORT, FUZZ_LONG = 20, 300  # seconds of each target
SIDE_BY_SIDE = 2  # files of system tests


@dataclass
class Row:
    """A line of the table: one library's unit tests, one file of system tests, or one check."""
    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0
    skipped: list[str] = field(default_factory=list)  # the reasons
    counts: list[str] = field(default_factory=list)  # what a test says of how much it did


def count(row: Row, cases: Iterable[ElementTree.Element]) -> Row:
    """Adds the test cases of a JUnit file; GoogleTest, ctest and pytest write the same elements."""
    for case in cases:
        name = case.get("name", "")
        skip = case.find("skipped")
        if skip is not None or case.get("status") == "disabled":
            row.skipped.append((skip.get("message") if skip is not None else "") or f"{name} gives no reason")
        elif case.find("failure") is not None or case.find("error") is not None:
            row.failed += 1
        else:
            row.passed += 1
        row.seconds += float(case.get("time") or 0)
        row.counts += [item.get("value") for item in case.iter("property") if item.get("name") == "counts"]
    return row


class Gate:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.rows: list[Row] = []

    def check(self, name: str, *command: str | Path) -> bool:
        """A step that passes or fails as one."""
        print(f"==> {name}", flush=True)
        began = time.monotonic()
        good = subprocess.run(command, cwd=TOP).returncode == 0
        self.rows.append(Row(name, int(good), int(not good), time.monotonic() - began))
        return good

    def unit_tests(self) -> None:
        """One ctest per library; each GoogleTest program tells its cases in a file. One without a file has crashed."""
        print("==> unit tests", flush=True)
        place = RESULTS / "unit"
        place.mkdir()
        environment = dict(os.environ, **SANITIZERS, GTEST_OUTPUT=f"xml:{place}/")
        if self.options.filter:
            environment["GTEST_FILTER"] = f"*{self.options.filter}*"
        programs = RESULTS / "ctest.xml"
        subprocess.run(["ctest", "--test-dir", BUILD, "-j", str(os.cpu_count()), "--output-on-failure", "--timeout", "300",
                        "--output-junit", programs], env=environment)
        told = {file.stem.removesuffix("_test"): ElementTree.parse(file).getroot() for file in place.glob("*.xml")}
        for program in ElementTree.parse(programs).getroot().iter("testcase"):
            name = program.get("name")
            row = count(Row(f"unit: {name}"), told[name].iter("testcase") if name in told else [])
            if program.find("failure") is not None and not row.failed:
                row.failed = 1
            if name not in told and program.find("failure") is None:
                row.passed = 1  # a program of another kind
            row.seconds = float(program.get("time") or 0)
            if row.passed or row.failed or row.skipped:
                self.rows.append(row)

    def system_tests(self, daemon: Path, client: Path | str) -> None:
        """A file at a time for each of a few workers: system tests wait more than they compute."""
        print("==> system tests", flush=True)
        os.environ.update(SANITIZERS)
        (RESULTS / "e2e").mkdir()
        options = ["--daemon-program", str(daemon), "--client-program", str(client)]
        if self.options.filter:
            options += ["-k", self.options.filter]
        if self.options.all:
            options.append("--many")
        files = sorted((TOP / "tests/e2e").glob("test_*.py"))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
            for file, row in zip(files, workers.map(lambda file: self.system_test_file(file, options), files)):
                print((RESULTS / "e2e" / file.stem).with_suffix(".log").read_text(), end="", flush=True)
                if row.passed or row.failed or row.skipped:
                    self.rows.append(row)

    def system_test_file(self, file: Path, options: list[str]) -> Row:
        report, log = ((RESULTS / "e2e" / file.stem).with_suffix(kind) for kind in [".xml", ".log"])
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-c", "tests/e2e/pytest.ini", str(file), f"--junitxml={report}", *options]
        with log.open("wb") as output:
            code = run_isolated(command, output)
        cases = ElementTree.parse(report).getroot().iter("testcase") if report.exists() else []
        row = count(Row(f"system: {file.stem.removeprefix('test_')}"), cases)
        if code not in (0, 5) and not row.failed:  # 5: the filter left none
            row.failed = 1  # pytest itself
        return row

    def fuzzing(self) -> None:
        """Each door for a while; what its corpus learned before is where it begins."""
        if reason := fuzz.why_not():
            self.rows += [Row(f"fuzz: {target}", skipped=[reason]) for target in fuzz.TARGETS]
            return
        print("==> fuzzing", flush=True)
        began = time.monotonic()
        if not fuzz.build(list(fuzz.TARGETS)):
            self.rows.append(Row("build (fuzz)", failed=1, seconds=time.monotonic() - began))
            return
        self.rows.append(Row("build (fuzz)", passed=1, seconds=time.monotonic() - began))
        for target in fuzz.TARGETS:
            began = time.monotonic()
            result = fuzz.run(target, FUZZ_LONG if self.options.all else FUZZ_SHORT)
            if not result.good:
                print(result.output[-6000:])
            self.rows.append(Row(f"fuzz: {target}", int(result.good), int(not result.good), time.monotonic() - began,
                                 counts=[f"{result.executions} executions"]))

    def run(self) -> None:
        shutil.rmtree(RESULTS, ignore_errors=True)
        RESULTS.mkdir(parents=True)
        if not self.check("test guest", TOP / "dev", "guest"):
            return
        if self.options.all:
            self.check("Debian image", TOP / "dev", "guest", "--debian")
        if self.options.daemon:
            self.system_tests(TOP / "tests/lab" / self.options.daemon, "")
            return
        if not self.check("build (asan)", TOP / "dev", "build", "asan"):
            return
        if not self.options.filter:
            self.check("each header compiles alone", "ninja", "-C", BUILD, "check_headers")
        self.unit_tests()
        if not self.options.filter:
            self.fuzzing()
        self.system_tests(BUILD / "bin/vireod", BUILD / "bin/vireo")

    def table(self) -> int:
        def show(name, passed, failed, skipped, seconds, counts):
            print(f"{name:34} {passed:>7} {failed:>7} {skipped:>8} {seconds:>9}  {counts}".rstrip())

        print()
        show("what", "passed", "failed", "skipped", "seconds", "how often")
        for row in self.rows:
            show(row.name, row.passed, row.failed, len(row.skipped), f"{row.seconds:.1f}", "; ".join(row.counts))
        reasons = Counter((row.name, reason) for row in self.rows for reason in row.skipped)
        print("\nskipped, and why:" if reasons else "\nnothing was skipped")
        for (name, reason), times in reasons.items():
            print(f"  {name}: {times} x {reason}")
        passed, failed = sum(row.passed for row in self.rows), sum(row.failed for row in self.rows)
        print(f"{passed} passed, {failed} failed, {reasons.total()} skipped")
        return 0 if passed and not failed else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev test", description=__doc__.splitlines()[0])
    parser.add_argument("filter", nargs="?", help="a part of the tests' names")
    parser.add_argument("--all", action="store_true", help="with the counts that take hours")
    parser.add_argument("--daemon", choices=["libvirtd"], help="system tests only, against this one; needs root")
    options = parser.parse_args()
    # A shell starts what runs in its background deaf to ^C, and children inherit that; tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gate = Gate(options)
    gate.run()
    return gate.table()


if __name__ == "__main__":
    sys.exit(main())
