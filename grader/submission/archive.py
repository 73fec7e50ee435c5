"""Getting at the files of a submission, whatever they came in.

Owns folders and zip files: limits on size and number, names that are unsafe (`..`, absolute, links), and the
wrapping folders and litter that operating systems add. Knows nothing of what the files mean.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

MAX_FILES = 400
MAX_FILE_BYTES = 8 << 20
MAX_TOTAL_BYTES = 48 << 20
_LITTER = {"__MACOSX", "__pycache__", ".git", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", ".venv", "node_modules"}

Member = tuple[str, int, Callable[[], bytes]]
"""Relative path, size as announced, and how to read it."""


@dataclass
class Collected:
    """Files by relative POSIX path, and what was left out and why."""

    files: dict[str, bytes] = field(default_factory=dict)
    notices: list[tuple[str, str]] = field(default_factory=list)


def collect(path: Path) -> Collected:
    """Every usable file of a folder, a zip or a single file.

    Nothing is ever followed out of the folder or unpacked to disk. What is left out is said in `notices`.
    """
    collected = Collected()
    members = _members_of_zip(path, collected) if zipfile.is_zipfile(path) else _members_of_folder(path, collected)
    total = 0
    for name, size, read in members:
        if any(part in _LITTER or part.startswith("._") for part in PurePosixPath(name).parts):
            continue
        if len(collected.files) >= MAX_FILES:
            collected.notices.append((name, f"left out, as all that follow: more than {MAX_FILES} files"))
            break
        if size > MAX_FILE_BYTES or total + size > MAX_TOTAL_BYTES:
            limit = MAX_FILE_BYTES if size > MAX_FILE_BYTES else MAX_TOTAL_BYTES
            collected.notices.append((name, f"left out: {size >> 20} MiB, more than the limit of {limit >> 20} MiB"))
            continue
        try:
            content = read()
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            collected.notices.append((name, f"cannot be read: {error}"))
            continue
        collected.files[name] = content
        total += len(content)
    collected.files = _without_wrapper(collected.files)
    return collected


def _members_of_folder(path: Path, collected: Collected) -> Iterator[Member]:
    if path.is_file():
        yield path.name, path.stat().st_size, path.read_bytes
        return
    for folder, names, files in os.walk(path, followlinks=False):
        names[:] = sorted(name for name in names if name not in _LITTER)
        for name in sorted(files):
            file = Path(folder) / name
            relative = file.relative_to(path).as_posix()
            info = file.lstat()
            if not stat.S_ISREG(info.st_mode):
                collected.notices.append((relative, "left out: not a plain file (a link or a device)"))
                continue
            yield relative, info.st_size, file.read_bytes


def _members_of_zip(path: Path, collected: Collected) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")
            parts = PurePosixPath(name).parts
            if info.is_dir():
                continue
            if name.startswith("/") or ".." in parts or ":" in name or "\0" in name:
                collected.notices.append((name, "left out: its name points outside the archive"))
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                collected.notices.append((name, "left out: a link"))
                continue
            yield PurePosixPath(name).as_posix(), info.file_size, partial(_read_member, archive, info)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """At most what the member announced: a header may lie about its size."""
    with archive.open(info) as member:
        content = member.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise OSError(f"unpacks to more than {MAX_FILE_BYTES >> 20} MiB")
    return content


def _without_wrapper(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take off folders that wrap everything."""
    while files and all("/" in name for name in files):
        tops = {name.split("/", 1)[0] for name in files}
        if len(tops) != 1:
            break
        files = {name.split("/", 1)[1]: content for name, content in files.items()}
    return files
