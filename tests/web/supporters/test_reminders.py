"""From the promise to being forgotten, with a real mail server on the way."""

import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_case, a_group, a_pledge, a_report, an_action
from tests.reader import Reader
from tests.web.test_mails import words
from ua_tracker import actions, pledges, private_links, tally
from ua_tracker.models import Base, Pledge

PAGE = "/en/actions/ua-12-26"
AMAL = {"name": "Amal", "letters": "3", "email": "amal@example.org", "write_on": "2026-03-12", "wants_outcome": "y"}


@pytest.fixture
def office(mail_server):
    return mail_server


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def run(app):
    """Queues what is due and sends it; answers the commands' words."""

    def run(*commands: str) -> str:
        said = ""
        for command in commands or ("reminders queue", "outbox send"):
            result = app.test_cli_runner().invoke(args=command.split())
            assert result.exit_code == 0, result.output
            said += result.output
        return said

    return run


def paths_in(mail) -> dict[str, str]:
    """The addresses in a mail, by their last part."""
    found = re.findall(r"http://localhost(/\S+)", words(mail))
    return {path.rsplit("/", 1)[1] if not re.search(r"/pledges/[^/]+$", path) else "mine": path for path in found}


def test_from_the_promise_to_being_forgotten(reader, session, clock, run, office):
    action = an_action(session, deadline=date(2026, 3, 20))
    reader.get(PAGE).submit("I will write", **AMAL)
    run()
    clock.at = NOON + timedelta(days=2)
    run()
    clock.at = NOON + timedelta(days=7)
    run(), run()
    clock.at = NOON + timedelta(days=11)
    run()
    subjects = [mail["Subject"].split(":")[0] for mail in office.mails]
    assert subjects == ["Your pledge", "Today is the day", "The last days for letters",
                        "Did you send your letters? TEACHER HELD WITHOUT CHARGE"]  # fmt: skip
    ways = paths_in(office.mails[-1])
    reader.get(ways["answer"]).submit("Yes: all 3, to Minister of Justice, by post, by Mar 20")
    assert tally.read(session, action.id).letters_sent == 3
    action.closed_at, action.closed_reason, action.outcome = clock.at, "good news", "She is free."
    session.commit()
    run()
    assert "She is free." in words(office.mails[-1])
    clock.pass_by(days=400)
    assert "1 pledge and 0 reports" in run("retention purge --dry-run")
    assert session.scalars(select(Pledge.email)).one() == "amal@example.org"
    run("retention purge")
    session.rollback()
    everything = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert not [row for row in everything if "amal@" in row or "'Amal'" in row]
    assert (tally.read(session, action.id).letters_sent, tally.check(session)) == (3, [])


