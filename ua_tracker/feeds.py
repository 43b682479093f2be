"""Atom feeds (RFC 4287): what there is, and what happened, for feed readers and other sites."""

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from ua_tracker.texts import printable

MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One entry. `id` is a full URL that never changes, `page` the page to read; instants are aware UTC."""

    id: str
    title: str
    page: str
    published: datetime
    updated: datetime
    summary: str
    language: str


@dataclass(frozen=True)
class Feed:
    """A feed: its own full URL, the page that it belongs to, and its entries in any order."""

    address: str
    page: str
    title: str
    author: str
    language: str
    entries: list[Entry]


def as_xml(feed: Feed) -> bytes:
    """The feed as a document, the latest entries first, at most MOST_ENTRIES of them."""
    entries = sorted(feed.entries, key=lambda one: (one.updated, one.id), reverse=True)[:MOST_ENTRIES]
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", _instant(entries[0].updated if entries else _NOTHING_YET))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", feed.author)
    for entry in entries:
        _add_entry(root, entry)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: ElementTree.Element, entry: Entry) -> None:
    element = _add(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title).set("xml:lang", entry.language)
    _add(element, "link", rel="alternate", type="text/html", href=entry.page)
    _add(element, "published", _instant(entry.published))
    _add(element, "updated", _instant(entry.updated))
    _add(element, "summary", entry.summary)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = printable(text) or None
    return element


def _instant(at: datetime) -> str:
    """An instant as RFC 3339 has it, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
