"""Each token of the site opens one thing, and the links in mails do only what they are for."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.factories import NOON, SECRET, a_coordinator, a_pledge, a_report, an_action
from tests.reader import Reader
from tests.web.test_mails import words
from ua_tracker import coordinators, previews, private_links, tally
from ua_tracker.models import Mail, Pledge, PrivateLink
from ua_tracker.private_links import CONFIRM, PAGE, STOP, hashed

ADDRESS = re.compile(r"http://localhost(/(?:en|fr)/\S+)")
NAME, OLD, NEW = "Amal Markername", "amal@old.example", "amal@new.example"
# The link of a report without a pledge opens these as well.
OF_REPORTS = {"show", "undo", "release", "replace", "data", "erase"}
# Which kind of token a route takes. A route that is not here takes none: a new one must be put here first.
TAKES = {
    "login.choose": {"invitation", "reset"},
    "login.set_password": {"invitation", "reset"},
    "mail_links.address": {CONFIRM},
    "mail_links.confirm": {CONFIRM},
    "mail_links.stopping": {STOP},
    "mail_links.stop": {STOP},
    "own_reports.correct": {"of a report"},
    **{f"write.{name}": {PAGE} for name in ("show", "envelopes", "labels")},
    "calendars.writing_day": {PAGE},
    **{f"pledge_mails.{name}": {PAGE} for name in ("show", "stop", "start", "want")},
    **{
        f"manage.{name}": {PAGE} | ({"of a report"} if name in OF_REPORTS else set())
        for name in (
            "show", "report", "change", "withdraw", "undo", "remove_email", "want_address", "answer",
            "replace", "data", "erase", "release", "change_who", "restore",
        )
    },
}  # fmt: skip
TAKES["previews.show"] = {"of a draft"}
TAKES["previews.picture"] = set()  # the draft has none
TAKES["own_reports.correcting"] = TAKES["own_reports.correct_one"] = set()  # this pledge has no report
KINDS = (PAGE, CONFIRM, STOP, "used", "expired", "overtaken", "revoked", "invitation", "reset", "once key", "hash",
         "of a report")  # fmt: skip


@pytest.fixture
def office(mail_server):
    return mail_server


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def send(app):
    """Sends what is due."""
    return lambda: app.test_cli_runner().invoke(args=["outbox", "send"]).output


@pytest.fixture
def mine(reader, session, send, office):
    """Amal's private page, opened from her mailbox."""
    an_action(session)
    reader.get("/en/actions/ua-12-26").submit("I will write", name=NAME, letters="7", email=OLD)
    send()
    [link] = set(re.findall(r"http://localhost(/en/pledges/[\w-]{43})\b", words(office.mails[-1])))
    return reader.get(link)


def path_of(page) -> str:
    return page.form("Report these letters")["action"].removesuffix("/letters")


def asked(mine, send, office, email: str = NEW) -> str:
    """Asks for another address; the path of the link that its mailbox gets."""
    assert mine.submit("Use another address", email=email).status == 303
    send()
    mail = office.mails[-1]
    assert mail["To"] == email
    paths = set(ADDRESS.findall(words(mail))) | set(ADDRESS.findall(words(mail, "html").replace('"', " ")))
    [path] = {path.split("<")[0] for path in paths if "/pledges/" in path}
    return path


def emails(session) -> list[str | None]:
    session.rollback()
    return list(session.scalars(select(Pledge.email)))


