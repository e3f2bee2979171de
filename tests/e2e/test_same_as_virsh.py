# SPDX-License-Identifier: Apache-2.0
"""Each command of compare_virsh.py, typed at stock virsh and at vireo: what a script sees must be the same."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

COMPARISON = Path(__file__).resolve().parent / "compare_virsh.py"


@pytest.mark.patience(900)
def test_vireo_answers_as_virsh_does(system, pytestconfig, record_property):
    program = pytestconfig.getoption("--client-program")
    if not program:
        pytest.skip("there is no vireo beside this daemon")
    done = subprocess.run([sys.executable, COMPARISON, "--vireo", program, "--uri", system.uri], capture_output=True, text=True)
    told = re.search(r"(\d+) commands compared, 0 differ", done.stdout)
    assert done.returncode == 0 and told, f"{done.stdout}{done.stderr}"
    record_property("counts", f"{told[1]} commands, each with both programs")
