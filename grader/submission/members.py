"""The files of a folder, a zip or a tar: one interface for all three.

Owns what no archive may do: name a place outside itself, link, claim sizes that are not true, unpack to more than is
allowed. Nothing is unpacked to disk under a name of the archive's. How much of it is taken belongs to
`grader.submission.archive`.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import posixpath
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import IO, Any, NamedTuple

from grader.submission.file_kinds import ENVIRONMENT, is_litter

UNREADABLE = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError, OverflowError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
)
"""What the libraries raise for archives that are damaged, encrypted or packed in a way they do not know."""

MAX_NAME_CHARACTERS = 1000
MAX_MEMBERS = 200_000
"""Names that are looked at: each costs memory before anything is known of it. An environment with a notebook server
has 60,000."""
_NO_PLAIN_FILE = "left out: not a plain file (a link, a device or a file with holes)"
_IN_MEMORY = 32 << 20
_CHUNK = 1 << 20
_USUAL_BYTES = 64 << 10
"""As much is read first: room for the largest file costs more than reading one that a person typed."""
_XZ_MEMORY = 256 << 20


class Member(NamedTuple):
    """A file in a folder or archive.

    `name` is the relative path that people see, `at` the one that it is stored under, `size` what is announced. `read`
    gives the content; it raises one of `UNREADABLE` for one that cannot be read, or has more bytes than are asked for.
    `odd` says why it is left out; empty for a plain file.
    """

    name: str
    at: str
    size: int
    read: Callable[[int], bytes]
    odd: str = ""


def in_folder(folder: Path, closed: Callable[[OSError], None] | None = None) -> Iterator[Member]:
    """The files below a folder, installed environments and what tools leave aside; links are followed nowhere.

    Args:
        folder: where to look.
        closed: told of folders that may not be read.
    """
    for place, below, names in os.walk(folder, onerror=closed):
        kept = sorted(name for name in below if not is_litter(name))
        links = [name for name in kept if Path(place, name).is_symlink()]
        is_environment = ENVIRONMENT in names and place != str(folder)
        below[:] = [] if is_environment else [name for name in kept if name not in links]
        around = Path(place).relative_to(folder).as_posix()
        for name in sorted((*names, *links)):
            with contextlib.suppress(FileNotFoundError):  # an editor may replace it at this moment
                yield file_at(folder, f"{around}/{name}".removeprefix("./"))


def file_at(folder: Path, at: str) -> Member:
    """One file of a folder.

    Raises:
        OSError: it is not there.
    """
    info = (folder / at).lstat()
    odd = "" if stat.S_ISREG(info.st_mode) else _NO_PLAIN_FILE
    return Member(readable_name(at), at, info.st_size, partial(read_file, folder / at), odd)


def read_file(path: Path, limit: int) -> bytes:
    """The content of a file; see `Member`."""
    with path.open("rb") as file:
        return at_most(file, limit)


def open_archive(form: str, file: IO[bytes]) -> zipfile.ZipFile | tarfile.TarFile:
    """An archive of a form, `zip` or `tar`; the file must be seekable and stay open while members are read.

    Raises:
        One of `UNREADABLE`: it cannot be opened.
    """
    return zipfile.ZipFile(file) if form == "zip" else tarfile.open(fileobj=file, mode="r:", tarinfo=_TarInfo)


def members_of(archive: zipfile.ZipFile | tarfile.TarFile) -> Iterator[Member]:
    """The files of an archive, in its order, with the names that it gives them: these may point anywhere."""
    alone = Lock()  # all are read from one file and its one place in it, and a page may read in several threads
    if isinstance(archive, zipfile.ZipFile):
        for info in archive.infolist():
            odd = "left out: a link" if stat.S_ISLNK(info.external_attr >> 16) else ""
            if not info.filename.endswith("/"):  # `is_dir` raises for a name without a letter
                read = partial(_read_member, alone, archive.open, info)
                yield Member(_name_as_meant(info), info.filename, info.file_size, read, odd)
        return
    for count, one in enumerate(archive):
        if count > 2 * MAX_MEMBERS:  # folders count, too: whoever lists the files stops before
            raise OSError(f"more than {2 * MAX_MEMBERS} members")
        odd = "" if one.isreg() and not one.issparse() else _NO_PLAIN_FILE
        if not one.isdir():
            read = partial(_read_member, alone, archive.extractfile, one)
            yield Member(one.name, one.name, one.size, read, odd)


def readable_name(raw: str) -> str:
    """A file's name as a text that can be written down: what of it is no UTF-8 becomes `�`."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def unwrapped(names: Collection[str]) -> dict[str, str]:
    """By name, what a file is called without the folders that wrap all of them, such as `a/b/`."""
    around = posixpath.commonpath([name.rpartition("/")[0] for name in names]) if names else ""
    return {name: name[len(around) + 1 :] if around else name for name in names}