def tokens(session) -> dict[str, str]:
    """One token of each kind, all of them of one pledge and one coordinator."""
    action = an_action(session)
    pledge = a_pledge(session, action, name=NAME, email=OLD)
    pledge.email_wanted = NEW
    made = {kind: f"a-token-of-kind-{kind}".replace(" ", "-").ljust(43, "x") for kind in KINDS}
    private_links.issue(session, a_report(session, action), made["of a report"], NOON)
    for kind in (PAGE, CONFIRM, STOP):
        private_links.issue(session, pledge, made[kind], NOON, kind)
    for kind, values in {
        "used": {"used_at": NOON}, "expired": {"expires_at": NOON}, "overtaken": {"revoked_at": NOON},
    }.items():  # fmt: skip
        private_links.issue(session, pledge, made[kind], NOON, CONFIRM)
        session.flush()
        session.execute(
            update(PrivateLink).where(PrivateLink.token_hash == hashed(made[kind])).values(values)
        )  # fmt: skip
    private_links.issue(session, pledge, made["revoked"], NOON)
    session.flush()
    session.execute(
        update(PrivateLink).where(PrivateLink.token_hash == hashed(made["revoked"])).values(revoked_at=NOON)
    )
    oda, rosa = a_coordinator(session), a_coordinator(session, "rosa@example.org")
    made["invitation"] = coordinators.invite_again(session, oda, by="tests", now=NOON)
    made["reset"] = coordinators.reset_link(session, rosa, NOON)
    draft = an_action(session, slug="draft", published_at=None)
    made["of a draft"] = previews.make(session, draft, actor="oda@example.org", now=NOON)
    made["once key"], made["hash"] = pledge.once_key, hashed(made[PAGE])
    session.commit()
    return made


def test_every_token_opens_its_own_routes_and_every_other_is_404(app, session):
    """Every kind of token at every route that takes one: only what is meant works, and nothing else leaks a word."""
    made, client = tokens(session), app.test_client()
    routes = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert {rule.endpoint for rule in routes} == set(TAKES)
    opened = {}
    for rule in routes:
        for kind, token in made.items():
            path = (
                rule.rule.replace("<lang:lang>", "en")
                .replace("<token:token>", token)
                .replace("<int:number>", "1")
                .replace("<digest:digest>", "0" * 32)
            )
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                answer = client.open(path, method=method)
                if answer.status_code != 404:
                    opened.setdefault(rule.endpoint, set()).add(kind)
                elif method == "GET":
                    assert not set(re.findall("Markername|old.example|new.example", answer.text)), path
    # A used link says that it was used, and does nothing.
    assert opened.pop("mail_links.address") == opened.pop("mail_links.confirm") == {CONFIRM, "used"}
    assert opened == {endpoint: takes for endpoint, takes in TAKES.items() if takes and
        (not endpoint.startswith("mail_links.") or endpoint in ("mail_links.stopping", "mail_links.stop"))}  # fmt: skip
    assert emails(session) == [OLD]


def test_a_link_for_one_thing_shows_nothing_of_the_pledge(app, session):
    made = tokens(session)
    for path in (f"{made[CONFIRM]}/address", f"{made['used']}/address", f"{made[STOP]}/stop"):
        for lang in ("en", "fr"):
            page = Reader(app).get(f"/{lang}/pledges/{path}")
            assert page.status == 200
            assert not re.findall(r"Markername|old\.example|TEACHER|\b3\b", page.soup.find("main").decode())
            links = [link["href"] for link in page.soup.select("main a") if "/pledges/" in link["href"]]
            assert links == []


def test_the_mail_to_a_new_address_can_confirm_and_nothing_else(mine, session, send, office):
    path = asked(mine, send, office)
    token = path.split("/")[3]
    mail = office.mails[-1].as_string() + words(office.mails[-1]) + words(office.mails[-1], "html")
    for secret in ("Markername", OLD, "7 letters", path_of(mine)):
        assert secret not in mail
    for below in ("", "/answer", "/mails", "/data.json", "/stop"):
        assert mine.reader.get(f"/en/pledges/{token}{below}").status == 404
    for purpose in ("letters", "change", "withdraw", "email", "address", "mails", "link", "erase", "stop"):
        stolen = mine.reader.post(f"/en/pledges/{token}/{purpose}", {**mine.keys("Take it back"), "sure": "y"})
        assert stolen.status == 404
    assert tally.read(session, 1).letters_pledged == 7


