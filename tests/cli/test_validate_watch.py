"""`hw11 validate --watch`: an author's loop sees every save, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from interrupts import hear_interrupts

from grader.cli import validate

PATIENCE = 60


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("problems/tiny.yaml", True),
        ("problems/properties/tiny.py", True),
        ("reference/tiny.py", True),
        ("reference/answers.yaml", True),
        ("reference/mistakes/tiny.py", True),
        ("reference/mistakes/new.py", True),
        ("out/validate.jsonl", False),
        ("page.html", False),
        ("problems/.tiny.yaml.swp", False),
    ],
)
def test_a_save_while_it_validates_is_seen(tiny, monkeypatch, file, again):
    ran = []

    def validates_while_the_author_saves(command, **_):
        ran.append(command)
        if len(ran) == 2:
            raise KeyboardInterrupt
        path = tiny / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.read_text() + "\n" if path.exists() else "new\n")
        os.utime(path, ns=(1, 1))  # an older time than before is a change as well

    def waited(_):
        raise TimeoutError

    monkeypatch.setattr(validate.subprocess, "run", validates_while_the_author_saves)
    monkeypatch.setattr(validate.time, "sleep", waited)
    monkeypatch.setattr(sys, "argv", ["hw11", "validate", "--watch", "--part", "tinyb", "--html", "page.html"])
    with pytest.raises(KeyboardInterrupt if again else TimeoutError):
        validate._watch(tiny)
    assert ran[0] == [sys.executable, "-m", "grader", "validate", "--part", "tinyb", "--html", "page.html"]


@pytest.mark.slow
def test_it_tries_again_after_a_save_and_ends_at_ctrl_c(tiny, tmp_path):
    page = tmp_path / "page.html"
    command = [
        sys.executable,
        "-m",
        "grader",
        "validate",
        "--watch",
        "--part",
        "tinyb",
        "--jobs",
        "1",
        "--html",
        str(page),
    ]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    watching = subprocess.Popen([*command, "--assignment", str(tiny)], preexec_fn=hear_interrupts, **streams)
    assert watching.stdout is not None
    file = tiny / "problems" / "tiny.yaml"
    right, told = file.read_text(), [""]
    try:
        for line in watching.stdout:
            told[-1] += line
            if "waiting for a change" not in line:
                continue
            told.append("")
            if len(told) == 4:
                watching.send_signal(signal.SIGINT)
                told[-1] = watching.communicate(timeout=PATIENCE)[0]
                break
            file.write_text(right if len(told) == 3 else right.replace("unit: s", "unit: furlong"))
        assert watching.returncode == 130
    finally:
        watching.kill()
        watching.stdout.close()
    first, slip, mended, end = told
    assert "everything holds" in first
    assert page.exists()
    assert "furlong" in slip
    assert "everything holds" not in slip
    assert "everything holds" in mended
    assert "Traceback" not in end
