"""A coordinator comes in by an invitation, turns codes on, and signs out again; with and without scripts."""

import re
from datetime import timedelta

import pytest
from passlib.totp import TOTP
from playwright.sync_api import expect

from tests.browser.test_every_page import violations
from tests.factories import NOON, PASSWORD, a_coordinator
from ua_tracker import coordinators


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request, browser, address):
    """A page of a browser that runs scripts, or of one that does not."""
    context = browser.new_context(base_url=address, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def invitation(session, site) -> str:
    token = coordinators.invite(session, "oda@example.org", "office", None, by="tests", now=NOON)
    session.commit()
    return f"/en/login/password/{token}"


def press(page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def sign_in(page) -> None:
    page.get_by_label("E-mail").fill("oda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def test_from_the_invitation_to_the_code_and_out(visitor, invitation, site):
    visitor.goto(invitation)
    visitor.get_by_label("New password").fill(PASSWORD)
    press(visitor, "Set this password")
    expect(visitor.get_by_text("Your password is set. You are signed in.")).to_be_visible()
    expect(visitor.get_by_text("You are signed in as oda@example.org, for the office.")).to_be_visible()
    visitor.get_by_role("link", name="Turn two\u2011factor codes on").click()
    authenticator = TOTP(key=visitor.locator("#key").inner_text())
    visitor.get_by_label("Code").fill(authenticator.generate(time=NOON).token)
    press(visitor, "Turn codes on")
    expect(visitor.locator(".recovery li")).to_have_count(10)
    press(visitor, "Sign out")
    sign_in(visitor)
    later = NOON + timedelta(seconds=30)
    site.set_clock(later)
    visitor.get_by_label("Code").fill(authenticator.generate(time=later).token)
    press(visitor, "Sign in")
    expect(visitor).to_have_url(re.compile("/en/dashboard/$"))
    visitor.get_by_role("link", name="Français").click()
    expect(visitor.get_by_role("heading", name="Tableau de bord")).to_be_visible()
    press(visitor, "Se déconnecter")
    visitor.goto("/fr/dashboard/")
    expect(visitor.get_by_role("heading", name="Se connecter")).to_be_visible()


def test_after_a_while_the_password_is_asked_for_before_somebody_is_invited(visitor, session, site):
    a_coordinator(session)
    visitor.goto("/en/login")
    sign_in(visitor)
    site.set_clock(NOON + timedelta(minutes=15))
    visitor.goto("/en/dashboard/coordinators")
    visitor.locator("#email").fill("gus@example.org")
    visitor.get_by_label("Office: sees and does everything").check()
    press(visitor, "Invite")
    expect(visitor.get_by_text("Invite gus@example.org to coordinate for the office")).to_be_visible()
    visitor.get_by_label("Your password").fill("guess")
    press(visitor, "Do it")
    expect(visitor.get_by_text("This is not your present password.").first).to_be_visible()
    visitor.get_by_label("Your password").fill(PASSWORD)
    press(visitor, "Do it")
    expect(visitor.get_by_role("heading", name="Invitation for gus@example.org")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_coordinators_pages_are_accessible_and_fit_320_pixels(quiet, invitation, site, scheme):
    page, seen = quiet, []

    def look() -> None:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], f"{page.url} at {width}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{page.url} scrolls sideways at {width}"
        seen.append(page.title())

    page.emulate_media(color_scheme=scheme)
    page.goto(invitation)
    look()
    press(page, "Set this password")
    look()
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Set this password")
    look()
    page.goto("/fr/login/forgotten")
    look()
    for path in ("", "account", "account/password", "account/codes"):
        for language in ("en", "fr"):
            page.goto(f"/{language}/dashboard/{path}")
            look()
    site.set_clock(NOON + timedelta(minutes=15))
    for language, invite, confirm in (("en", "Invite", "Do it"), ("fr", "Inviter", "Confirmer")):
        page.goto(f"/{language}/dashboard/coordinators")
        page.locator("input[name=role][value=office]").check()
        page.locator("#email").fill("gus.with.a.very.long.address@mail.group-of-montreal.example.org")
        press(page, invite)
        look()
        press(page, confirm)
        look()
    page.get_by_label("Votre mot de passe").fill(PASSWORD)
    press(page, "Confirmer")
    site.set_clock(NOON)
    page.goto("/en/dashboard/account/codes")
    page.get_by_label("Code").fill(TOTP(key=page.locator("#key").inner_text()).generate(time=NOON).token)
    press(page, "Turn codes on")
    look()
    page.goto("/en/dashboard/account/codes")
    look()
    press(page, "Sign out")
    sign_in(page)
    look()
    assert len(seen) == 19
