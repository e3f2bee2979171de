# SPDX-License-Identifier: Apache-2.0
"""Recorded questions and answers of libvirtd 9.0, asked again: of each corpus no more cases may fail than last time.

The corpora and their scorer are kept beside the project, not in it. `conformance.json` holds the most failures allowed.
A case whose emulator, firmware or processor is not here is skipped; the table shows how many.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parent.parent.parent.parent / "shared/conformance"
MOST_FAILURES = json.loads(Path(__file__).with_name("conformance.json").read_text())


@pytest.mark.patience(900)
@pytest.mark.parametrize("corpus", MOST_FAILURES)
def test_no_more_cases_fail(system, corpus, tmp_path, record_property):
    if not (CORPORA / "score").exists():
        pytest.skip("no corpora beside the project (../shared/conformance)")
    results = tmp_path / "results.json"
    told = subprocess.run([sys.executable, CORPORA / "score", "--uri", system.uri, "--corpus", corpus, "--json", results, "--list-failures"],
                          capture_output=True, text=True, timeout=880, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    assert results.exists(), told.stdout + told.stderr
    found = json.loads(results.read_text())
    failures = found["counted"] - found["passed"]
    record_property("counts", f"{corpus}: {found['passed']} of {found['counted']} cases, {found['totals'].get('skipped', 0)} skipped")
    assert found["counted"], "every case was skipped"
    assert found["totals"].get("lost", 0) == 0, f"connections were lost\n{told.stdout}"
    assert failures <= MOST_FAILURES[corpus], told.stdout
