"""A draft as the public will see it: the same page, on which nothing can be done, until it is published."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.factories import NOON, a_picture, an_action
from ua_tracker import actions, previews
from ua_tracker.models import Action, PreviewLink


@pytest.fixture
def draft(session) -> Action:
    return an_action(session, published_at=None)


@pytest.fixture
def link(session, draft) -> str:
    token = previews.make(session, draft, actor="rosa", now=NOON)
    session.commit()
    return f"/en/preview/{token}"


def test_it_is_the_public_page_with_a_notice_and_without_scripts(reader, session, draft, link):
    seen = reader.get(link)
    assert seen.text.startswith("This is a draft.")
    assert seen.soup.select("script, [property^='og:'], [href*='/share']") == []
    assert all(field.find_parent("fieldset", disabled=True) for field in seen.soup.select("main form button"))
    assert "Ana Lopez was taken from her school." in seen.text
    french = reader.get(link.replace("/en/", "/fr/"))
    assert (french.status, french.soup.h1.get_text()) == (200, seen.soup.h1.get_text())
    form = seen.soup.select_one("main form")
    keys = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert reader.post(form["action"], {**keys, "name": "Amal", "letters": "3"}).status == 404
    actions.publish(session, draft, actor="rosa", now=NOON)
    session.commit()
    public = reader.get("/en/actions/ua-12-26")
    for part in (".hero h1", ".demands", "#pledge"):
        assert [one.get_text() for one in seen.soup.select(part)] == [
            one.get_text() for one in public.soup.select(part)
        ]


def test_no_cache_search_engine_or_other_site_learns_of_it(reader, link):
    for path in (link, "/en/preview/aaaaaaaaaaaaaaaaaaaaaaaa"):
        headers = reader.get(path).headers
        expected = ("no-store", "noindex", "no-referrer")
        assert tuple(headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")) == expected


def test_it_ends_with_publication_and_leads_to_the_public_page(reader, session, clock, draft, link):
    session.execute(update(Action).values(published_at=NOON + timedelta(hours=1)))
    session.commit()
    clock.pass_by(minutes=59)
    assert reader.get(link).status == 200
    clock.pass_by(minutes=1)
    led = reader.get(link)
    assert (led.status, led.headers["Location"]) == (302, "/en/actions/ua-12-26")


def test_it_ends_after_thirty_days(reader, session, clock, link):
    session.execute(update(Action).values(deadline=NOON.date() + timedelta(days=60)))
    session.commit()
    clock.pass_by(days=30, microseconds=-1)
    assert reader.get(link).status == 200
    clock.pass_by(microseconds=1)
    told = reader.get(link)
    assert (told.status, "Ask the office for a new one." in told.text) == (404, True)


def test_its_picture_is_shown_by_the_link_alone(reader, session, draft, link):
    digest = a_picture(session, draft).largest.digest
    [image] = reader.get(link).soup.select("figure img")
    shown = reader.get(image["src"])
    assert (shown.status, shown.headers["Cache-Control"]) == (200, "no-store")
    assert reader.get(f"/pictures/{digest}.webp").status == 404
    assert reader.get(f"{link}/picture/{'0' * 32}.webp").status == 404


def test_a_draft_that_is_deleted_takes_its_link_along(session, draft, link):
    actions.remove(session, draft)
    session.commit()
    assert session.query(PreviewLink).count() == 0


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_of_its_links_opens_a_page(reader, session, draft, link, lang):
    page = reader.get(link.replace("/en/", f"/{lang}/"))
    addresses = {one["href"] for one in page.soup.select("body a[href]") if one["href"].startswith("/")}
    assert not [one for one in addresses if one.startswith(f"/{lang}/actions/ua-12-26")]
    assert {one: reader.get(one).status for one in addresses} == dict.fromkeys(addresses, 200)
