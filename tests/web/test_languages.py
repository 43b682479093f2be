"""A third language is a row and a catalogue: every answer of the site is read in one that nobody speaks."""

import re
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, NavigableString
from sqlalchemy import JSON, select, update

from tests import markup, pseudo_language
from tests.factories import PASSWORD, SECRET, a_coordinator, a_pledge, a_report, an_action
from tests.pseudo_language import CODE, plain_words, spoken, words_of_the_locale
from tests.reader import CoordinatorReader, Page, Reader
from tests.web.test_stored_text import ON_SQLITE, TYPED, Walk, World, addresses
from ua_tracker import languages
from ua_tracker.models import Action, Mail, Pledge
from ua_tracker.web.mails import KINDS

PAGE = f"/{CODE}/actions/ua-12-26"
# What no catalogue holds: names, who the tests say they are, and the code of a language that a form was sent with.
NAMES = {"English", "UA", "Tracker", "Toronto", "America", "tests", "en"}
DATA = re.compile(
    r"\S+@\S+|https?://\S+|localhost/\S+|/[a-z]{2}/\S*|/api/\S*|\b(?:uat|msg)_\S*|\bua-\d+-26\S*|\bmontreal\b|\b(?:pledges|letters)\.(?:csv|xlsx)\b"
)
SPOKEN_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "data-words")
# A mail to the readers of another language is shown as they get it.
SILENT = "script, style, code, pre, textarea, metadata, [lang=en], .mail[lang=fr]"


@pytest.fixture(autouse=True)
def third(monkeypatch, tmp_path):
    """The pseudo-language, in the table before any app is made."""
    return pseudo_language.add(monkeypatch, tmp_path / "translations")


@pytest.fixture
def app(an_app):
    """The app, whose key the factories know, so that their private links lead somewhere."""
    return an_app(SECRET_KEY=SECRET)


def in_other_letters(session) -> set[str]:
    """Replaces the letters in stored texts by letters that neither English nor the pseudo-language has."""
    for column in markup.text_columns():
        [key, *_] = column.table.primary_key.columns
        if column.table.name == "audit_entries" and not isinstance(column.type, JSON):
            continue  # our own words
        for number, held in session.execute(select(key, column)).all():
            told = _other_letters(held)
            told = f"{told}{number}" if column.unique and told != held else told
            session.execute(update(column.table).where(key == number).values({column.name: told}))
    session.commit()
    session.expire_all()
    return set()


def _other_letters(held):
    if isinstance(held, list):
        return [_other_letters(one) for one in held]
    if isinstance(held, dict):
        return {name: _other_letters(one) for name, one in held.items()}
    return held if not isinstance(held, str) or "@" in held else re.sub("[A-Za-z]", "я", held)


def english_in(texts) -> set[str]:
    """Each text with a word that is neither of the catalogue nor data nor Babel's."""
    known = NAMES | words_of_the_locale()
    return {text for text in texts if plain_words(DATA.sub(" ", text)) - known}


def texts_of(soup: BeautifulSoup) -> set[str]:
    """What a reader sees or hears of a page."""
    silent = {id(one) for found in soup.select(SILENT) for one in (found, *found.descendants)}
    seen = {
        str(text) for text in soup.find_all(string=True) if type(text) is NavigableString and id(text) not in silent
    }
    seen |= {
        element[name] for element in soup.find_all(True) for name in SPOKEN_ATTRIBUTES
        if element.has_attr(name) and id(element) not in silent
    }  # fmt: skip
    told = soup.select("meta[name=description], meta[property='og:title'], meta[property='og:description']")
    return seen | {one["content"] for one in told}


def check_language(page: Page) -> None:
    """Nothing is in another language, no link leads out of it, and the switch offers all three."""
    soup = page.soup
    assert english_in(texts_of(soup)) == set()
    switch = soup.select("header.site nav a, header.site nav span, link[hreflang]")
    for element in soup.select("a[href^='/'], form[action], [hx-get]"):
        address = element.get("hx-get") or element.get("href") or element["action"]
        if element not in switch and re.match(rf"/{languages.IN_PATH}(?:/|$)", address):
            assert address.startswith(f"/{CODE}"), element
    if not page.html.startswith("<!doctype"):
        return
    assert soup.html["lang"] == CODE
    if soup.select("header.site nav"):
        assert [one["lang"] for one in soup.select("header.site nav [lang]")] == ["en", "fr", CODE]
        named = [one["hreflang"] for one in soup.select("link[hreflang]")]
        has_query = any("?" in one["href"] for one in soup.select("header.site nav a"))
        assert named == ([] if has_query else ["en", "fr", CODE])