def test_one_click_stops_the_mails_and_opening_the_link_does_not(reader, session, clock, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    clock.at = NOON + timedelta(days=2)
    run()
    mail = office.mails[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    address = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    page = reader.get(address)
    assert session.scalars(select(Pledge.mails_stopped_at)).one() is None
    assert reader.post(address, {"List-Unsubscribe": "One-Click"}).status == 204
    assert "You get no more reminders" in reader.get(address).text
    assert page.submit("Send me no more reminders").status == 303
    clock.at = NOON + timedelta(days=4)
    assert "0 queued." in run()


def test_a_scanner_that_opens_every_link_in_a_mail_changes_nothing(reader, session, clock, run, office, app):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    clock.at = NOON + timedelta(days=2)
    run()
    session.rollback()
    before = [str(row) for row in session.execute(select(Pledge.__table__))]
    for mail in office.mails:
        for path in paths_in(mail).values():
            assert Reader(app).get(path).status == 200
    session.rollback()
    assert [str(row) for row in session.execute(select(Pledge.__table__))] == before


def test_no_reminder_goes_out_when_it_was_reported_while_it_waited(reader, session, clock, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    run()
    mine = reader.get(paths_in(office.mails[0])["mine"])
    clock.at = NOON + timedelta(days=2)
    assert "1 queued." in run("reminders queue")
    mine.submit("Report these letters", letters_1="3")
    assert "not needed" in run("outbox send")
    assert len(office.mails) == 1


def test_whoever_will_not_write_says_so_with_a_button(reader, session, clock, run, office):
    action = an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    clock.at = NOON + timedelta(days=6)
    run()
    reader.get(paths_in(office.mails[-1])["answer"]).submit("No, and I will not")
    session.rollback()
    assert tally.read(session, action.id).pledges == 0


def test_another_address_is_used_once_its_mailbox_says_so(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", name="Zoe", letters="1", email="zoe@example.org")
    mine = reader.get(PAGE).submit("I will write", name="Amal", letters="3").follow()
    answers = [
        mine.submit("Use another address", email=one).follow().text.replace(one, "")
        for one in ("zoe@example.org", "amal@example.net")
    ]
    assert answers[0] == answers[1]  # nobody learns that Zoe has pledged
    session.rollback()
    assert sorted(map(str, session.scalars(select(Pledge.email)))) == ["None", "zoe@example.org"]
    run()
    confirming = reader.get(paths_in(office.mails[-1])["address"])
    assert "amal@example.net" in confirming.text
    confirming.submit("Yes, use this address")
    session.rollback()
    assert sorted(map(str, session.scalars(select(Pledge.email)))) == ["amal@example.net", "zoe@example.org"]


@pytest.mark.parametrize(
    ("lang", "promised", "until", "so_far"),
    [
        ("en", "You promised 3 letters.", "Letters sent by Sunday, March 15, 2026 count", "So far 2 letters have been"),
        ("fr", "Vous avez promis 3 lettres.", "dimanche 15 mars 2026", "Jusqu’ici, 2 lettres ont été envoyées"),
    ],
)
def test_a_reminder_says_what_was_promised_until_when_and_how_many_are_sent(
    session, clock, run, office, lang, promised, until, so_far
):
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org", language=lang)
    a_report(session, action)
    clock.at = NOON + timedelta(days=3)
    run()
    mail = office.mails[-1]
    assert mail["Subject"].endswith("TEACHER HELD WITHOUT CHARGE")
    for kind in ("plain", "html"):
        said = " ".join(words(mail, kind).split())
        assert [one for one in (promised, until, so_far) if one not in said] == []
    assert re.search(r"\S\r\n\r\n\S[^\r\n]*:\r\n\r\nhttp", words(mail))  # each sentence and link stands alone
    buttons = BeautifulSoup(words(mail, "html"), "html5lib").select("a[style*=inline-block]")
    assert [one["href"].rsplit("/", 1)[1] for one in buttons] == ["write", "answer"]


MOVED = {
    "en": "The deadline was extended: it was {}, and is now {}.",
    "fr": "La date limite est reportée\u00a0: c’était le {}, c’est maintenant le {}.",
}
DAYS = {
    "en": ["Sunday, March 15, 2026", "Friday, March 20, 2026", "Wednesday, March 25, 2026"],
    "fr": ["dimanche 15 mars 2026", "vendredi 20 mars 2026", "mercredi 25 mars 2026"],
}


@pytest.mark.parametrize("lang", MOVED)
def test_each_new_deadline_comes_by_mail_with_a_file_that_replaces_the_last(session, clock, run, office, lang):
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org", language=lang)
    for day in (20, 25):
        deadline, revision = date(2026, 3, day), action.revision
        actions.extend(session, action, deadline, revision=revision, actor="oda", now=clock.at)
        session.commit()
        run(), run()
        clock.pass_by(hours=1)
    for number, mail in enumerate(office.mails):
        for kind in ("plain", "html"):
            said = MOVED[lang].format(*DAYS[lang][number : number + 2])
            assert " ".join(said.split()) in " ".join(words(mail, kind).split())
        assert mail["List-Unsubscribe"]
    files = [next(mail.iter_attachments()) for mail in office.mails]
    assert [file.get_content_type() for file in files] == ["text/calendar"] * 2
    events = [Calendar.from_ical(file.get_content()).walk("VEVENT")[0] for file in files]
    told = [(event["UID"], event["SEQUENCE"], str(event["DTSTART"].dt)) for event in events]
    uid = "deadline-ua-12-26@example.org"
    assert told == [(uid, 1, "2026-03-20"), (uid, 2, "2026-03-25")]
    assert all("method" not in str(mail["Content-Type"]).lower() for mail in files)


def test_a_deadline_that_comes_back_is_mailed_again_with_a_newer_file(session, clock, run, office):
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org")
    for day, move in ((20, actions.extend), (13, actions.correct_deadline), (20, actions.extend)):
        move(session, action, date(2026, 3, day), revision=action.revision, actor="oda", now=clock.at)
        session.commit()
        run(), run()
        clock.pass_by(hours=1)
    moved = [mail for mail in office.mails if mail["Subject"].startswith("New last day for letters")]
    files = [Calendar.from_ical(next(mail.iter_attachments()).get_content()) for mail in moved]
    events = [file.walk("VEVENT")[0] for file in files]
    told = [(event["SEQUENCE"], str(event["DTSTART"].dt)) for event in events]
    assert told == [(1, "2026-03-20"), (2, "2026-03-13"), (3, "2026-03-20")]
    back = "The deadline was extended: it was Friday, March 13, 2026, and is now Friday, March 20, 2026."
    assert back in " ".join(words(moved[-1]).split())


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "The deadline was corrected: it was Sunday, March 15, 2026, and is now Friday, March 13, 2026."),
    (
        "fr",
        "La date limite est corrigée\u00a0: c’était le dimanche 15 mars 2026, "
        "c’est maintenant le vendredi 13 mars 2026.",
    ),
])  # fmt: skip
def test_a_deadline_that_was_wrong_is_told_once(session, clock, run, office, lang, said):
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org", language=lang, write_on=date(2026, 3, 14))
    actions.correct_deadline(session, action, date(2026, 3, 13), revision=action.revision, actor="oda", now=clock.at)
    session.commit()
    run(), run()
    [mail] = office.mails
    for kind in ("plain", "html"):
        assert " ".join(said.split()) in " ".join(words(mail, kind).split())
    [event] = Calendar.from_ical(next(mail.iter_attachments()).get_content()).walk("VEVENT")
    assert (event["SEQUENCE"], str(event["DTSTART"].dt)) == (1, "2026-03-13")
    clock.pass_by(days=3)  # the last day, on which she wants to write by now
    run(), run()
    assert len(office.mails) == 2
    assert {"en": "Today is the day", "fr": "C’est aujourd’hui"}[lang] in office.mails[1]["Subject"]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "You have reported 2 of them."), ("fr", "Vous avez signalé l’envoi de 2 d’entre elles.")]
)
def test_the_mail_about_a_new_deadline_says_how_many_one_has_reported(session, clock, run, office, lang, said):
    action = an_action(session)
    pledge = a_pledge(session, action, email="amal@example.org", language=lang)
    a_report(session, action, pledge=pledge)
    a_pledge(session, action, email="zoe@example.org", language=lang)
    actions.extend(session, action, date(2026, 3, 20), revision=action.revision, actor="oda", now=clock.at)
    session.commit()
    run()
    mails = {str(mail["To"]): mail for mail in office.mails}
    for kind in ("plain", "html"):
        assert said in " ".join(words(mails["amal@example.org"], kind).split())
        assert said[:15] not in words(mails["zoe@example.org"], kind)


