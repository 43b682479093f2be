"""How templates write numbers, days, and what people or documents wrote."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest
from markupsafe import Markup

from tests.factories import a_group, an_action
from ua_tracker.web import filters

PAGE = "/en/actions/ua-12-26"


def test_a_name_in_another_script_keeps_its_direction(reader, session):
    action = an_action(session)
    action.targets[0].name = "سید محسن رضا نقوی"
    session.commit()
    page = reader.get("/en/actions/ua-12-26")
    assert "سید محسن رضا نقوی" in page.soup.select_one("address[dir=auto]").strings


def test_the_chosen_group_stays_chosen_in_the_other_language(reader, session):
    an_action(session)
    a_group(session, "montreal")
    link = reader.get(f"{PAGE}?group=montreal").soup.select_one("nav a[lang=fr]")
    assert link["href"] == "/fr/actions/ua-12-26?group=montreal"


@pytest.mark.parametrize(("path", "button", "typed", "said"), [
    (PAGE, "I will write", {"name": "Amal", "letters": "3", "email": "a@example.org"}, "Votre promesse est notée"),
    (f"{PAGE}/letters", "Report these letters", {"letters_1": "2", "email": "a@example.org"}, "Un reçu est en route"),
    ("/en/pledges/link?action=ua-12-26", "Send the link", {"email": "a@example.org"}, "Retour à l’action"),
])  # fmt: skip
def test_thanks_that_answer_a_form_are_thanks_in_the_other_language_too(reader, session, path, button, typed, said):
    an_action(session)
    a_group(session)
    answer = reader.get(f"{path}{'&' if '?' in path else '?'}group=montreal").submit(button, **typed)
    french = reader.get(answer.soup.select_one("nav a[lang=fr]")["href"])
    assert (french.status, said in french.text) == (200, True)
    assert "a@example.org" not in french.html
    if "link" not in path:
        assert "pour Groupe de Montréal" in french.text
    again = reader.get(french.soup.select_one("nav a[lang=en]")["href"])
    assert reader.get(again.soup.select_one("nav a[lang=fr]")["href"]).text == french.text


@pytest.mark.parametrize(("button", "typed"), [
    ("Report these letters", {"letters_1": "0"}),
    ("Change it", {"letters": "0"}),
    ("Erase me", {}),
])  # fmt: skip
def test_a_refused_form_of_a_private_page_leads_to_that_page_in_the_other_language(reader, session, button, typed):
    an_action(session)
    mine = reader.get(PAGE).submit("I will write", name="Amal", letters="3").follow()
    refused = mine.submit(button, **typed)
    assert refused.status == 422
    link = refused.soup.select_one("nav a[lang=fr]")["href"]
    assert link == mine.soup.select_one("#private-link")["href"].replace("/en/", "/fr/")
    mine.submit("Report these letters", letters_1="3")
    correcting = reader.get(link.replace("/fr/", "/en/"))
    path = next(one["href"] for one in correcting.soup.select("a") if one.get_text() == "Correct this report")
    refused = reader.get(path).submit("Store the correction", letters_1="0")
    assert refused.soup.select_one("nav a[lang=fr]")["href"] == path.replace("/en/", "/fr/")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("actions/ua-12-26/write", "paper=letter"),
        ("pledges/link", "action=ua-12-26"),
        ("actions/ua-12-26/share", "group=montreal&size=compact&theme=dark"),
        ("actions/ua-12-26/letters", "channel=fax&sent_on=2026-03-09"),
        ("dashboard/", "state=open&text=Freedonia"),
        ("dashboard/ua-12-26/pledges", "group=montreal&sort=letters&row=1&row=2"),
        ("dashboard/history", "subject=ua-12-26&actor=oda@example.org"),
    ],
)
def test_what_a_page_shows_goes_along_into_the_other_language(office, session, path, kept):
    an_action(session)
    a_group(session, "montreal")
    page = office.get(f"/en/{path}?{kept}&stored=change&reported=yes&endpoint=x&_anchor=y&lang=z")
    link = page.soup.select_one("nav a[lang=fr]")["href"]
    address, _, query = link.partition("?")
    assert address == f"/fr/{path}"
    wanted = set(parse_qsl(kept)) | (set(parse_qsl("stored=change&reported=yes")) if "dashboard" in path else set())
    assert set(parse_qsl(query)) == wanted
    assert office.get(link).status == 200


def test_the_other_languages_are_named_by_whole_urls(an_app, session):
    an_action(session)
    a_group(session, "x")
    client = an_app(PUBLIC_URL="https://act.example.org").test_client()
    page, of_group = (
        client.get(f"{PAGE}{query}", base_url="https://act.example.org").get_data(as_text=True)
        for query in ("", "?group=x")
    )
    assert 'hreflang=fr href="https://act.example.org/fr/actions/ua-12-26"' in page
    assert "hreflang" not in of_group  # search engines are not to lead to the page of a group
    assert '<a href="/fr/actions/ua-12-26?group=x" lang=fr>' in of_group


@pytest.mark.parametrize("value", [0, 7, 999, 1000, 12_345, 1_234_567])
def test_a_large_number_is_plain_digits_to_a_machine(value):
    grouped = filters.grouped(value)
    assert grouped.striptags() == str(value)
    assert grouped.count("thousands") == (len(str(value)) - 1) // 3


def test_an_instant_is_written_in_utc_to_the_second():
    there = datetime(2026, 3, 10, 12, 0, 0, 123456, timezone(timedelta(hours=-4)))
    assert filters.instant(there) == "2026-03-10T16:00:00Z"


def test_what_people_wrote_is_escaped_and_keeps_its_direction():
    assert filters.isolated("<b>آنا</b>") == "<bdi>&lt;b&gt;آنا&lt;/b&gt;</bdi>"
    assert filters.isolated(None) == "<bdi></bdi>"
    assert filters.written_in() == "dir=auto"


def test_an_element_says_its_language_where_it_is_not_the_pages(app):
    with app.test_request_context("/en/"):
        assert filters.written_in('fr"') == 'lang="fr&#34;" dir=auto'
        assert filters.written_in("fr") == "lang=fr dir=auto"
        assert filters.written_in("en") == "dir=auto"


def test_a_template_puts_out_nothing_for_none_and_no_character_that_a_page_cannot_hold():
    assert filters.finalized(None) == ""
    assert filters.finalized(3) == 3
    assert filters.finalized("a\x01b\uffff") == "ab"
    kept = filters.finalized(Markup("<b>\x01</b>"))
    assert (kept, type(kept)) == ("<b></b>", Markup)


@pytest.mark.parametrize(
    ("lang", "at", "zone"),
    [("en", "March 16, 2026 at 12:00 a.m.", "Eastern Daylight Time"),
     ("fr", "16 mars 2026 à 0 h", "heure avancée de l’Est")],
)  # fmt: skip
def test_the_end_of_pledging_is_in_the_actions_zone_and_the_readers_language(app, session, lang, at, zone):
    action = an_action(session)
    with app.test_request_context(f"/{lang}/"):
        words = filters.pledging_closes(action)
    assert (" ".join(words["at"].split()), words["zone"], words["place"]) == (at, zone, "Toronto")
