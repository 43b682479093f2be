"""An uploaded picture becomes small files that hold its pixels and nothing else."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.factories import a_photograph
from ua_tracker import refusals
from ua_tracker.actions import picture_files
from ua_tracker.limits import LARGEST_PICTURE_BYTES

SIDEWAYS = 6  # the camera was turned: the picture is shown a quarter turn to the right
PLACE = "Freedonia City"


def opened(made: picture_files.Made) -> Image.Image:
    image = Image.open(io.BytesIO(made.content))
    image.load()
    return image


def is_near(pixel, colour) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", picture_files.FORMATS)
def test_each_format_becomes_two_sizes_of_the_same_picture(kind):
    small, large = picture_files.made_of(a_photograph(kind, (3000, 2000)))
    assert [(one.width, one.height) for one in (small, large)] == [(480, 320), (960, 640)]
    for one in (small, large):
        image = opened(one)
        assert (image.format, image.size, image.mode) == ("WEBP", (one.width, one.height), "RGB")
        assert is_near(image.getpixel((9, 9)), (255, 165, 0))
        assert is_near(image.getpixel((9, one.height - 9)), (0, 128, 128))
    assert small.digest != large.digest


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((700, 350), [(480, 240), (700, 350)]),
        ((480, 300), [(480, 300)]),
        ((300, 1200), [(120, 480), (240, 960)]),
        ((961, 961), [(480, 480), (960, 960)]),
    ],
)
def test_no_picture_is_made_larger_and_none_is_stored_twice(size, expected):
    made = picture_files.made_of(a_photograph(size=size))
    assert [(one.width, one.height) for one in made] == expected


@pytest.mark.parametrize("kind", picture_files.FORMATS)
def test_nothing_but_the_pixels_is_kept_and_they_stand_upright(kind):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = SIDEWAYS, PLACE
    exif.get_ifd(0x8825)[29] = PLACE  # among the values of the place
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE}</x:xmpmeta>".encode()
    source = a_photograph(kind, (1200, 800), exif=exif.tobytes(), **({} if kind == "PNG" else {"xmp": xmp}))
    assert PLACE.encode() in source
    for one in picture_files.made_of(source):
        image = opened(one)
        assert one.height > one.width
        assert is_near(image.getpixel((image.width - 9, 9)), (255, 165, 0)), "the stripe is now on the right"
        assert is_near(image.getpixel((9, 9)), (0, 128, 128))
        assert (dict(image.getexif()), image.info.get("xmp"), image.info.get("icc_profile")) == ({}, None, None)
        assert PLACE.encode() not in one.content


def of_swapped_colours() -> bytes:
    """The profile of a device that shows red as blue, and blue as red: sRGB's, with two of its tags exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = 132 + 12 * struct.unpack(">I", profile[128:132])[0]
    tags = profile[:table].replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    return tags + profile[table:]


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_the_colours_of_another_profile_become_those_of_srgb(kind, mode):
    for profile, seen in ((of_swapped_colours(), (0, 0, 255)), (b"no profile at all", (255, 0, 0))):
        image = Image.new(mode, (300, 300), "red")
        written = io.BytesIO()
        image.save(written, kind, icc_profile=profile)
        [made] = picture_files.made_of(written.getvalue())
        assert is_near(opened(made).getpixel((150, 150)), seen)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("L", 90, (90, 90, 90)),
        ("1", 1, (255, 255, 255)),
        ("P", 0, (0, 0, 0)),
        ("LA", (90, 255), (90, 90, 90)),
        ("RGBA", (10, 200, 10, 255), (10, 200, 10)),
        ("RGBA", (10, 200, 10, 0), (255, 255, 255)),
        ("I;16", 90 * 257, (90, 90, 90)),
    ],
)
def test_every_kind_of_pixel_is_seen_as_it_was_and_on_white_where_there_is_none(mode, colour, seen):
    [made] = picture_files.made_of(a_photograph("PNG", (300, 300), colour, mode))
    assert is_near(opened(made).getpixel((150, 150)), seen)


def test_a_picture_for_print_is_seen_in_colours_of_a_screen():
    [made] = picture_files.made_of(a_photograph("JPEG", (300, 300), (255, 0, 0, 0), "CMYK"))
    assert is_near(opened(made).getpixel((150, 150)), (0, 255, 255))


def a_bomb(side: int) -> bytes:
    """A PNG of some hundred bytes that says it has so many pixels on each side."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_500, 10_000, 60_000])
def test_a_small_file_that_holds_a_huge_picture_is_refused_before_it_is_decoded(side):
    with pytest.raises(refusals.TooManyPixels, match="30 million"):
        picture_files.made_of(a_bomb(side))


def test_a_file_that_is_too_large_or_too_small_is_refused():
    with pytest.raises(refusals.PictureFileTooLarge, match="10 megabytes"):
        picture_files.made_of(bytes(LARGEST_PICTURE_BYTES + 1))
    with pytest.raises(refusals.TooFewPixels, match="240 pixels"):
        picture_files.made_of(a_photograph(size=(2000, 239)))


def test_what_is_no_whole_picture_of_these_formats_is_refused():
    whole = a_photograph()
    others = [a_photograph(kind) for kind in ("GIF", "BMP", "TIFF")]
    drawn = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for source in (b"", b"Dear diary", drawn, b"%!PS-Adobe-3.0 EPSF-3.0", whole[: len(whole) // 2], *others):
        with pytest.raises(refusals.NotAPicture):
            picture_files.made_of(source)


@given(st.sampled_from(picture_files.FORMATS), st.data())
def test_a_damaged_file_is_refused_or_read_and_never_a_fault(kind, data):
    source = bytearray(a_photograph(kind, (260, 260)))
    for _ in range(data.draw(st.integers(1, 20))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    with suppress(refusals.Refusal):
        assert all(opened(one).format == "WEBP" for one in picture_files.made_of(bytes(source)))
