"""Getting at the files of a submission, whatever they came in.

Owns folders and zip files: limits on size and number, names that are unsafe (`..`, absolute, links), and the
wrapping folders and litter that operating systems add. A submission may also be some members of a folder or zip that
holds many; zip files among those are opened, one level deep. Knows nothing of what the files mean.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath

MAX_FILES = 400
MAX_FILE_BYTES = 8 << 20
MAX_NOTEBOOK_BYTES = 32 << 20
"""Notebooks carry their outputs, which nobody reads but nobody should lose a mark for."""
MAX_TOTAL_BYTES = 48 << 20
_LITTER = {"__MACOSX", "__pycache__", ".git", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", ".venv", "node_modules"}

Member = tuple[str, int, Callable[[], bytes]]
"""Relative path, size as announced, and how to read it."""


@dataclass
class Collected:
    """Files by relative POSIX path, and what was left out and why."""

    files: dict[str, bytes] = field(default_factory=dict)
    notices: list[tuple[str, str]] = field(default_factory=list)


def is_litter(name: str) -> bool:
    """Whether a path is of the kind that operating systems and tools leave behind."""
    return any(part in _LITTER or part.startswith("._") for part in PurePosixPath(name).parts)


def collect(path: Path, members: Mapping[str, str] | None = None) -> Collected:
    """Every usable file of a folder, a zip or a single file; or, of a place that holds many submissions, some members.

    Nothing is ever followed out of the folder or unpacked to disk. What is left out is said in `notices`.

    Args:
        path: where the submission lies.
        members: name in the submission → name in the folder or zip, where only these belong to it.
    """
    collected = Collected()
    if members is not None:
        _take(_chosen(path, members, collected), collected)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _take(_members_of_zip(archive, collected), collected)
    else:
        _take(_members_of_folder(path, collected), collected)
    collected.files = _without_wrapper(collected.files)
    return collected


def _take(members: Iterator[Member], collected: Collected) -> None:
    """Read members into the collection while its limits allow."""
    total = sum(map(len, collected.files.values()))
    for name, size, read in members:
        if is_litter(name):
            continue
        if len(collected.files) >= MAX_FILES:
            collected.notices.append((name, f"left out, as all that follow: more than {MAX_FILES} files"))
            break
        if size > _most(name) or total + size > MAX_TOTAL_BYTES:
            limit = _most(name) if size > _most(name) else MAX_TOTAL_BYTES
            collected.notices.append((name, f"left out: {size >> 20} MiB, more than the limit of {limit >> 20} MiB"))
            continue
        try:
            content = read()
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            collected.notices.append((name, f"cannot be read: {error}"))
            continue
        collected.files[name] = content
        total += len(content)


def _most(name: str) -> int:
    """The largest size of a file with this name, in bytes."""
    return MAX_NOTEBOOK_BYTES if name.lower().endswith(".ipynb") else MAX_FILE_BYTES


def _chosen(path: Path, members: Mapping[str, str], collected: Collected) -> Iterator[Member]:
    """Some members of a folder or zip; what lies in a zip among them comes as if it had been handed in loose."""
    find = partial(_file_below, path) if path.is_dir() else partial(_member_called, _directory(path))
    for name, place in members.items():
        size, read = find(place)
        if not name.lower().endswith(".zip"):
            yield name, size, read
            continue
        try:
            yield from _inside_zip(name, size, read, collected)
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            collected.notices.append((name, f"cannot be read: {error}"))


class _Reopened(io.RawIOBase):
    """A file that is opened anew for every read: processes that were forked off share no place in it."""

    def __init__(self, path: Path) -> None:
        self._path, self._at, self._size = path, 0, path.stat().st_size

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self._at)
            content = file.read(size)
        self._at += len(content)
        return content


def _directory(path: Path) -> zipfile.ZipFile:
    """A zip that holds a class; its list of members, which is long, is read once and not for every submission."""
    info = path.stat()
    return _listed(path, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=2)
def _listed(path: Path, mtime_ns: int, size: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(_Reopened(path))


def _file_below(folder: Path, place: str) -> tuple[int, Callable[..., bytes]]:
    file = folder / place
    return file.lstat().st_size, lambda limit=None: file.read_bytes()


def _member_called(archive: zipfile.ZipFile, place: str) -> tuple[int, Callable[..., bytes]]:
    info = archive.getinfo(place)
    return info.file_size, partial(_read_member, archive, info)


def _inside_zip(name: str, size: int, read: Callable[..., bytes], collected: Collected) -> Iterator[Member]:
    if size > MAX_TOTAL_BYTES:
        limit = MAX_TOTAL_BYTES >> 20
        collected.notices.append((name, f"left out: {size >> 20} MiB, more than the limit of {limit} MiB"))
        return
    with zipfile.ZipFile(io.BytesIO(read(MAX_TOTAL_BYTES))) as archive:
        inner = Collected()
        _take(_members_of_zip(archive, inner), inner)
    collected.notices += [(f"{name}/{where}", why) for where, why in inner.notices]
    for file, content in _without_wrapper(inner.files).items():
        if file in collected.files:
            collected.notices.append((f"{name}/{file}", "left out: another file handed in has this name"))
        else:
            yield file, len(content), partial(bytes, content)


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


def _members_of_zip(archive: zipfile.ZipFile, collected: Collected) -> Iterator[Member]:
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


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int | None = None) -> bytes:
    """At most what the member may unpack to: a header may lie about its size."""
    most = _most(info.filename) if limit is None else limit
    with archive.open(info) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise OSError(f"unpacks to more than {most >> 20} MiB")
    return content


def _without_wrapper(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take off folders that wrap everything."""
    while files and all("/" in name for name in files):
        tops = {name.split("/", 1)[0] for name in files}
        if len(tops) != 1:
            break
        files = {name.split("/", 1)[1]: content for name, content in files.items()}
    return files