def test_the_new_mailbox_confirms_once_and_the_old_one_gets_a_mail(mine, session, send, office):
    path = asked(mine, send, office)
    assert emails(session) == [OLD], "asking changes nothing"
    page = mine.reader.get(path)
    assert len(page.soup.select("main form")) == 1
    assert emails(session) == [OLD], "and neither does looking: scanners look too"
    done = page.submit("Yes, use this address").follow()
    assert "This link has been used and does nothing more." in done.text
    assert emails(session) == [NEW]
    assert page.submit("Yes, use this address").follow().text == done.text
    assert done.soup.select("main form") == []
    send()
    told = office.mails[-1]
    assert (told["To"], told["Subject"]) == (OLD, "The address of your pledge was changed: TEACHER HELD WITHOUT CHARGE")
    assert "open the private link that came to this mailbox" in words(told)
    assert "office@example.org" in words(told)
    assert NEW not in told.as_string() + words(told) + words(told, "html")
    assert mine.reader.get(path_of(mine)).status == 200, "who has the private link keeps it"


def test_no_mail_about_a_change_where_there_was_no_address_or_the_same(reader, session, send, office):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name=NAME, letters="7").follow()
    for email in (NEW, "AMAL@new.example"):
        reader.get(asked(mine, send, office, email)).submit("Yes, use this address")
    send()
    assert [mail["To"] for mail in office.mails] == [NEW, "AMAL@new.example"]


def test_a_link_to_confirm_works_for_seven_days(mine, session, send, office, clock):
    path = asked(mine, send, office)
    page = mine.reader.get(path)
    clock.pass_by(days=7)
    assert mine.reader.get(path).status == 404
    late = page.submit("Yes, use this address")
    assert (late.status, "has expired, or a later one has taken its place" in late.text) == (404, True)
    assert emails(session) == [OLD]


def test_a_later_question_for_another_address_ends_the_earlier_one(mine, session, send, office):
    first = asked(mine, send, office, "mistyped@new.example")
    page = mine.reader.get(first)
    second = asked(mine, send, office)
    assert page.submit("Yes, use this address").status == 404
    assert mine.reader.get(first).status == 404
    mine.reader.get(second).submit("Yes, use this address")
    assert emails(session) == [NEW]


def test_asked_twice_within_the_hour_for_one_address_it_is_one_mail_and_its_link_stays_good(
    mine, session, send, office, clock
):
    path = asked(mine, send, office)
    mine.submit("Use another address", email="AMAL@new.example")
    assert "Nothing is due." in send()
    assert mine.reader.get(path).status == 200
    clock.pass_by(hours=1)
    later = asked(mine, send, office)
    assert (mine.reader.get(path).status, mine.reader.get(later).status) == (404, 200)


@pytest.mark.parametrize("button", ["Remove my e-mail address", "Replace my link", "Take it back"])
def test_whatever_ends_the_question_for_an_address_ends_its_link(mine, session, send, office, button):
    page = mine.reader.get(asked(mine, send, office))
    mine.submit(button)
    assert page.submit("Yes, use this address").status in (404, 409)
    assert NEW not in emails(session)


def test_an_address_that_has_pledged_already_is_not_given_twice(mine, session, send, office):
    mine.reader.get("/en/actions/ua-12-26").submit("I will write", name="Zoe", letters="1", email=NEW)
    send()
    answer = mine.reader.get(asked(mine, send, office)).submit("Yes, use this address")
    assert answer.status == 422
    assert sorted(emails(session)) == [NEW, OLD]


def test_who_asks_too_often_for_a_new_mailbox_must_wait(session, an_app):
    an_action(session)
    limited = Reader(an_app(RATELIMIT_ENABLED="yes"))
    mine = limited.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    asked = [mine.submit("Use another address", email=f"reader{n}@example.org").status for n in range(21)]
    assert asked == [303] * 20 + [429]


