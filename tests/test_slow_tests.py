"""A run without the slow tests says how many it left out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = """
import pytest

@pytest.mark.parametrize("i", range(3))
def test_quick(i): pass

@pytest.mark.slow
@pytest.mark.parametrize("i", range(2))
def test_slow(i): pass
"""


@pytest.mark.parametrize(
    ("workers", "chosen", "says"),
    [
        ("0", "not slow", "2 slow tests were left out: `make test-all` runs them"),
        pytest.param("2", "not slow", "2 slow tests were left out: `make test-all` runs them", marks=pytest.mark.slow),
        ("0", "slow", None),
    ],
)
def test_the_summary_says_how_many_slow_tests_were_left_out(workers, chosen, says, tmp_path):
    (tmp_path / "test_of_both.py").write_text(SOURCE)
    options = ["-p", "slow_left_out", "-c", os.devnull, "-n", workers, "-m", chosen]
    command = [sys.executable, "-m", "pytest", *options, tmp_path]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(TESTS)}, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("left out" in done.stdout) == (says is not None)
    assert says is None or says in done.stdout
