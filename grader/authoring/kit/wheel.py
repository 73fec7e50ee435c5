"""A wheel that installs `hw11` with a public assignment inside: the engine as it stands here, nothing to download.

Owns the form of the file (a zip with `METADATA`, `RECORD` and the entry points of the package that runs now), written
by hand so that a course needs neither a build tool nor a network, and equal kits are equal bytes. What may go in
belongs to `public`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import grader
import reports
from grader.files.zip_file import zipped

DISTRIBUTION = "hw11"
LOCAL = "kit"
"""Marks the version: who has it has no answers."""

_SUFFIXES = {".py", ".j2", ".css", ".svg", ".js", ".typed"}
_NOT_OURS = {"__pycache__", "homework", "starter"}
_REPLACED = {
    *("metadata-version", "name", "version", "description", "description-content-type"),
    *("license-file", "license-expression", "provides-extra", "dynamic"),
}
"""What is set anew, or belongs to the whole package alone."""


def build_wheel(homework: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Name and content of a wheel of this package whose only homework is the given one.

    Args:
        homework: files of a public assignment, by path below its root.
    """
    version = f"{metadata.version(DISTRIBUTION).partition('+')[0]}+{LOCAL}"
    about = f"{DISTRIBUTION}-{version}.dist-info"
    files = dict(_engine())
    files |= {f"grader/homework/{path}": content for path, content in homework.items()}
    files[f"{about}/METADATA"] = _metadata(version).encode()
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: hw11 kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{about}/entry_points.txt"] = _entry_points().encode()
    files[f"{about}/RECORD"] = _record(files, f"{about}/RECORD")
    return f"{DISTRIBUTION}-{version}-py3-none-any.whl", zipped(dict(sorted(files.items())))


def _engine() -> Iterator[tuple[str, bytes]]:
    for package in (grader, reports):
        assert package.__file__ is not None  # both are packages with an __init__
        folder = Path(package.__file__).parent
        for file in sorted(folder.rglob("*")):
            path = file.relative_to(folder.parent)
            if file.is_file() and file.suffix in _SUFFIXES and not _NOT_OURS & set(path.parts):
                yield path.as_posix(), file.read_bytes()


def _metadata(version: str) -> str:
    """The package's own metadata, without its long description and its extras, which are for staff."""
    own = metadata.metadata(DISTRIBUTION)
    head = ["Metadata-Version: 2.1", f"Name: {DISTRIBUTION}", f"Version: {version}"]
    keys = [key for key in dict.fromkeys(own) if key.lower() not in _REPLACED]
    kept = [f"{key}: {value}" for key in keys for value in own.get_all(key) or () if "extra ==" not in value]
    return "\n".join([*head, *kept]) + "\n"


def _entry_points() -> str:
    scripts = [e for e in metadata.distribution(DISTRIBUTION).entry_points if e.group == "console_scripts"]
    return "\n".join(["[console_scripts]", *(f"{script.name} = {script.value}" for script in scripts)]) + "\n"


def _record(files: Mapping[str, bytes], own: str) -> bytes:
    lines = []
    for path in sorted(files):
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(files[path])}")
    return ("\n".join([*lines, f"{own},,"]) + "\n").encode()
