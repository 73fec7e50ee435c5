"""Author code is what its files say now, also where a file was written twice within a second."""

from __future__ import annotations

import os
import sys

import pytest

from grader.files.author_code import AuthorCode

NAMES = {
    "reference": ("reference/right.py", lambda code: code.reference("reference.right:value")),
    "a package in it": ("reference/inner/right.py", lambda code: code.reference("reference.inner.right:value")),
    "a mistake": ("reference/mistakes/right.py", lambda code: code.mistake("right:value")),
    "a probe's sibling": ("problems/probes/sibling.py", lambda code: code.observer("probe:value")),
}


@pytest.mark.parametrize(("file", "value"), NAMES.values(), ids=NAMES)
def test_a_file_that_is_written_again_at_once_and_equally_long_is_read_again(tmp_path, monkeypatch, file, value):
    for other in ("reference/__init__.py", "reference/inner/__init__.py", file):
        (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / other).write_text("")
    (tmp_path / "problems/probes").mkdir(parents=True, exist_ok=True)
    (tmp_path / "problems/probes/probe.py").write_text("from sibling import value\n" if "sibling" in file else "")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for said in (1, 2):
        (tmp_path / file).write_text(f"def value():\n    return {said}\n")
        os.utime(tmp_path / file, (1_700_000_000, 1_700_000_000))
        assert value(AuthorCode(tmp_path))() == said
        for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
            del sys.modules[name]
    assert not list(tmp_path.rglob("*.pyc"))
