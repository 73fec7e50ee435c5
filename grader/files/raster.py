"""Images in which nothing runs: what a file is by its own first bytes, and how large.

Owns which formats may be shown: those that hold pixels alone. A drawing that is a program (SVG, PDF) is none of them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 8 << 20
MAX_PIXELS = 50_000_000
"""What a browser can unpack without holding up whoever looks at it; a photograph of a telephone has less."""

JPEG_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])", re.DOTALL)
"""Within the compressed pixels, `FF 00` is a byte FF and `FF D0` to `FF D7` are marks of their own."""


@dataclass(frozen=True)
class Raster:
    """An image: its media type, width and height."""

    media_type: str
    width: int
    height: int


def raster_of(content: bytes) -> Raster | None:
    """The image that a content is; None if it is no PNG, JPEG or GIF, or too large to be shown."""
    found = _png(content) or _gif(content) or _jpeg(content)
    if found is None or len(content) > MAX_BYTES or not 0 < found.width * found.height <= MAX_PIXELS:
        return None
    return found


def _png(content: bytes) -> Raster | None:
    if len(content) < 33 or content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return None
    return Raster("image/png", *struct.unpack(">II", content[16:24]))


def _gif(content: bytes) -> Raster | None:
    if len(content) < 14 or content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return Raster("image/gif", *struct.unpack("<HH", content[6:10]))


def _jpeg(content: bytes) -> Raster | None:
    if content[:3] != b"\xff\xd8\xff":
        return None
    for marker, start, _ in jpeg_segments(content):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and start + 7 <= len(content):
            height, width = struct.unpack_from(">HH", content, start + 3)
            return Raster("image/jpeg", width, height)
    return None


def jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The marker of each segment of a JPEG, and where what stands behind the marker starts and ends."""
    at = 2
    while (found := JPEG_MARKER.search(content, at)) and found[1] != b"\xd9" and found.end() + 2 <= len(content):
        at = found.end() + max(2, int.from_bytes(content[found.end() : found.end() + 2]))
        yield found[1][0], found.end(), at
