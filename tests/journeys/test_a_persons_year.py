"""One person's whole year with an action, in a real browser on a phone, in French: everything agrees at every step.

`tests/web/test_a_persons_year.py` tells the same year in English, without scripts.
"""

import csv
import io
import os
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.browser.conftest import browser_type_launch_args  # noqa: F401 (a fixture: where the browser is)
from tests.elsewhere import Elsewhere
from tests.factories import NOON, PASSWORD, a_coordinator, a_group, an_action
from tests.mail_server import MailServer
from tests.pdf_text import sheets
from tests.reader import CoordinatorReader
from tests.site import Site
from tests.web.test_mails import everything, words
from ua_tracker import actions, create_app, tally
from ua_tracker.models import Action

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ACTION = "/fr/actions/ua-12-26"
# A page that another worker has kept for a moment shows the new number at its next poll.
TWO_POLLS = 15_000
BY = {"actor": "oda", "now": NOON}


@pytest.fixture
def session(database, site):
    """A session on the site's database, with an action whose goal is three letters, and a group."""
    engine = create_engine(database)
    with Session(engine) as opened:
        an_action(opened, goal=3)
        a_group(opened)
        a_coordinator(opened)
        yield opened
    engine.dispose()


@pytest.fixture
def office():
    """A mail server that is up."""
    server = MailServer().up()
    yield server
    server.down()


@pytest.fixture
def app(session, database, tmp_path, site, office):
    """The same site in this process, for its commands and for the coordinator."""
    environ = {
        **os.environ, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": database, "PUBLIC_URL": site.address,
        "MAIL_URL": office.url, "MAIL_FROM": "letters@example.org",
    }  # fmt: skip
    app = create_app(environ, clock=lambda: datetime.fromisoformat((tmp_path / "clock").read_text()).astimezone(UTC))
    app.testing = True
    return app


@pytest.fixture
def elsewhere():
    """The group's own page, on another server."""
    other = Elsewhere()
    yield other
    other.stop()


@pytest.fixture
def mails(app, office):
    """Queues and sends what is due; answers the mails that came."""

    def mails() -> list:
        before = len(office.mails)
        for command in ("reminders queue", "outbox send"):
            result = app.test_cli_runner().invoke(args=command.split())
            assert result.exit_code == 0, result.output
        return office.mails[before:]

    return mails


@pytest.fixture
def phone(browser, site):
    """A page of a phone, which must end without an error on its console."""
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 740}, locale="fr-CA")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def agreed(phone, app, session, mails):
    """Compares action page, the group's frame, JSON, CSV, tally and the private page `mine` with what is expected.

    No reminder may be due: what had to go out has gone out.
    """
    public = phone.context.new_page()

    def agreed(pledged: int, sent: int, mine: str = "") -> None:
        for path in (ACTION, "/fr/embed/ua-12-26?group=montreal"):
            public.goto(path)
            expect(public.locator('[data-count="letters-pledged"]')).to_have_text(str(pledged), timeout=TWO_POLLS)
            expect(public.locator('[data-count="letters-sent"]')).to_have_text(str(sent), timeout=TWO_POLLS)
            assert public.evaluate("document.documentElement.scrollWidth") <= 360, path
        told = phone.request.get("/api/v1/actions/ua-12-26").json()
        for one in (told, *told["groups"]):
            assert (one["letters_pledged"], one["letters_sent"]) == (pledged, sent)
        oda = CoordinatorReader(app)
        oda.sign_in("oda@example.org", PASSWORD)
        [row] = csv.DictReader(io.StringIO(oda.get("/en/dashboard/ua-12-26/pledges.csv").html.lstrip("\ufeff")))
        said = {"name": "Amal", "group": "montreal", "letters": str(pledged), "letters_reported": str(sent)}
        assert said.items() <= row.items()
        session.expire_all()
        assert tally.check(session) == []
        if mine:
            public.goto(mine)
            expect(public.locator("main")).to_contain_text(f"Vous avez promis {pledged} lettres.")
            told = f"Vous avez signalé l’envoi de {sent} lettres" if sent else "Vous n’avez encore signalé aucun envoi."
            expect(public.locator("main")).to_contain_text(told)
            assert mails() == []

    return agreed


def addresses_in(mail, site: Site) -> dict[str, str]:
    """The addresses of this site in a mail, by their last part; that of the private page as `mine`."""
    found = re.findall(rf"{re.escape(site.address)}/\S+", words(mail))
    return {"mine" if re.search(r"/pledges/[^/]+$", one) else one.rsplit("/", 1)[1]: one for one in found}


