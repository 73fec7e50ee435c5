"""What may be shown as an image: pixels, as many as a browser can unpack, and nothing else."""

from __future__ import annotations

import pytest
from images import GIF, HTML, JPEG, SVG, png

from grader.files.raster import MAX_BYTES, Raster, raster_of


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(3, 2), Raster("image/png", 3, 2)),
        (GIF, Raster("image/gif", 1, 1)),
        (JPEG, Raster("image/jpeg", 3, 2)),
        (b"\xff\xd8" + b"\xff\xfe\x00\x04ab" + JPEG[2:], Raster("image/jpeg", 3, 2)),
        (b"\xff\xd8" + b"\xff\xff" + JPEG[2:], Raster("image/jpeg", 3, 2)),
    ],
    ids=["png", "gif", "jpeg", "jpeg with a comment", "jpeg with bytes that fill"],
)
def test_an_image_is_told_by_its_content(content, found):
    assert raster_of(content) == found


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"text", SVG, HTML, b"%PDF-1.7", b"<?xml version='1.0'?>" + SVG, b"BM" + bytes(60)),
        *(png(3, 2)[:20], GIF[:8], JPEG[:21], b"\xff\xd8\xff" + bytes(40), b"\xff\xd8\xff\xe0" * 50),
        *(b"  " + png(3, 2), b"\n" + GIF, b"GIF89a" + bytes(8), png(3, 2)[:12] + b"JUNK" + png(3, 2)[16:]),
        png(3, 2)[:16] + b"\xff" * 8 + png(3, 2)[24:],
        png(3, 2) + bytes(MAX_BYTES),
    ],
    ids=range(18),
)
def test_anything_else_is_none(content):
    assert raster_of(content) is None
