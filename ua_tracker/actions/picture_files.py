"""Makes the files of a picture from an uploaded one: decoded whole, upright, in sRGB, small, without metadata.

Nothing of the uploaded file is kept but its pixels: it may hold the place where it was taken, a name, or a program.
"""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from ua_tracker import refusals
from ua_tracker.limits import LARGEST_PICTURE_BYTES, LEAST_PICTURE_SIDE, MOST_PICTURE_PIXELS

FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/webp"
# Wide enough for a phone, and for the column of a wide screen at two pixels for each of CSS.
SIZES = (480, 960)
_QUALITY = 80
_SRGB = ImageCms.createProfile("sRGB")
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Made:
    """A picture in one size, as WebP; `digest` stands for its content."""

    digest: str
    width: int
    height: int
    content: bytes


def made_of(source: bytes) -> list[Made]:
    """The picture in one or two sizes, the smaller first; it is never made larger than it is.

    Raises PictureFileTooLarge, TooManyPixels and TooFewPixels before anything is decoded, and NotAPicture.
    """
    if len(source) > LARGEST_PICTURE_BYTES:
        raise refusals.PictureFileTooLarge(limit=LARGEST_PICTURE_BYTES // 1024**2)
    try:
        whole = _decoded(source)
    except refusals.Refusal:
        raise
    except _BOMBS as bomb:
        raise refusals.TooManyPixels(limit=MOST_PICTURE_PIXELS // 10**6) from bomb
    except Exception as damaged:  # a damaged file makes Pillow raise errors of a dozen kinds
        raise refusals.NotAPicture() from damaged
    sizes = {_fitted(whole, size).size: size for size in reversed(SIZES)}
    return [_made(_fitted(whole, size)) for size in sorted(sizes.values())]


def _decoded(source: bytes) -> Image.Image:
    """The picture's pixels, upright, at most of the largest size, in sRGB, on white where it is transparent."""
    with Image.open(io.BytesIO(source), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PICTURE_PIXELS:
            raise refusals.TooManyPixels(limit=MOST_PICTURE_PIXELS // 10**6)
        if min(opened.size) < LEAST_PICTURE_SIDE:
            raise refusals.TooFewPixels(limit=LEAST_PICTURE_SIDE)
        opened.load()
        profile = opened.info.get("icc_profile")
        # Resized first, so that what follows takes little memory.
        upright = ImageOps.exif_transpose(_fitted(_resizable(opened), max(SIZES)))
    coloured = _in_srgb(upright, profile)
    flat = Image.new("RGB", coloured.size, "white")  # a new one: it has none of the metadata
    flat.paste(coloured, mask=coloured.getchannel("A") if coloured.mode == "RGBA" else None)
    return flat


def _resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized smoothly: grey, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # grey in 16 bits
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _fitted(image: Image.Image, size: int) -> Image.Image:
    """A copy that is at most so many pixels wide and high."""
    copy = image.copy()
    copy.thumbnail((size, size), Image.Resampling.LANCZOS)
    return copy


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, which a browser takes a picture without a profile to be in."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that fits no such picture: as if it had none
            found = None
        if found is not None:
            return found
    return image.convert(mode)


def _made(image: Image.Image) -> Made:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=_QUALITY, method=4)
    content = written.getvalue()
    return Made(hashlib.sha256(content).hexdigest()[:32], image.width, image.height, content)
