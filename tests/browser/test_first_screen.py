"""On a phone, the number and both things to do are seen without scrolling, in each language and state."""

import pytest
from itsdangerous import URLSafeSerializer

from tests.factories import NOON, a_case, a_group, a_pledge, a_recipient, a_report
from ua_tracker import evenings
from ua_tracker.models import Action

LONG = "1,4 million de personnes réfugiées afghanes risquent d’être renvoyées de force vers l’Afghanistan"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("title", "sent"),
    [
        (LONG, 0),
        (LONG, 41),
        (LONG, 100),
        ("1.4 million Afghan refugees at risk of deportation", 100),
        ("Village told to leave", 12137),
    ],
)
def test_both_buttons_are_seen_at_once_on_a_phone(page, session, site, language, title, sent):
    action = session.query(Action).one()
    action.title, action.case = title, a_case(session)
    a_group(session)
    session.commit()
    for letters in [500] * (sent // 500) + [sent % 500]:
        if letters:
            a_report(session, action, target=letters)
    a_pledge(session, action, letters=500)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/{language}/actions/ua-12-26?group=montreal")
    ends = page.evaluate(
        "[...document.querySelectorAll('.standing .verbs .button')].map(one => one.getBoundingClientRect().bottom)"
    )
    assert len(ends) == 2
    assert max(ends) <= 740
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_what_was_open_and_has_closed_asks_nobody_to_write_any_more(page, session, site):
    from datetime import UTC, datetime

    page.goto("/en/actions/ua-12-26")
    assert page.get_by_text("Write to:").is_visible()
    site.set_clock(datetime(2026, 3, 16, 4, 0, tzinfo=UTC))
    page.get_by_text("Did you write? Report it now.").wait_for()
    assert not page.get_by_text("Write to:").is_visible()


@pytest.mark.parametrize("at_evening", [False, True])
@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_whole_report_is_seen_at_once_on_a_phone(page, session, site, language, targets, at_evening):
    action = session.query(Action).one()
    action.title = LONG
    a_group(session, name="Groupe étudiant de l’Université du Québec à Trois-Rivières")
    if targets == 2:
        role = "Premier ministre et ministre de la Réforme administrative"
        session.add(a_recipient(action, "target", 3, role=role))
    path = f"/{language}/actions/ua-12-26/letters?group=montreal"
    if at_evening:
        how = {"group": "montreal", "hours": 4, "most_letters": 300, "actor": "rosa", "now": NOON}
        evening = evenings.open_for(session, action, None, **how)
        secret = (site.folder / "secret_key").read_text().strip()
        path += f"&evening={URLSafeSerializer(secret, salt='evening').dumps(evening.id)}"
    session.commit()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    assert page.get_by_text("Letter evening: " if language == "en" else "Soirée d’écriture").count() == at_evening
    button = page.locator("#report button").bounding_box()
    assert button["y"] + button["height"] <= 740
    assert page.locator(".seg label:visible").count() == 4
    assert page.locator(".pair input").evaluate_all("fields => fields.every(one => one.offsetHeight >= 44)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_a_laptop_the_form_scrolls_with_the_page_and_never_inside_itself(page, session, site):
    action = session.query(Action).one()
    action.title = LONG
    a_group(session)
    page.set_viewport_size({"width": 1366, "height": 650})
    page.goto("/fr/actions/ua-12-26?group=montreal")
    button = page.get_by_role("button", name="Je vais écrire")
    scrolling = button.evaluate(
        """button => {
            const found = [];
            for (let one = button.parentElement; one !== document.documentElement; one = one.parentElement) {
                const isCut = one.scrollHeight > one.clientHeight && getComputedStyle(one).overflowY !== "visible";
                if (isCut) found.push(one.className);
            }
            return found;
        }"""
    )
    assert scrolling == []
    button.scroll_into_view_if_needed()
    assert button.bounding_box()["y"] + button.bounding_box()["height"] <= 650