def pressed(page, button: str | re.Pattern) -> None:
    """Presses the button, and checks that no part of the page is wider than the phone."""
    page.get_by_role("button", name=button).first.click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def test_a_persons_year_on_a_phone(phone, site, session, mails, agreed, elsewhere):
    action = session.query(Action).one()
    opened = partial(phone.goto, wait_until="load")

    # In the frame on the group's own page; the address is mistyped, and put right with one press.
    address = f"{site.address}/fr/embed/ua-12-26?group=montreal"
    elsewhere.body = f'<iframe src="{address}" title="Lettres" width="320" height="420"></iframe>'
    opened(elsewhere.address)
    phone.frame_locator("iframe").get_by_role("link", name="Écrivez aussi").click()
    phone.wait_for_url("**/fr/actions/ua-12-26?group=montreal")
    phone.get_by_label("Votre nom ou vos initiales").fill("Amal")
    phone.get_by_label("Combien de lettres écrirez-vous?").fill("3")
    phone.get_by_label("Courriel (facultatif)").fill("amal@gmial.com")
    phone.get_by_text("Plus\u00a0: date").click()
    phone.locator("#wants_outcome").check()
    pressed(phone, "Je vais écrire")
    pressed(phone, "Prendre amal@gmail.com")
    expect(phone.get_by_text("Votre promesse est notée")).to_be_visible()
    expect(phone.locator(".thanks")).to_contain_text("amal@gmail.com")
    agreed(3, 0)
    [first] = mails()
    mine = addresses_in(first, site)["mine"]
    agreed(3, 0, mine)

    # The letter, from the private page, in own words, printed.
    opened(mine)
    phone.get_by_text("Je n’ai pas encore écrit").click()
    phone.get_by_role("link", name="Écrire ma lettre maintenant").click()
    phone.get_by_label("Votre lettre").first.fill("Monsieur le Ministre,\n\nlibérez Ana Lopez. " + "Encore. " * 900)
    phone.get_by_label("Nom ou initiales").fill("Amal")
    printed = sheets(phone.pdf(format="Letter"))
    assert len(printed) > 2  # it is longer than a sheet, and nothing of it is cut
    assert "libérez Ana Lopez." in printed[0]
    assert sum(sheet.text.count("Encore.") for sheet in printed) == 900
    assert any(sheet.text.endswith("Amal") for sheet in printed)
    agreed(3, 0, mine)

    # The deadline moves: a mail, and the page says so first.
    actions.extend(session, action, date(2026, 3, 20), revision=action.revision, **BY)
    session.commit()
    [moved] = mails()
    assert "c’était le dimanche 15 mars 2026, c’est maintenant le vendredi 20 mars 2026" in " ".join(
        words(moved).split()
    )
    opened(ACTION)
    expect(phone.locator(".hero .notice")).to_contain_text("Délai prolongé")
    agreed(3, 0, mine)

    # From the last reminder to reported in two taps: the mail's button, and "yes".
    site.set_clock(NOON + timedelta(days=8))
    [last] = mails()
    opened(addresses_in(last, site)["answer"])
    pressed(phone, re.compile("Oui\\s: les 3, à Minister of Justice"))
    expect(phone.get_by_role("status").first).to_contain_text("Vos lettres sont enregistrées.")
    agreed(3, 3, mine)

    # One of them was not sent: it is taken back, and the other two stay.
    phone.get_by_role("link", name="Corriger ce signalement").click()
    phone.get_by_label("Lettres à\u00a0: Minister of Justice").fill("2")
    pressed(phone, "Enregistrer la correction")
    expect(phone.get_by_role("heading", name="Avez-vous envoyé l’autre lettre?")).to_be_visible()
    agreed(3, 2, mine)

    # Good news: a mail to who wanted it, which leads to a button that stops all mails.
    actions.close(session, action, "good news", outcome="Ana Lopez est libre.", revision=action.revision, **BY)
    session.commit()
    [news] = mails()
    assert news["Subject"] == "Bonne nouvelle\u00a0: TEACHER HELD WITHOUT CHARGE"
    opened(ACTION)
    expect(phone.get_by_text("Ana Lopez est libre.")).to_be_visible()
    opened(addresses_in(news, site)["stop"])
    pressed(phone, "Ne m’envoyez plus de rappels")
    expect(phone.get_by_role("status").first).to_have_text("Vous ne recevez plus de rappels pour cette promesse.")
    agreed(3, 2, mine)

    # Erased: nothing that names her is left, and every number stays.
    opened(mine)
    phone.get_by_text("Mes données et mon lien").click()
    phone.get_by_label("Oui, je confirme").check()
    pressed(phone, "Effacer mes données")
    expect(phone.get_by_role("heading", name="Vos données sont effacées")).to_be_visible()
    session.expire_all()
    assert "amal" not in str(everything(session)).casefold()
    told = phone.request.get("/api/v1/actions/ua-12-26").json()
    assert (told["letters_pledged"], told["letters_sent"], mails()) == (3, 2, [])
