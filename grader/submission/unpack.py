"""The members of zip and tar files, one interface for both.

Owns what no archive may do: name a place outside itself, link, claim sizes that are not true, unpack to more than is
allowed. Nothing is unpacked to disk under a name of the archive's. How much of it is taken belongs to
`grader.submission.archive`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import IO

UNREADABLE = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError, OverflowError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
)
"""What the libraries raise for archives that are damaged, encrypted or packed in a way they do not know."""

MAX_UNPACKED_TAR = 256 << 20
"""A compressed tar is unpacked as a whole before the first member is known: an environment fits, a bomb does not."""
MAX_NAME_CHARACTERS = 1000
OUTSIDE = f"left out: its name points outside the archive, or is longer than {MAX_NAME_CHARACTERS} characters"
_IN_MEMORY = 32 << 20
_CHUNK = 1 << 20
_XZ_MEMORY = 256 << 20
MAX_MEMBERS = 200_000
"""Names that are looked at: each costs memory before anything is known of it. An environment with a notebook server
has 60,000."""

Member = tuple[str, int, Callable[[int], bytes]]
"""Relative path, size as announced, and how to read it: at most as many bytes as are asked for, or OSError."""

Tell = Callable[[str, str], None]
"""Takes the name of what is left out, and why."""


def members_of(form: str, file: IO[bytes], left_out: Tell, alone: str | None = None) -> Iterator[Member]:
    """The plain files of an archive, in its order.

    Args:
        form: `zip` or `tar`.
        file: seekable, and a tar without compression; must stay open while members are read.
        left_out: told of members that may not be read.
        alone: the name of what was compressed, where it is a single file and no tar.

    Raises:
        One of `UNREADABLE`: it cannot be opened.
    """
    if form == "zip":
        return _zip_members(file, left_out)
    return _tar_members(file, left_out) if alone is None else iter([(alone, 0, partial(_at_most, file))])


def readable_name(raw: str) -> str:
    """A file's name as a text that can be written down: what of it is no UTF-8 becomes `�`."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


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


def name_as_meant(info: zipfile.ZipInfo) -> str:
    """Some systems write UTF-8 without saying so; `zipfile` then reads it as the code page of 1981."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _zip_members(file: IO[bytes], left_out: Tell) -> Iterator[Member]:
    archive = zipfile.ZipFile(file)
    for info in archive.infolist():
        name = safe_name(name_as_meant(info))
        if info.filename.endswith("/"):  # `is_dir` raises for a name without a letter
            continue
        if name is None:
            left_out(info.filename, OUTSIDE)
        elif stat.S_ISLNK(info.external_attr >> 16):
            left_out(name, "left out: a link")
        else:
            yield name, info.file_size, partial(read_zip_member, archive, info)


def read_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """At most what the member may unpack to: a header may lie about its size.

    Raises:
        One of `UNREADABLE`: it cannot be read, or is larger.
    """
    with archive.open(info) as member:
        return _at_most(member, limit)


class _TarInfo(tarfile.TarInfo):
    """Headers with negative sizes, which send older versions of the library backwards without end, are refused."""

    def _block(self, count: int) -> int:
        if count < 0:
            raise tarfile.HeaderError("negative size")
        return super()._block(count)  # type: ignore[misc,no-any-return]  # what the library itself calls


def _tar_members(file: IO[bytes], left_out: Tell) -> Iterator[Member]:
    archive = open_tar(file)
    for count, info in enumerate(archive):
        name = safe_name(info.name)
        if count >= MAX_MEMBERS:
            left_out(info.name, f"left out, as all that follow: more than {MAX_MEMBERS} members")
            return
        if info.isdir():
            continue
        if name is None:
            left_out(info.name, OUTSIDE)
        elif not info.isreg() or info.issparse():
            left_out(name, "left out: not a plain file (a link, a device or a file with holes)")
        else:
            yield name, info.size, partial(read_tar_member, archive, info)


def open_tar(file: IO[bytes] | io.RawIOBase) -> tarfile.TarFile:
    """A tar without compression; the file must stay open while members are read."""
    return tarfile.open(fileobj=file, mode="r:", tarinfo=_TarInfo)


def read_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, limit: int) -> bytes:
    """At most what is asked for of a member.

    Raises:
        One of `UNREADABLE`: it cannot be read, or is larger.
    """
    member = archive.extractfile(info)
    if member is None:
        raise OSError("not a plain file")
    return _at_most(member, limit)


@contextmanager
def without_compression(form: str, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A tar without its compression, in memory or in a nameless file; anything else as it is.

    Raises:
        One of `UNREADABLE`: it is damaged, or unpacks to more than `MAX_UNPACKED_TAR`.
    """
    chunks = decompressed(file, MAX_UNPACKED_TAR) if form == "tar" else None
    if chunks is None:
        yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked:
        unpacked.writelines(chunks)
        unpacked.seek(0)
        yield unpacked


def decompressed(file: IO[bytes] | io.RawIOBase, limit: int) -> Iterator[bytes] | None:
    """What a compressed file unpacks to, in pieces, or OSError past `limit` bytes; None if it is not compressed."""
    head = file.read(6) or b""
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return _limited(_chunks(gzip.GzipFile(fileobj=file)), limit)
    if head.startswith(b"BZh"):
        return _limited(_chunks(bz2.BZ2File(file)), limit)
    return _limited(_xz_chunks(file), limit) if head == b"\xfd7zXZ\x00" else None


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    unpacked = 0
    for chunk in chunks:
        unpacked += len(chunk)
        if unpacked > limit:
            raise OSError(f"unpacks to more than {limit >> 20} MiB")
        yield chunk


def _chunks(stream: io.BufferedIOBase) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _xz_chunks(file: IO[bytes] | io.RawIOBase) -> Iterator[bytes]:
    """By hand, as only so the memory that a header asks for can be limited."""
    unpacker = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    while not unpacker.eof:
        packed = (file.read(_CHUNK) or b"") if unpacker.needs_input else b""
        if unpacker.needs_input and not packed:
            raise EOFError("it ends too early")
        yield unpacker.decompress(packed, _CHUNK)


def _at_most(member: IO[bytes] | io.BufferedIOBase, limit: int) -> bytes:
    content = member.read(limit + 1)
    if len(content) > limit:
        raise OSError(f"unpacks to more than {limit >> 20} MiB")
    return content
