#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`./dev bench --suites launch`: what `vireo launch` costs beside the guest's boot, phase by phase.

As somebody without rights, with the small cloud image: the first launch of a user, which starts the session's daemon and asks QEMU
what it can do, and a later one. Prints the medians over the rounds; "ours" is all but the boot.
"""
import argparse
import json
import os
import shutil
import statistics
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests"))

from lab.launcher import Launcher, person_with_account
from lab.namespace import SCRATCH, run_isolated
from lab.person import make_person

PHASES = ["prepare", "name", "files", "start", "boot"]


def launch(launcher: Launcher, name: str) -> dict[str, float]:
    """Milliseconds of each phase."""
    told = json.loads(launcher.ask("launch", str(launcher.image), "--name", name, "--memory", "256", "--output", "json", patience=300))
    launcher.ask("rm", name, "--yes")
    found = {phase: told[f"{phase}Seconds"] * 1000 for phase in PHASES}
    return {**found, "ours": (told["seconds"] - told["bootSeconds"]) * 1000}


def measure(rounds: int, client: Path, image: Path) -> dict[str, list[dict[str, float]]]:
    results = {"first launch": [], "later launch": []}
    for number in range(rounds):
        place = Path(os.environ[SCRATCH]) / f"u{number}"
        with person_with_account(make_person(place), str(client), image, place / "passwd") as launcher:
            for kind, found in results.items():
                found.append(launch(launcher, kind.split()[0]))
        shutil.rmtree(place)
    return results


def show(results: dict[str, list[dict[str, float]]]) -> None:
    columns = [*PHASES, "ours"]
    print("| ms, median | " + " | ".join(columns) + " |\n" + "|---" * (len(columns) + 1) + "|")
    for kind, rounds in results.items():
        print(f"| {kind} | " + " | ".join(f"{statistics.median(found[column] for found in rounds):.0f}" for column in columns) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", type=Path, default=TOP / "build/release/bin/vireo", help="vireod is beside it")
    parser.add_argument("--image", type=Path, default=TOP / "build/guest/cloud.img")
    options = parser.parse_args()
    if SCRATCH not in os.environ:
        return run_isolated([sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]])
    show(measure(options.rounds, options.client.absolute(), options.image.absolute()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
