"""The office publishes, extends, enters an evening, takes it back, and downloads the rows."""

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import violations
from tests.factories import PASSWORD, a_coordinator, a_group, a_pledge, a_report
from tests.rules.test_importing import SAMPLE
from ua_tracker.models import Action

WORDS = {
    "en": {
        "sign in": "Sign in",
        "e-mail": "E-mail",
        "password": "Password",
        "read": "Read the document",
        "store": "Store it as a draft",
        "changes": "Store the changes",
        "publish": "Publish",
        "deadline": "Deadline",
        "extend": "Extend the deadline",
        "do extend": "Extend",
        "new": "New deadline",
        "evening": "Enter a letter evening",
        "people": "How many people wrote?",
        "to": "Letters to: Minister of Interior",
        "enter": "Enter the evening",
        "back": "Take back",
        "why": "Why is it taken back?",
        "spreadsheet": "For a spreadsheet (CSV)",
        "out": "Sign out",
        "day": "Day sent",
    },
    "fr": {
        "sign in": "Se connecter",
        "e-mail": "Courriel",
        "password": "Mot de passe",
        "read": "Lire le document",
        "store": "Enregistrer comme brouillon",
        "changes": "Enregistrer les modifications",
        "publish": "Publier",
        "deadline": "Date limite",
        "extend": "Reporter la date limite",
        "do extend": "Prolonger",
        "new": "Nouvelle date limite",
        "evening": "Inscrire une soirée d’écriture",
        "people": "Combien de personnes ont écrit?",
        "to": "Lettres à : Minister of Interior",
        "enter": "Inscrire la soirée",
        "back": "Annuler",
        "why": "Pourquoi l’annuler?",
        "spreadsheet": "Pour un tableur (CSV)",
        "out": "Se déconnecter",
        "day": "Date d’envoi",
    },
}


@pytest.fixture(params=[(language, scripts) for language in WORDS for scripts in (True, False)],
                ids=lambda one: f"{one[0]} {'with' if one[1] else 'without'} scripts")  # fmt: skip
def day(request, browser, address, session):
    """A page on which Oda of the office is signed in, and the words of its language."""
    language, scripts = request.param
    a_coordinator(session)
    a_group(session)
    context = browser.new_context(base_url=address, java_script_enabled=scripts, accept_downloads=True)
    page, words = context.new_page(), WORDS[language]
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"/{language}/login")
    page.get_by_label(words["e-mail"]).fill("oda@example.org")
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["sign in"], exact=True).click()
    yield page, words, language
    context.close()
    assert said == []


def test_from_a_document_to_a_download(day, tmp_path):
    page, words, language = day
    press = lambda name: page.get_by_role("button", name=words[name], exact=True).first.click()  # noqa: E731
    page.goto(f"/{language}/dashboard/import")
    page.locator("#document").set_input_files(SAMPLE)
    press("read")
    expect(page.locator("tbody tr").first).to_be_visible()
    press("store")
    page.get_by_label(words["deadline"], exact=True).fill("2026-04-10")
    press("changes")
    press("publish")
    page.get_by_text(words["extend"], exact=True).click()
    page.get_by_label(words["new"]).fill("2026-04-20")
    press("do extend")
    expect(page.locator(".state dd").filter(has_text=re.compile("20")).first).to_be_visible()
    page.get_by_role("link", name=words["evening"]).click()
    page.get_by_label(words["people"]).fill("14")
    page.get_by_label(words["to"]).fill("31")
    page.get_by_label(words["day"]).fill("2026-03-09")
    press("enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("details.void summary").click()
    page.get_by_label(words["why"]).fill("X")
    page.locator("details.void button").click()
    expect(page.locator("details.void")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name=words["spreadsheet"]).click()
    assert download.value.suggested_filename == "ua-109-23-2-letters-2026-03-10.csv"
    text = download.value.path().read_text("utf-8-sig")
    [row] = csv.DictReader(text.splitlines(), delimiter=";" if language == "fr" else ",")
    assert (row["letters"], row["people"], row["void_reason"]) == ("31", "14", "X")
    press("out")
    page.goto(f"/{language}/dashboard/")
    expect(page.get_by_role("heading", name=words["sign in"])).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_dashboard_is_accessible_and_fits_320_pixels(quiet, session, site, scheme):
    page = quiet
    a_coordinator(session)
    action = session.query(Action).one()
    a_pledge(
        session,
        action,
        name="A Very Long Name With Many Parts",
        email="a.very.long.address@mail.example.org",
        group=a_group(session).slug,
    )
    a_report(session, action, target=41, group="montreal")
    page.emulate_media(color_scheme=scheme)
    page.goto("/en/login")
    page.get_by_label("E-mail").fill("oda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    paths = (
        "",
        "new",
        "import",
        "groups",
        "groups/montreal",
        "history",
        "coordinators",
        "ua-12-26",
        "ua-12-26/edit",
        "ua-12-26/pledges",
        "ua-12-26/letters",
        "ua-12-26/letters/void",
        "ua-12-26/pledges?first=never",
        "ua-12-26/evening",
    )
    store = {"en": WORDS["en"]["store"], "fr": "Enregistrer ces changements"}  # the second time it is here already
    for language, width in (("en", 1280), ("fr", 320)):
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(f"/{language}/dashboard/{path}")
            assert_well(page, f"{path} at {width}")
        page.goto(f"/{language}/dashboard/import")
        page.locator("#document").set_input_files(SAMPLE)
        page.locator("#goal").fill(str(width))
        page.get_by_role("button", name=WORDS[language]["read"]).click()
        expect(page.locator("#changes")).to_have_count(0 if language == "en" else 1)
        assert_well(page, f"what was read at {width}")
        page.get_by_role("button", name=store[language]).click()
        page.goto(f"/{language}/dashboard/history")
        assert_well(page, f"the history of it at {width}")


def assert_well(page, where: str) -> None:
    """The page is accessible and does not scroll sideways."""
    assert violations(page) == [], where
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{where}: scrolls sideways"


def test_the_page_of_an_action_follows_a_report_by_itself(quiet, session, site):
    a_coordinator(session)
    quiet.goto("/en/login")
    quiet.get_by_label("E-mail").fill("oda@example.org")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Sign in", exact=True).click()
    quiet.goto("/en/dashboard/ua-12-26")
    a_report(session, session.query(Action).one(), target=7)
    expect(quiet.locator('#counter [data-count="letters-sent"]')).to_have_text("7", timeout=10_000)
