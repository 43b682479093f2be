"""Whole pages kept as bytes with holes: the fragment that moves with each pledge, and the keys of the form.

A page is rendered by Flask and cut at the very bytes that stand in its holes. A form's keys are random, so no text that
somebody wrote can hold them; a fragment's markup cannot, because such texts are escaped. See docs/decisions/0019.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from ua_tracker import request_ids, slugs
from ua_tracker.revisions import RevisionStamp, StampReader
from ua_tracker.web import form_keys
from ua_tracker.web.live import packing
from ua_tracker.web.live.cut_pages import CutPage, Hole, cut
from ua_tracker.web.live.kept_views import KeptPath, PagePath
from ua_tracker.web.live.packing import Text
from ua_tracker.web.live.rendering import Rendered, Renderer
from ua_tracker.web.live.responses import CacheKey, KeptResponse
from ua_tracker.web.live.versions import FormKeys, PageFacts, Version

MOST_KEPT = 500
Current = Callable[[CacheKey, KeptPath, RevisionStamp, int, Any], KeptResponse | Rendered]
WsgiApp = Callable[..., Iterable[bytes]]


class KeptPage:
    """A page that is kept: its own part of the stamp, and the facts that its view gave."""

    def __init__(self, stamp: RevisionStamp, facts: PageFacts, cut_page: CutPage) -> None:
        self.stamp, self.facts, self.cut_page = stamp, facts, cut_page

    def holds(self, stamp: RevisionStamp, at: datetime) -> bool:
        """Whether the page is still valid at this stamp and this instant."""
        return self.stamp == stamp and (self.facts.until is None or at < self.facts.until)


class PageCache:
    """The part of the layer that keeps whole pages. `current` is the valid response of a kept view."""

    def __init__(self, app: Flask, inner: WsgiApp, stamps: StampReader, current: Current) -> None:
        self._inner, self._stamps, self._current = inner, stamps, current
        self._renderer = Renderer(inner)
        self._clock: Callable[[], datetime] = app.config["CLOCK"]
        self._secret_keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
        self._packed_types = frozenset(app.config["COMPRESS_MIMETYPES"])
        self._kept: dict[CacheKey, KeptPage] = {}

    def respond(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        key: CacheKey,
        asked: KeptPath,
        interval: int,
        arrived: float,
    ) -> Iterable[bytes]:
        """Responds from a kept page, or else has Flask respond. `key` is that of the request without its query."""
        rule: PagePath = asked.page  # type: ignore[assignment]  # it is set: that makes the path one of a page
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        query = _query(environ.get("QUERY_STRING", ""), rule)
        stamp = None if encoding is None or query is None else self._stamps.read(asked.stamp, asked.slug, arrived)
        if stamp is None or query is None:
            return self._inner(environ, start_response)
        own, of_fragment = stamp[: rule.own], stamp[rule.own :]
        named = request_ids.named_in(environ, start_response)
        key, errors = key._replace(query=query), environ["wsgi.errors"]

        def fragment(at: RevisionStamp) -> Text | None:
            return self._fragment(key, rule, at, interval, errors)

        page = self._kept.get(key)
        if page is None or not page.holds(own, self._clock()):
            with self._renderer.turn_of(key).taken():
                page = self._kept.get(key)
                if page is None or not page.holds(own, self._clock()):
                    version = Version(interval)
                    rendered = self._renderer.render(key, errors, version)
                    page = self._keep(key, own, version.page, rendered, fragment(of_fragment))
                    if page is None:
                        return self._send_once(rendered, encoding == "gzip", named, start_response)
        filled = self._filled(page, fragment(of_fragment))
        if filled is None:
            return self._inner(environ, start_response)
        return page.cut_page.send(filled, encoding == "gzip", named)

    def _keep(
        self, key: CacheKey, stamp: RevisionStamp, facts: PageFacts | None, rendered: Rendered, fragment: Text | None
    ) -> KeptPage | None:
        """Keeps the page under the stamp that was read before it was rendered, so that it is as new or newer.

        None if it may not be kept, or if the fragment has changed meanwhile.
        """
        if facts is None or not rendered.is_good:
            return None
        holes: dict[Hole, bytes] = {} if fragment is None else {"fragment": fragment.plain}
        if facts.form:
            holes |= {"once_key": facts.form.once_key.encode(), "csrf_token": facts.form.token.encode()}
        cut_page = cut(rendered.headers, rendered.body, holes, self._packed_types)
        if cut_page is None:
            return None
        if len(self._kept) >= MOST_KEPT:  # a client can invent host names and ports
            self._kept.pop(next(iter(self._kept), key), None)
        page = self._kept[key] = KeptPage(stamp, facts, cut_page)
        return page

    def _send_once(
        self, rendered: Rendered, gzip: bool, named: Callable[..., Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Responds with a page that may not be kept, compressed as the others are."""
        whole = cut(rendered.headers, rendered.body, {}, self._packed_types) if rendered.is_good else None
        return whole.send({}, gzip, named) if whole else rendered.send(start_response)

    def _fragment(self, key: CacheKey, rule: PagePath, stamp: RevisionStamp, interval: int, errors: Any) -> Text | None:
        """The fragment as it is now; None if the page has none, or if there is none to be kept."""
        if rule.fragment is None:
            return None
        path, asked = rule.fragment
        response = self._current(key._replace(path=path, query=""), asked, stamp, interval, errors)
        return response.text if isinstance(response, KeptResponse) else None

    def _filled(self, page: KeptPage, fragment: Text | None) -> dict[Hole, Text] | None:
        """What stands in the page's holes in one response; None if it cannot be filled."""
        filled: dict[Hole, Text] = {} if fragment is None else {"fragment": fragment}
        if page.facts.form:
            filled |= self._fresh(page.facts.form)
        return filled if page.cut_page.fits(filled) else None

    def _fresh(self, form: FormKeys) -> dict[Hole, Text]:
        once_key = form_keys.fresh()
        token = form_keys.token(form.purpose, once_key, self._secret_keys, self._clock())
        return {"once_key": packing.stored(once_key.encode()), "csrf_token": packing.stored(token.encode())}


def _query(query: str, rule: PagePath) -> str | None:
    """The query as far as the page depends on it: empty, or the group. None if the page is not kept for this query."""
    if not query:
        return ""
    named = dict(reversed(parse_qsl(query, keep_blank_values=True)))  # of several values the first counts
    if not rule.reads.isdisjoint(named):
        return None
    group = named.get("group", "")
    return "" if not group else f"group={group}" if slugs.is_slug(group) else None


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str | None:
    """`gzip`, or `identity` for a page as it is. None for clients that take Brotli and no gzip: Flask responds to them.

    A Brotli stream cannot be put together from parts, and compressing it for each request takes longer than the rest.
    """
    best = parse_accept_header(accepted, Accept).best_match(["gzip", "br", "identity"], "identity")
    return None if best == "br" else best