def test_the_link_in_a_mails_header_stops_the_mails_and_shows_nothing(mine, session, app, send, office, clock):
    clock.at = NOON + timedelta(days=3)
    app.test_cli_runner().invoke(args=["reminders", "queue"])
    send()
    mail = office.mails[-1]
    [header] = re.findall(r"^<http://localhost(/en/pledges/([\w-]{43})/stop)>$", mail["List-Unsubscribe"])
    assert mine.reader.get(f"/en/pledges/{header[1]}").status == 404
    assert mine.reader.post(header[0], {"List-Unsubscribe": "One-Click"}).status == 204
    session.rollback()
    assert session.scalars(select(Pledge.mails_stopped_at)).one() == clock()


def test_a_replaced_private_link_keeps_the_link_that_stops_the_mails(mine, session, app, send, office, clock):
    clock.at = NOON + timedelta(days=3)
    app.test_cli_runner().invoke(args=["reminders", "queue"])
    send()
    path = office.mails[-1]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    mine.submit("Replace my link")
    assert mine.reader.get(path).submit("Send me no more reminders").status == 303


def test_the_one_click_link_of_an_older_mail_still_works(session, reader):
    a_pledge(session, an_action(session), once_key="before", email=OLD)
    path = f"/en/pledges/{private_links.token_for('before', SECRET)}/mails"
    assert reader.post(path, {"List-Unsubscribe": "One-Click"}).status == 204
    session.rollback()
    assert session.scalars(select(Pledge.mails_stopped_at)).one() == NOON


def test_a_page_for_one_link_is_no_page_for_another(mine, session, send, office):
    confirming = mine.reader.get(asked(mine, send, office))
    other = mine.reader.get("/en/actions/ua-12-26").submit("I will write", name="Bea", letters="1").follow()
    path = asked(other, send, office, "bea@new.example")
    answer = mine.reader.post(f"{path}/confirm", confirming.keys("Yes, use this address"))
    assert answer.status == 400
    assert sorted(map(str, emails(session))) == ["None", OLD]


def test_one_mail_of_several_names_each_pledge_and_its_links_open(reader, session, app, send, office, clock):
    for number in range(1, 8):
        an_action(session, slug=f"ua-{number}-26", title=f"CASE {number}")
        page = reader.get(f"/en/actions/ua-{number}-26")
        page.submit("I will write", name=NAME, letters=str(number), email=OLD)
    stranger = reader.get("/en/actions/ua-1-26").submit("I will write", name="Zoe", letters="1").follow()
    stranger.submit("Use another address", email=OLD)
    send()
    assert len(office.mails) == 4
    clock.pass_by(minutes=10)
    assert "1 several: sent" in send()
    mail = office.mails[-1]
    for kind in ("plain", "html"):
        text = words(mail, kind)
        assert re.findall(r"CASE \d", text) == ["CASE 5", "CASE 6", "CASE 7"]
        links = set(re.findall(r"http://localhost(/en/pledges/[\w-]{43})(?=[\s\"<])", text))
        assert sorted(re.findall(r"You promised \d", str([reader.get(one).text for one in links]))) == [
            "You promised 5", "You promised 6", "You promised 7",
        ]  # fmt: skip
        [confirm] = set(re.findall(r"http://localhost(/en/pledges/[\w-]{43}/address)", text))
        assert reader.get(confirm).status == 200
        assert "Zoe" not in text
        assert NAME not in text
    assert all(row.facts == {} and row.address is None for row in session.scalars(select(Mail)))


def test_a_pledge_taken_back_is_left_out_of_the_mail_of_several_and_alone_it_sends_none(
    reader, session, send, office, clock
):
    for number in range(1, 7):
        an_action(session, slug=f"ua-{number}-26", title=f"CASE {number}")
        reader.get(f"/en/actions/ua-{number}-26").submit("I will write", name="A", letters="1", email=OLD)
    send()
    session.execute(update(Pledge).where(Pledge.action_id == 5).values(withdrawn_at=NOON))
    session.commit()
    clock.pass_by(minutes=5)
    session.execute(update(Pledge).where(Pledge.action_id == 6).values(withdrawn_at=NOON))
    session.commit()
    clock.pass_by(minutes=5)
    assert "1 several: not needed" in send()
    assert len(office.mails) == 4
