"""The cache of drawn cards: in memory and on disk, shared by all processes.

Mail programs keep what they fetched, also an error. So when a card cannot be drawn, the last one in the cache is sent
instead of an error.
"""

import io
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from ua_tracker.cards.drawing import AS_OF, STAMP, Card

FRESH_FOR = timedelta(seconds=60)
MOST_KEPT = 200


class CardCache:
    """A cache of cards in a folder, shared by all processes and kept over a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Card] = {}

    def get(self, name: str, stamp: str, now: datetime, make: Callable[[], Card]) -> Card:
        """The card with this name: the cached one if it is fresh, else a new one from `make`.

        A cached card is fresh for a minute, or for an hour while its stamp stays the same.
        """
        known = self.last(name)
        # Not for longer: the card shows the time of its numbers, which must not look outdated.
        good_for = timedelta(hours=1) if known and known.stamp == stamp else FRESH_FOR
        if known and timedelta() <= now - known.as_of < good_for:
            return known
        card = make()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = card
        self._put(name, card)
        return card

    def last(self, name: str) -> Card | None:
        """The card with this name that any process drew last; None when there is none."""
        try:
            card = _read((self._folder / f"{name}.png").read_bytes())
        except (OSError, ValueError, KeyError):
            return self._kept.get(name)
        kept = self._kept.get(name)
        return kept if kept and kept.as_of > card.as_of else card

    def _put(self, name: str, card: Card) -> None:
        """Writes the card to disk, whole or not at all. On an error it stays in this process's memory only."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(dir=self._folder)
        except OSError:
            return
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(card.png)
            os.replace(fresh, self._folder / f"{name}.png")
        except OSError:
            Path(fresh).unlink(missing_ok=True)


def _read(png: bytes) -> Card:
    with Image.open(io.BytesIO(png)) as image:
        notes = dict(image.info)
    return Card(png, datetime.fromisoformat(notes[AS_OF]), notes[STAMP])