def test_in_a_mail_of_several_what_happened_stands_first_and_in_its_subject(session, clock, run, office):
    known = [an_action(session, slug=f"ua-{number}-26", title=f"CASE {number}") for number in range(1, 8)]
    for action in known:
        a_pledge(session, action, email="amal@example.org", wants_outcome=True)
    clock.pass_by(days=1)
    actions.extend(session, known[5], date(2026, 3, 29), revision=known[5].revision, actor="oda", now=clock.at)
    by = {"outcome": "She is free.", "revision": known[6].revision, "actor": "oda", "now": clock.at}
    actions.close(session, known[6], "good news", **by)
    session.commit()
    run()
    mail = office.mails[-1]
    assert mail["Subject"] == "Good news, and other messages: CASE 7"
    for kind in ("plain", "html"):
        said = " ".join(words(mail, kind).split())
        order = ("CASE 7 ", "She is free.", "You promised", "CASE 6", "The deadline was extended")
        places = [said.index(one) for one in order if kind == "plain" or one != order[0]]  # the page's heading has it
        assert places == sorted(places), said


def test_every_link_of_a_mail_takes_the_group_of_the_pledge_along(reader, session, clock, run, office):
    an_action(session)
    a_group(session)
    reader.get(f"{PAGE}?group=montreal").submit("I will write", **AMAL)
    reader.get(f"{PAGE}/letters?group=montreal").submit("Report these letters", letters_1="1", email="bea@example.org")
    run()
    for mail in office.mails:
        assert f"http://localhost{PAGE}?group=montreal" in words(mail).split(), mail["Subject"]
    [calendar] = [part for mail in office.mails for part in mail.iter_attachments()]
    [event] = Calendar.from_ical(calendar.get_content()).walk("VEVENT")
    assert str(event["url"]) == f"http://localhost{PAGE}?group=montreal"