def at_the_top(names: Collection[str]) -> list[str]:
    """The files at the top, below the folders that wrap everything."""
    return [name for name in unwrapped(names).values() if "/" not in name]


def safe_name(raw: str) -> str | None:
    """A member's name as a relative path; None if it points outside the archive or is too long.

    A colon is part of many names (`HW11: part 2`), but of a drive behind one letter; elsewhere it becomes `_`, as no
    file of Windows may have one.
    """
    name = readable_name(raw).replace("\\", "/")
    outside = name.startswith("/") or ".." in name.split("/") or "\0" in name or re.match(r"[A-Za-z]:", name)
    if outside or len(name) > MAX_NAME_CHARACTERS or not PurePosixPath(name).parts:
        return None
    return PurePosixPath(name.replace(":", "_")).as_posix()


def _name_as_meant(info: zipfile.ZipInfo) -> str:
    """Some systems write UTF-8 without saying so; `zipfile` then reads it as the code page of 1981."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


class _TarInfo(tarfile.TarInfo):
    """Headers with negative sizes, which send older versions of the library backwards without end, are refused."""

    def _block(self, count: int) -> int:
        if count < 0:
            raise tarfile.HeaderError("negative size")
        return super()._block(count)  # type: ignore[misc,no-any-return]  # what the library itself calls


@contextlib.contextmanager
def without_compression(form: str, file: IO[bytes], limit: int) -> Iterator[IO[bytes]]:
    """A tar without its compression, in memory or in a nameless file; anything else as it is.

    Raises:
        One of `UNREADABLE`: it is damaged, or unpacks to more bytes than the limit.
    """
    chunks = _unpacked(file) if form == "tar" else None
    if chunks is None:
        yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as plain:
        for chunk in chunks:
            plain.write(chunk)
            if plain.tell() > limit:
                raise OSError(f"unpacks to more than {limit >> 20} MiB")
        plain.seek(0)
        yield plain


def _unpacked(file: IO[bytes]) -> Iterator[bytes] | None:
    """What a compressed file unpacks to, in pieces; None if it is not compressed."""
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return iter(partial(gzip.GzipFile(fileobj=file).read, _CHUNK), b"")
    if head.startswith(b"BZh"):
        return iter(partial(bz2.BZ2File(file).read, _CHUNK), b"")
    return _xz_chunks(file) if head == b"\xfd7zXZ\x00" else None


def _xz_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """By hand, as only so the memory that a header asks for can be limited."""
    unpacker = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    while not unpacker.eof:
        packed = file.read(_CHUNK) if unpacker.needs_input else b""
        if unpacker.needs_input and not packed:
            raise EOFError("it ends too early")
        yield unpacker.decompress(packed, _CHUNK)


def _read_member(alone: Lock, open_member: Callable[[Any], Any], info: object, limit: int) -> bytes:
    """The content of a member of an archive, whose header may lie about its size; see `Member`."""
    with alone, open_member(info) as member:
        return at_most(member, limit)


def at_most(file: IO[bytes], limit: int) -> bytes:
    """What an open file holds, or unpacks to; see `Member`."""
    content = file.read(_USUAL_BYTES)
    if len(content) == _USUAL_BYTES:
        content += file.read(max(0, limit - _USUAL_BYTES) + 1)
    if len(content) > limit:
        raise OSError(f"holds more than {limit >> 20} MiB")
    return content