class WalkInOne(Walk):
    """A walk that reads which language each page is in; forms are sent empty, then with what they do not take."""

    def _read(self, reader: Reader, address: str, page: Page, method: str = "GET") -> None:
        super()._read(reader, address, page, method)
        if page.response.mimetype != "text/html" or page.status in (204, 302, 303, 304, 308):
            return
        try:
            check_language(page)
        except AssertionError as wrong:
            raise AssertionError(f"{method} {address}: {wrong}") from wrong

    def _send(self, reader: Reader, form) -> None:
        hidden = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
        chosen = {field["name"]: field.option["value"] for field in form.select("select") if field.option}
        for typed in ("", "я"):
            values = {field["name"]: typed for field in form.select(TYPED)} | hidden | chosen
            page = reader.post(form["action"], values, htmx=form.has_attr("hx-post"))
            self._read(reader, form["action"], page, "POST")


@pytest.mark.walk
@ON_SQLITE
def test_every_page_speaks_it(app, session):
    document = ("я", "UA: 14/26\n\n## ЯЯЯ ЯЯ ЯЯЯЯ\n\nяяя яя яяяя яяя яя.\n")
    walk = WalkInOne(World(app, session, fill=in_other_letters, document=document))
    for private, reader in ((False, walk.world.nobody), (True, walk.world.office), (True, walk.world.of_group)):
        for address in addresses(walk.world, private, lang=CODE):
            walk.visit(reader, address)
    every = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - {"static", "oembed.answer"}
    assert {endpoint for _, endpoint in walk.seen} >= every - {"oembed.answer"}
    walk.send_all()
    assert walk.kinds["text/html"] > 250


@ON_SQLITE
def test_every_mail_speaks_it(app, session, tmp_path):
    World(app, session, fill=in_other_letters)
    session.execute(update(Mail).values(language=CODE))
    session.commit()
    assert app.test_cli_runner().invoke(args=["outbox", "send"]).exit_code == 0
    assert set(session.scalars(select(Mail.kind).where(Mail.ending == "sent"))) == set(KINDS)
    for path in (tmp_path / "mail").glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        soup = BeautifulSoup(html, "html5lib")
        assert soup.html["lang"] == CODE
        assert english_in({mail["Subject"], *text.splitlines(), *texts_of(soup)}) == set(), path.name
        assert set(re.findall(r"http://[^/]+/([a-z]{2})/", text + html)) == {CODE}


def test_the_front_page_asks_the_browser(reader):
    assert reader.get("/", headers={"Accept-Language": "eo, en;q=0.5"}).headers["Location"] == f"/{CODE}/"
    assert reader.get("/", headers={"Accept-Language": "de"}).headers["Location"] == "/en/"
    assert reader.get("/de/").status == 404


@pytest.mark.parametrize(
    "path", [f"{PAGE}/counter", f"/{CODE}/listing", f"{PAGE}/wall/numbers", f"/{CODE}/embed/ua-12-26"]
)
def test_live_answers_are_kept_and_checked_by_their_token(app, reader, session, path):
    a_report(session, an_action(session, title="я", country="я", summary=["я"]))
    kept = app.extensions["ua_tracker.live"]._kept
    first = reader.get(path)
    assert (first.status, len(kept)) == (200, 1)
    check_language(first)
    assert reader.get(path).html == first.html
    token = first.headers["ETag"].strip('"')
    again = reader.get(f"{path}?v={token}")
    assert (again.status, again.html, len(kept)) == (204, "", 1)
    a_report(session, session.scalar(select(Action)))
    assert reader.get(f"{path}?v={token}").status == 200


def test_embeds_and_pictures_speak_it(reader, session):
    an_action(session, title="я", country="я")
    badge = reader.get(f"/actions/ua-12-26/badge.svg?lang={CODE}")
    assert spoken("letters sent") in badge.html
    assert english_in(texts_of(badge.soup)) == set()
    assert reader.get(f"/actions/ua-12-26/badge.json?lang={CODE}").response.json["label"] != "letters sent"
    cards = {code: reader.client.get(f"/actions/ua-12-26/card.png?lang={code}") for code in ("en", CODE)}
    assert all(card.status_code == 200 for card in cards.values())
    assert cards["en"].data != cards[CODE].data
    told = reader.get(f"/oembed?{urlencode({'url': f'http://localhost{PAGE}'})}").response.json
    assert f"http://localhost/{CODE}/embed/ua-12-26" in told["html"]
    assert spoken("Letters so far: ") in told["html"]


