"""Cards: the counter of an action as a PNG for mails and link previews, and the cache of those that were drawn."""

from ua_tracker.cards.cache import CardCache
from ua_tracker.cards.drawing import HEIGHT, WIDTH, WIDTHS, Card, Fill, Words, draw, height_of, scaled
from ua_tracker.cards.fonts import text_width, writable

__all__ = [
    "HEIGHT", "WIDTH", "WIDTHS", "Card", "CardCache", "Fill", "Words", "draw", "height_of", "scaled", "text_width",
    "writable",
]  # fmt: skip
