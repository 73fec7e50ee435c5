"""What an image says beside its pixels: who took it, where, with what, and any text at all.

Owns which pieces of a PNG, JPEG or GIF make up its picture. What an image is belongs to `grader.files.raster`. Listed
is what is kept, so that a piece nobody has heard of is not shown either.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from grader.files.raster import JPEG_MARKER, jpeg_segments

_PNG_PICTURE = frozenset(b"IHDR PLTE tRNS IDAT IEND gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT".split())
_APP0, _APP1, _APP14, _APP15, _COMMENT, _SCAN = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE, 0xDA
_ORIENTATION = 0x0112
_EXIF = b"Exif\x00\x00"


def picture_alone(content: bytes) -> bytes:
    """An image without metadata: the same pixels, the same way up.

    Args:
        content: a file that `grader.files.raster.raster_of` knows.

    Returns:
        The file with the pieces that make up its picture; what is cut off or stands behind its end is left out.
    """
    if content[:1] == b"\x89":
        return content[:8] + b"".join(_png(content))
    return b"".join(_gif(content) if content[:3] == b"GIF" else _jpeg(content))


def _png(content: bytes) -> Iterator[bytes]:
    at, name = 8, b""
    while name != b"IEND" and at + 12 <= len(content):
        (length,), name = struct.unpack_from(">I", content, at), content[at + 4 : at + 8]
        if name in _PNG_PICTURE:
            yield content[at : at + 12 + length]
        at += 12 + length


def _jpeg(content: bytes) -> Iterator[bytes]:
    """The segments of a JPEG. Of what a camera wrote, which way up the picture is stays."""
    yield content[:2]
    for marker, start, end in jpeg_segments(content):
        if marker == _APP1:
            yield _upright(content[start + 2 : end])
        elif marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COMMENT):
            yield content[start - 2 : end]
        if marker == _SCAN:
            following = JPEG_MARKER.search(content, end)
            yield content[end : following.start() if following else None]
    yield b"\xff\xd9"


def _upright(told: bytes) -> bytes:
    """A segment that holds nothing but the orientation of this one; empty if it tells none."""
    data = told.removeprefix(_EXIF)
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if len(data) == len(told) or order is None or len(data) < 10:
        return b""
    (first,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, first) if first + 2 <= len(data) else (0,)
    for entry in range(first + 2, min(first + 2 + 12 * entries, len(data) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", data, entry)
        if tag == _ORIENTATION and 1 <= value <= 8:
            kept = _EXIF + b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return struct.pack(">BBH", 0xFF, _APP1, len(kept) + 2) + kept
    return b""


def _gif(content: bytes) -> Iterator[bytes]:
    """The blocks of a GIF: pictures, how each is shown, and how often the whole repeats."""
    at = 13 + _colours(content[10])
    yield content[:at]
    while at + 1 < len(content) and content[at] in b"\x21\x2c":
        start = at
        at += 2 if content[at] == 0x21 else 11 + _colours(content[at + 9] if at + 9 < len(content) else 0)
        kept = content[start] == 0x2C or content[start + 1] == 0xF9 or content[at + 1 : at + 12] == b"NETSCAPE2.0"
        while at < len(content) and content[at]:
            at += 1 + content[at]
        at += 1
        if kept:
            yield content[start:at]
    yield b";"


def _colours(packed: int) -> int:
    """How many bytes a table of colours takes, if its byte of flags says that there is one."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0
