"""Draws the site's icon, an envelope whose flap is a check mark, as a PNG in any size.

The same icon is `static/favicon.svg`. Browsers ask for the PNG at fixed URLs, whether or not a page names it.
"""

import io
from functools import cache

from PIL import Image, ImageDraw

# The icon on a square of 32: the envelope, and the flap as a line of this width, which ends outside it.
SQUARE = 32
ENVELOPE = (3, 7, 29, 25)
FLAP = ((1, 6.5), (12.5, 18), (31, 7.3))
FLAP_WIDTH = 3
_SHARPER = 8  # drawn this many times larger, then made smaller: Pillow draws lines without smooth edges


@cache
def png(size: int, accent: str, ink: str) -> bytes:
    """The icon as a PNG of `size` pixels each way, `ink` on `accent`."""
    large = size * _SHARPER
    unit = large / SQUARE
    image = Image.new("RGB", (large, large), accent)
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = (round(one * unit) for one in ENVELOPE)
    pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)
    flap = [(round(x * unit), round(y * unit)) for x, y in FLAP]
    pen.line(flap, fill=accent, width=round(FLAP_WIDTH * unit), joint="curve")
    written = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()
