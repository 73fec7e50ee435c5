"""An image keeps its pixels and which way up it is; whatever else it told is gone, wherever it stood."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from images import GIF, JPEG, png
from PIL import Image, PngImagePlugin

from grader.files.raster import raster_of
from grader.files.raster_metadata import picture_alone

SECRET = b"Taken by Ada at 52.5 N, 13.4 E"


def drawn(kind: str, **told) -> bytes:
    """A picture of 24 × 16 pixels in a few colours, with what Pillow writes beside them."""
    picture = Image.frombytes("RGB", (24, 16), bytes(i * 7 % 256 for i in range(24 * 16 * 3)))
    file = io.BytesIO()
    (picture.quantize(16) if kind == "GIF" else picture).save(file, kind, **told)
    return file.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112], tags[0x013B], tags[0x010E] = orientation, SECRET.decode(), SECRET.decode()
    return tags.tobytes()


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def texts() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_text("Author", SECRET.decode())
    found.add_itxt("Comment", SECRET.decode())
    found.add_text("Long", SECRET.decode(), zip=True)
    return found


JPEG_DRAWN, PNG_DRAWN, GIF_DRAWN = drawn("JPEG"), drawn("PNG"), drawn("GIF")
TOLD = {
    "png texts": drawn("PNG", pnginfo=texts()),
    "png exif": drawn("PNG", exif=exif(1)),
    "png an unknown chunk": PNG_DRAWN[:-12] + chunk(b"meMo", SECRET) + PNG_DRAWN[-12:],
    "png behind its end": PNG_DRAWN + SECRET,
    "png colour profile": drawn("PNG", icc_profile=SECRET),
    "jpeg exif": drawn("JPEG", exif=exif(1)),
    "jpeg exif, on its side": drawn("JPEG", exif=exif(6)),
    "jpeg comment": drawn("JPEG", comment=SECRET),
    "jpeg colour profile": drawn("JPEG", icc_profile=SECRET),
    "jpeg xmp": JPEG_DRAWN[:2] + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + SECRET) + JPEG_DRAWN[2:],
    "jpeg captions": JPEG_DRAWN[:2] + segment(0xED, b"Photoshop 3.0\x00" + SECRET) + JPEG_DRAWN[2:],
    "jpeg between scans": drawn("JPEG", progressive=True, comment=SECRET),
    "jpeg behind its end": JPEG_DRAWN + SECRET,
    "jpeg a second picture behind its end": JPEG_DRAWN + drawn("JPEG", comment=SECRET),
    "gif comment": drawn("GIF", comment=SECRET),
    "gif behind its end": GIF_DRAWN + SECRET,
    "gif an application's": GIF_DRAWN[:-1] + b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\x00;",
    "gif words to be drawn": GIF_DRAWN[:-1] + b"\x21\x01\x0c" + bytes(12) + bytes([len(SECRET)]) + SECRET + b"\x00;",
}


def pixels(content: bytes) -> tuple[int, bytes]:
    """Which way up, and the pixels of every picture in a file."""
    with Image.open(io.BytesIO(content)) as image:
        way_up = image.getexif().get(0x0112, 1)
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(image.convert("RGBA").tobytes())
    return way_up, b"".join(frames)


@pytest.mark.parametrize("content", TOLD.values(), ids=TOLD)
def test_the_picture_stays_and_nothing_else(content):
    alone = picture_alone(content)
    assert pixels(alone) == pixels(content)
    assert raster_of(alone) == raster_of(content)
    assert b"Ada" not in alone
    for words in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"Photoshop", b"http", b"XMP"):
        assert words not in alone
    assert picture_alone(alone) == alone


@pytest.mark.parametrize("way_up", range(1, 9))
@pytest.mark.parametrize("order", [b"II", b"MM"])
def test_a_photograph_stays_the_right_way_up(way_up, order):
    little = exif(way_up)
    assert little[6:8] == b"MM"
    tags = Image.Exif()
    tags.load(little)
    tags.endian = "<" if order == b"II" else ">"
    alone = picture_alone(drawn("JPEG", exif=tags.tobytes()))
    assert pixels(alone)[0] == way_up
    assert b"Ada" not in alone


def test_an_animation_keeps_its_pictures_and_its_repeats():
    frames = [Image.new("P", (5, 4), colour) for colour in (1, 2, 3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=4, duration=90, comment=SECRET)
    alone = picture_alone(file.getvalue())
    assert pixels(alone) == pixels(file.getvalue())
    assert b"NETSCAPE2.0" in alone
    assert b"Ada" not in alone


@pytest.mark.parametrize("content", [png(3, 2), GIF, JPEG], ids=["png", "gif", "jpeg"])
def test_an_image_that_tells_nothing_stays_as_it_is(content):
    assert picture_alone(content) == content


@given(st.sampled_from([*TOLD.values()]), st.data())
def test_a_broken_image_raises_nothing(content, data):
    cut = data.draw(st.integers(14, len(content)))
    at = data.draw(st.integers(14, len(content)))
    broken = content[:at] + data.draw(st.binary(max_size=6)) + content[at:cut]
    assert isinstance(picture_alone(broken), bytes)


@pytest.mark.parametrize(
    "filled", [bytes(2 << 20), b"\xff" * (2 << 20), b"\xff\x00" * (1 << 20), b"\xff\xd0" * (1 << 20)]
)
@pytest.mark.parametrize(
    "begun", [JPEG_DRAWN[:-2], JPEG[:2], PNG_DRAWN[:-12], GIF_DRAWN[:-1]], ids=["jpeg", "head", "png", "gif"]
)
def test_an_image_made_to_be_slow_is_shown(begun, filled):
    """A step for each pair of bytes would take hours."""
    assert isinstance(picture_alone(begun + filled), bytes)
