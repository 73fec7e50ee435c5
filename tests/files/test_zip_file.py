"""Zip files of ours: equal files give equal bytes, nothing is stored at full length, and scripts can be executed."""

from __future__ import annotations

import io
import stat
import zipfile

from grader.files.zip_file import zipped

FILES = {"Åsa_7_report.html": b"a page " * 9_000, "run": b"#!/bin/sh\n", "empty": b""}


def test_a_zip_holds_its_files_compressed_and_equal_ones_are_equal():
    packed = zipped(FILES)
    assert packed == zipped(dict(FILES))
    assert len(packed) < 2_000
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_who_may_read_and_execute_is_kept():
    with zipfile.ZipFile(io.BytesIO(zipped(FILES, 0o600, ["run"]))) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert {stat.filemode(mode) for name, mode in modes.items() if name != "run"} == {"-rw-------"}
    assert stat.filemode(modes["run"]) == "-rwxr-xr-x"
