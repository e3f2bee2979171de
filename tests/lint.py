#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`./dev lint`: clang-format, clang-tidy and the licence line, of what changed since main or, with --all, of everything."""
import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LICENCE = "SPDX-License-Identifier: Apache-2.0"
LICENSED = {".cpp", ".hpp", ".h", ".c", ".py", ".sh", ".cmake"}
# The commands are GCC's: clang lacks some of its warnings, finds GCC's own stable_sort deprecated, and nests less.
FOR_CLANG = [f"--extra-arg={option}" for option in ("-Wno-unknown-warning-option", "-Wno-deprecated-declarations", "-fbracket-depth=1024",
                                                        "-Wno-unused-command-line-argument")]
BASES = ["origin/main", "main"]


def git(*arguments: str) -> list[str]:
    return subprocess.run(["git", *arguments], cwd=TOP, check=True, capture_output=True, text=True).stdout.splitlines()


def changed() -> list[str]:
    """Since the branch left main, and what is not committed yet. Everything where there is no main to compare with."""
    known = set(git("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes"))
    for base in BASES:
        if base in known:
            (merge_base,) = git("merge-base", base, "HEAD")
            return git("diff", "--name-only", "--diff-filter=d", merge_base) + git("ls-files", "--others", "--exclude-standard")
    return git("ls-files")


def without_licence(files: list[Path]) -> list[str]:
    candidates = [file for file in files if file.suffix in LICENSED or file.name == "CMakeLists.txt" or is_script(file)]
    return [f"{file.relative_to(TOP)}: no licence line '{LICENCE}' in its first lines" for file in candidates
            if LICENCE not in "".join(file.read_text(errors="replace").splitlines(True)[:3])]


def is_script(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(2) == b"#!"


def wrong_format(sources: list[Path]) -> list[str]:
    done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *sources], capture_output=True, text=True)
    return [done.stderr.strip()] if done.returncode else []


def tidy(source: Path) -> str:
    """clang does not read GCC's precompiled headers: the compile commands are those without them (build/tidy)."""
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", TOP / "build/tidy", *FOR_CLANG, source], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode else ""


def configure_tidy() -> None:
    subprocess.run(["cmake", "--preset", "dev", "-B", "build/tidy", "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON"], cwd=TOP, check=True,
                   stdout=subprocess.DEVNULL)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev lint", description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="everything, not only what changed since main")
    names = git("ls-files") if parser.parse_args().all else changed()
    files = sorted(TOP / name for name in set(names) if (TOP / name).is_file())
    sources = [file for file in files if file.suffix in {".cpp", ".hpp"}]
    problems = without_licence(files)
    if sources:
        problems += wrong_format(sources)
        configure_tidy()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            problems += filter(None, pool.map(tidy, [source for source in sources if source.suffix == ".cpp"]))
    print("\n".join(problems))
    print(f"{len(files)} files looked at, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
