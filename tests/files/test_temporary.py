"""A program's temporary folder goes with it, however it ends, and nobody else's is touched."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")

HOLDER = """
import multiprocessing.util, os, sys, tempfile
from grader.files.temporary import hold_temporary_folder
hold_temporary_folder()
multiprocessing.util.get_temp_dir()
open(os.path.join(tempfile.mkdtemp(), "file"), "w").close()
print(tempfile.gettempdir(), flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(place):
    """A process that holds a folder below a place; with the folder."""
    command, environment = [sys.executable, "-c", HOLDER], os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process, process.stdout.readline().strip()


def test_a_program_that_ends_leaves_nothing(tmp_path):
    with holder(tmp_path) as (process, folder):
        assert [str(one) for one in tmp_path.iterdir()] == [folder]
        process.communicate()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_left_goes_when_the_next_starts_and_nothing_else(tmp_path):
    (tmp_path / "pymp-of-another-program").mkdir()
    with holder(tmp_path) as (killed, left), holder(tmp_path) as (living, held):
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert os.path.isdir(left)
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        subprocess.run([sys.executable, "-m", "grader", "--version"], check=True, env=environment)
        assert sorted(os.listdir(tmp_path)) == sorted([os.path.basename(held), "pymp-of-another-program"])
        assert len(os.listdir(held)) == 2
        living.communicate()


def test_where_no_folder_can_be_made_a_program_goes_on(tmp_path):
    script = HOLDER.replace("hold_temporary_folder()", "tempfile.tempdir = '/dev/null'; hold_temporary_folder()")
    script = script.partition("multiprocessing.util.get")[0]
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
