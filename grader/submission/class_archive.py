"""An archive that holds the work of many: its list of members is read once, and single members at any time.

Owns opening zip and tar files for that, safely in processes that were forked off. What the names mean belongs to
`grader.submission.list_names`, how much of a member is taken to `grader.submission.archive`.
"""

from __future__ import annotations

import io
import os
import re
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from grader.submission.file_kinds import HEAD_BYTES, archive_format
from grader.submission.unpack import (
    MAX_MEMBERS,
    MAX_NAME_CHARACTERS,
    decompressed,
    name_as_meant,
    open_tar,
    read_tar_member,
    read_zip_member,
    readable_name,
    safe_name,
)

MAX_UNPACKED_CLASS = 1 << 30
"""A compressed tar is unpacked as a whole, on disk: a class of notebooks fits."""


class ClassArchive:
    """A zip or tar that holds plain files, found by the names that it stores."""

    def __init__(self, path: Path) -> None:
        """Read its list of members.

        Raises:
            OSError: it is neither zip nor tar.
            One of `UNREADABLE`: it is damaged.
        """
        file = _Shared(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)))
        form = archive_format(path.name, file.read(HEAD_BYTES))
        file.seek(0)
        if form == "zip":
            self._open_zip(zipfile.ZipFile(file))
        elif form == "tar":
            self._open_tar(open_tar(_without_compression(file)))
        else:
            raise OSError("neither a zip nor a tar")

    def member(self, stored: str) -> tuple[int, Callable[[int], bytes]]:
        """The size of a member as announced, and how to read it; see `grader.submission.unpack.Member`."""
        return self._members[stored]

    def names(self, links: list[str]) -> Iterator[tuple[str, str]]:
        """Each file's name as people see it, which never points outside, and the one that it is stored under.

        Args:
            links: takes the names of what is no plain file.
        """
        links += map(readable_name, self._links)
        return ((shown, stored) for stored, name in self._shown.items() if (shown := _safe(name)))

    def _open_zip(self, archive: zipfile.ZipFile) -> None:
        files = [one for one in archive.infolist() if not one.filename.endswith("/")]
        plain = [one for one in files if not stat.S_ISLNK(one.external_attr >> 16)]
        self._links = [one.filename for one in files if stat.S_ISLNK(one.external_attr >> 16)]
        self._shown = {one.filename: name_as_meant(one) for one in plain}
        self._members = {one.filename: (one.file_size, partial(read_zip_member, archive, one)) for one in plain}

    def _open_tar(self, archive: tarfile.TarFile) -> None:
        members = list(islice(archive, MAX_MEMBERS + 1))
        if len(members) > MAX_MEMBERS:
            raise OSError(f"more than {MAX_MEMBERS} members")
        files = [one for one in members if not one.isdir()]
        plain = [one for one in files if one.isreg() and not one.issparse()]
        self._links = [one.name for one in files if not one.isreg() or one.issparse()]
        self._shown = {one.name: one.name for one in plain}
        self._members = {one.name: (one.size, partial(read_tar_member, archive, one)) for one in plain}


def class_archive(path: Path) -> ClassArchive:
    """An archive, opened once for as long as the file stays the same; see `ClassArchive`."""
    info = path.stat()
    return _opened(path, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=2)
def _opened(path: Path, mtime_ns: int, size: int) -> ClassArchive:
    return ClassArchive(path)


def _safe(name: str) -> str | None:
    """A name inside the archive, made of one that points elsewhere if it must be."""
    return safe_name(name) or safe_name(re.sub(r"\.\.|^[/\\]|\0|:", "_", name)[-MAX_NAME_CHARACTERS:])


def _without_compression(file: io.RawIOBase) -> io.RawIOBase:
    """A tar as it is, or unpacked into a nameless file."""
    chunks = decompressed(file, MAX_UNPACKED_CLASS)
    if chunks is None:
        return file
    with tempfile.TemporaryFile() as unpacked:
        unpacked.writelines(chunks)
        unpacked.flush()
        return _Shared(os.dup(unpacked.fileno()))


class _Shared(io.RawIOBase):
    """An open file without a place in it that processes share which were forked off."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at = descriptor, 0

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = size if size >= 0 else os.fstat(self._descriptor).st_size - self._at
        content = os.pread(self._descriptor, max(0, wanted), self._at)
        self._at += len(content)
        return content
