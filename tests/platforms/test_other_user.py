"""The executor for a platform's container: what it refuses to start over, and that it keeps its contract."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox.setuid import SetuidExecutor, others_reach

OTHER_PYTHON = Path("/usr/bin/python3")
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can become another user"
)


@pytest.mark.skipif(sys.platform == "linux" and os.geteuid() == 0, reason="this is root")
def test_without_root_there_is_nobody_to_become(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="needs root"):
        SetuidExecutor(tmp_path / "problems" / "probes", "cpu")


@needs_root
def test_an_assignment_that_everybody_can_read_is_refused() -> None:
    with pytest.raises(SandboxError, match="chmod 700"):
        SetuidExecutor(Path("/usr/share/problems/probes"), "cpu")


@needs_root
@pytest.mark.slow
def test_it_keeps_the_contract_of_every_executor() -> None:
    """With the system's Python where the one that runs this lies in root's own folder, out of another user's reach."""
    if not OTHER_PYTHON.exists() or shutil.which("python3") is None:
        pytest.skip("there is no Python that other users can reach")
    same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if subprocess.run([OTHER_PYTHON, "-c", same]).returncode:
        pytest.skip("the system's Python is another version, for which nothing is installed")
    packages = Path(site.getsitepackages()[0])
    if not others_reach(packages):
        pytest.skip("the libraries lie where no other user can reach them")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [
            OTHER_PYTHON,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/sandbox/test_contract.py",
            "-k",
            "setuid",
        ],
        env={"PATH": os.environ["PATH"], "PYTHONUSERBASE": str(packages.parents[2])},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout
    assert "cannot run here" not in done.stdout
    assert " passed" in done.stdout