def test_a_stop_action_is_mailed_at_night_in_the_language_of_the_pledge_and_cancels_the_calendars_day(
    session, clock, run, office
):
    action = an_action(session)
    a_pledge(session, action, email="zoe@example.org", language="fr")
    clock.at = NOON + timedelta(hours=14)
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="oda", now=clock.at)
    session.commit()
    run(), run()
    [mail] = office.mails
    assert mail["Subject"] == "Interrompue\u00a0: TEACHER HELD WITHOUT CHARGE"
    assert "Veuillez ne plus envoyer de lettres" in words(mail)
    assert "None" not in words(mail)
    [attachment] = mail.iter_attachments()
    [event] = Calendar.from_ical(attachment.get_content()).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("lang", "subject", "needed", "once"),
    [
        (
            "en",
            "Letters are needed again: SECOND",
            "This case needs letters again.",
            "You wanted to be told of this once.",
        ),
        ("fr", "Il faut de nouveau des lettres\u00a0: SECOND", "Ce cas demande encore des lettres.", "une seule fois"),
    ],
)
def test_who_asked_on_the_private_page_is_told_once_that_the_case_needs_letters_again(
    reader, session, clock, run, office, lang, subject, needed, once
):
    case, until = a_case(session), date(2026, 5, 1)
    a_group(session)
    a_pledge(session, an_action(session, case_id=case.id), email="amal@example.org", language=lang, once_key="k",
             group="montreal")  # fmt: skip
    page = reader.get(f"/{lang}/pledges/{private_links.token_for('k', SECRET)}")
    told = page.submit({"en": "Store this choice", "fr": "Enregistrer ce choix"}[lang], wants_next="y").follow()
    assert told.soup.select_one("#wants_next").has_attr("checked")
    clock.pass_by(days=1)
    run()
    assert office.mails == []
    issued = {"issued": date(2026, 3, 1), "published_at": clock.at, "deadline": until, "title": "SECOND"}
    an_action(session, slug="ua-12-26-2", case_id=case.id, **issued)
    run(), run()
    [mail] = office.mails
    assert mail["Subject"] == subject
    for kind in ("plain", "html"):
        said = " ".join(words(mail, kind).split())
        assert f"http://localhost/{lang}/actions/ua-12-26-2?group=montreal" in said
        assert (needed in said, once in said, "None" in said) == (True, True, False)
    stop = re.search(r"http://localhost(/\S+/stop)", words(mail))[1]
    assert reader.get(stop).status == 200


def test_a_mail_of_several_tells_that_the_case_needs_letters_again(session, clock, run, office):
    case = a_case(session)
    pledge = a_pledge(session, an_action(session, case_id=case.id), email="amal@example.org")
    pledges.want_mails(session, pledge, outcome=False, next_issue=True, now=clock.at)
    for number in range(1, 8):
        a_pledge(session, an_action(session, slug=f"ua-{number}-26"), email="amal@example.org")
    clock.pass_by(days=1)
    issued = {"issued": date(2026, 3, 1), "published_at": clock.at, "deadline": date(2026, 5, 1), "title": "SECOND"}
    an_action(session, slug="ua-12-26-2", case_id=case.id, **issued)
    run()
    mail = office.mails[-1]
    assert mail["Subject"].startswith("Several messages in one")
    for kind in ("plain", "html"):
        assert "This case needs letters again." in words(mail, kind)