@pytest.mark.parametrize("name", ["page.js", "embed.js"])
def test_the_scripts_hold_no_list_of_languages(reader, name):
    assert "[a-z]{2}" in reader.get(f"/files/{name}").html
    assert not re.search(r"\ben\|fr\b", reader.get(f"/files/{name}").html)


def test_a_large_number_is_set_apart_as_in_the_language(reader):
    sheet = reader.get("/files/accent.css").html
    assert ':lang(en) .thousands::before{content:"\\2c "}' in sheet
    assert ':lang(fr) .thousands::before{content:"\\202f "}' in sheet
    assert f':lang({CODE}) .thousands::before{{content:"\\a0 "}}' in sheet


def test_what_is_refused_is_refused_in_it(an_app, session, clock):
    reader = Reader(an_app(SECRET_KEY=SECRET, RATELIMIT_ENABLED="yes"))
    an_action(session)
    in_other_letters(session)
    missing, page = reader.get(f"/{CODE}/nowhere"), reader.get(PAGE)
    unfilled = page.submit(spoken("I will write"), name="", letters="")
    frame = reader.get(f"/{CODE}/embed/ua-99-26")
    often = [reader.post(f"/{CODE}/pledges/link", {}) for _ in range(21)][-1]
    clock.pass_by(days=8)
    late = page.submit(spoken("I will write"), name="я", letters="3")
    answers = (missing, unfilled, frame, often, late)
    assert [answer.status for answer in answers] == [404, 422, 404, 429, 409]
    for answer in answers:
        check_language(answer)


def test_a_coordinator_signs_in_and_chooses_it_for_an_action(app, session):
    action, coordinator = an_action(session), a_coordinator(session)
    reader = CoordinatorReader(app)
    entrance = reader.get(f"/{CODE}/login?next=/{CODE}/dashboard/history")
    wrong = entrance.submit(spoken("Sign in"), email=coordinator.email, password="not this one")
    assert wrong.status == 422
    assert english_in(texts_of(wrong.soup)) == set()
    entered = entrance.submit(spoken("Sign in"), email=coordinator.email, password=PASSWORD)
    assert entered.headers["Location"] == f"/{CODE}/dashboard/history"
    editing = reader.get(f"/{CODE}/dashboard/{action.slug}/edit")
    offered = [(one["value"], one.get_text()) for one in editing.soup.select("select[name=language] option")]
    assert offered == [(one.code, one.name) for one in languages.LANGUAGES.values()]


def test_what_is_written_in_it_is_stored_so_and_read_again(reader, session):
    action = an_action(session, language=CODE)
    reader.get(PAGE).submit(spoken("I will write"), name="Amal", letters="3", email="amal@example.org")
    assert session.scalars(select(Pledge.language)).all() == [CODE]
    assert session.scalars(select(Mail.language)).all() == [CODE]
    assert reader.get("/en/actions/ua-12-26").soup.select_one("h1")["lang"] == CODE
    letter = reader.get("/en/actions/ua-12-26/write").soup.textarea.get_text()
    assert spoken("Yours sincerely,") in letter
    assert all(demand in letter for demand in action.demands)


def test_a_stored_language_that_is_offered_no_more_is_read_in_english(app, reader, session, monkeypatch):
    action = an_action(session, language=CODE)
    a_pledge(session, action, language=CODE, email="amal@example.org", once_key="k")
    monkeypatch.delitem(languages.LANGUAGES, CODE)
    assert reader.get("/en/actions/ua-12-26").soup.select_one("h1")["lang"] == CODE
    assert "Yours sincerely," in reader.get("/en/actions/ua-12-26/write").soup.textarea.get_text()
    assert app.test_cli_runner().invoke(args=["outbox", "send"]).exit_code == 0
    assert session.scalars(select(Mail.ending)).all() == ["sent"] * len(session.scalars(select(Mail.id)).all())


def test_a_language_from_the_right_turns_the_page_round(reader, session, monkeypatch, third):
    an_action(session)
    monkeypatch.setitem(languages.LANGUAGES, CODE, replace(third, locale="ar"))
    for path in (PAGE, f"/{CODE}/embed/ua-12-26"):
        assert reader.get(path).soup.html["dir"] == "rtl"
        assert not reader.get(path.replace(CODE, "fr", 1)).soup.html.has_attr("dir")
