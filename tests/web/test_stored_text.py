"""What people or documents wrote is text, wherever it is shown: every response is checked, for each kind of reader."""

import itertools
from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from tests import markup
from tests.factories import (
    LONG_AGO,
    NOON,
    PASSWORD,
    SECRET,
    a_case,
    a_coordinator,
    a_group,
    a_mail,
    a_picture,
    a_pledge,
    a_report,
    a_sending,
    a_webhook,
    an_action,
    an_api_key,
    an_evening,
)  # fmt: skip
from tests.reader import CoordinatorReader, Page, Reader
from ua_tracker import audit, coordinators, evenings, held_notices, letters, pledges, private_links, public_notes
from ua_tracker.importing import waiting
from ua_tracker.models import Action, AuditEntry, Base, Mail, MailServer, PictureFile, Pledge, Report
from ua_tracker.trust import USUAL, Arrival, Thresholds
from ua_tracker.web.mails import KINDS, OF_REPORTS
from ua_tracker.webhooks import registering

pytestmark = pytest.mark.walk
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is stored is the same on both
SLUGS = ("ua-1-26", "ua-2-26", "ua-3-26", "ua-4-26", "ua-5-26")
OPEN, REPORTING, CLOSED, STOPPED, DRAFT = SLUGS
# Forms that hold nothing to type and end what the walk needs; that a right password or a mail server comes before.
NOT_SENT = {"login.leave", "account.leave_everywhere", "login.check_code", "account.turn_codes_off", "login.send_link"}
# Forms of what is found under an address, which markup is not (tests/web/coordinators/test_person.py).
NOT_SENT |= {"person.data", "person.erase"}
# Buttons alone, for a draft that has a preview link or a time of publication, and for a group that was retired.
NOT_SENT |= {"preview_links.revoke", "editing.cancel_publication", "groups.bring_back"}
# No form: JSON with an API key (tests/web/sharing/test_write_api.py).
NOT_SENT |= {"write_api.pledge", "write_api.report"}
# The form of an update that ends its case, which has the fields of one that closes an action.
NOT_SENT |= {"editing.end_case"}
TYPED = "input[name]:not([type=hidden], [type=radio], [type=checkbox], [type=file]), textarea[name], select[name]"
IN_ADDRESSES = (
    "group", "text", "state", "subject", "actor", "deed", "theme", "size", "paper", "action", "v", "next",
)  # fmt: skip
NASTY = dict.fromkeys(IN_ADDRESSES, markup.TEXT)


class World:
    """A site in which everything has happened once, with each stored text full of markup, or what `fill` writes.

    `document` is one that waits, with the name of its file; what was read from it is not filled.
    """

    def __init__(self, app, session, fill=markup.fill, document=None) -> None:
        self.app, self.session = app, session
        self.group = a_group(session)
        self.hooks = [a_webhook(session, "https://crm.example.org/", group="montreal").id for _ in range(2)]
        self.keys = {slug: self._an_action(slug) for slug in SLUGS}
        self.nobody, self.office, self.of_group = Reader(app), *(self._signed_in(who) for who in (None, self.group))
        registering.switch(session, self.hooks[1], on=False, actor="coordinator 1", now=NOON)
        an_api_key(session, coordinators.find(session, "g@example.org"), "montreal")
        session.add(MailServer(name="mail.example.org:25", takes_utf8=False, asked_at=NOON))
        self._history()
        self.invitation = self._mails()
        self.imports = self._imports(*(document or ("=z.q.txt", markup.document())))
        self.digests = list(session.scalars(select(PictureFile.digest).distinct()))
        voided = select(AuditEntry.id).where(AuditEntry.event == "report voided", AuditEntry.subject == OPEN)
        self.undoable = list(session.scalars(voided))
        self.own_reports = list(session.scalars(select(Report.id).where(Report.pledge_id.is_not(None))))
        self.filled = fill(session)
        again = update(AuditEntry).where(AuditEntry.id.in_(self.undoable))  # what an undo looks for
        session.execute(again.values(event="report voided", subject=OPEN))
        session.commit()

    def tokens(self, slug: str) -> list[str]:
        """The private links of a pledge without a report, of one with a report that can be undone, of a held one."""
        keys = (self.keys[slug], f"{self.keys[slug]}-reported", f"{self.keys[slug]}-held")
        return [private_links.token_for(key, self.app.config["SECRET_KEY"]) for key in keys]

    def walked_in(self, slugs) -> list[str]:
        """The private links of reports without a pledge."""
        return [private_links.token_for(f"{self.keys[slug]}-walked-in", SECRET) for slug in slugs]

    def narrow(self, slug: str) -> list[str]:
        """The links that only confirm an address, or only stop the mails."""
        purposes = (private_links.CONFIRM, private_links.STOP)
        return [private_links.token_for(self.keys[slug], self.app.config["SECRET_KEY"], one) for one in purposes]

    def _an_action(self, slug: str) -> str:
        number, session = int(slug[3]), self.session
        days = {REPORTING: date(2026, 3, 5), DRAFT: None}
        ends = {CLOSED: ("good news", NOON), STOPPED: ("stop action", NOON)}.get(slug, (None, None))
        action = an_action(
            session, slug=slug, case_id=a_case(session, f"0{number}/26").id, ai_index=f"X{number}", title=slug,
            deadline=days.get(slug, date(2026, 3, 15)), deadline_wording="soon", office_phones=["1"], office_fax=["2"],
            published_at=None if slug == DRAFT else LONG_AGO,
        )  # fmt: skip
        a_picture(session, action)
        key = f"key-of-{slug}"
        if slug != DRAFT:
            self._letters(action, key)
        action.closed_reason, action.closed_at = ends
        action.outcome = "Free" if ends[0] else None
        session.commit()
        return key

    def _letters(self, action, key: str) -> None:
        session, by, then = self.session, {"actor": "coordinator 1"}, LONG_AGO + timedelta(days=40)
        of = {"now": LONG_AGO + timedelta(days=30), "group": "montreal"}
        mine = a_pledge(session, action, once_key=key, email="a@example.org", wants_outcome=True, **of)
        mine.email_wanted = "b@example.org"
        for purpose in (private_links.CONFIRM, private_links.STOP):
            token = private_links.token_for(key, self.app.config["SECRET_KEY"], purpose)
            private_links.issue(session, mine, token, NOON, purpose)
        pledges.void(session, a_pledge(session, action, email="v@example.org", **of), "a reason", NOON, **by)
        pledges.withdraw(session, a_pledge(session, action, email="w@example.org", **of), NOON)
        sent = {"group": "montreal", "sent_on": date(2026, 2, 10), "now": then}
        letters.void(session, a_report(session, action, name="Amal", email="a@example.org", **sent), "why", NOON, **by)
        a_report(session, action, name="Zoe", email="z@example.org", **sent)
        walked_in = {"once_key": f"{key}-walked-in", "secrets": [SECRET], "language": "en", "now": then}
        letters.report_discreetly(session, action, a_sending(action, name="Ida", sent_on=sent["sent_on"]), **walked_in)
        evening = an_evening(action, sent_on=sent["sent_on"])
        letters.enter_evening(session, action, None, evening, once_key=f"{key} evening", now=then, **by)
        recent = {**sent, "now": NOON - timedelta(hours=2)}
        reported = a_pledge(session, action, once_key=f"{key}-reported", name="Rosa", **of)
        reported.mails_stopped_at = NOON
        a_report(session, action, pledge=reported, **recent)
        public_notes.add(session, action, "a note", "en", now=NOON, **by)
        held = Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)
        a_report(session, action, name="Held", arrival=held, **recent)
        a_pledge(session, action, once_key=f"{key}-held", email="h@example.org", arrival=held, **of)
        if action.slug == OPEN:
            how = {"group": "montreal", "hours": 3, "most_letters": 9, "actor": "coordinator 1", "now": NOON}
            evenings.open_for(session, action, None, **how)

    def _signed_in(self, group) -> CoordinatorReader:
        who = a_coordinator(self.session, "g@example.org" if group else "o@example.org", group)
        reader = CoordinatorReader(self.app)
        assert reader.sign_in(who.email, PASSWORD).status == 303
        return reader

    def _history(self) -> None:
        for event in ("edited", "imported"):
            audit.note(self.session, actor="coordinator 1", event=event, subject=OPEN, now=NOON, before={"title": "a"})

    def _imports(self, name: str, document: str) -> list[int]:
        """Two documents that wait: this one, and one that was refused."""
        office = coordinators.find(self.session, "o@example.org")
        files = [waiting.read(name, content) for content in (document.encode(), b"z.q")]
        return [one.id for one in waiting.add(self.session, office, files, NOON)]

    def _mails(self) -> str:
        """Queues a mail of every kind; answers the token of the invitation."""
        session, secret = self.session, self.app.config["SECRET_KEY"]
        coordinators.mail_again(
            session, coordinators.find(session, "g@example.org"), language="fr", secret=secret, by="o", now=NOON
        )
        session.flush()
        key = session.scalar(select(Mail).where(Mail.kind == "invitation")).facts["key"]
        of = {"did_you_send": self.keys[REPORTING], "outcome": self.keys[CLOSED], "new_password": key}
        action = self._a_next_issue()
        told = {
            "several": {"keys": {"link_again:1": self.keys[OPEN], f"{private_links.CONFIRM}:1": self.keys[OPEN]}},
            "address_changed": {"action": action},
            **{kind: {"key": f"{self.keys[OPEN]}-walked-in"} for kind in OF_REPORTS},
            held_notices.KIND: {"action": action},
        }
        for number, kind in enumerate(sorted(set(KINDS) - {"invitation"})):  # a mailbox each: it gets few mails a day
            facts = told.get(kind) or {"key": of.get(kind, self.keys[OPEN])}
            to = f"mailbox{number}@example.org"
            a_mail(session, kind=kind, language="fr", facts=facts, once_key=f"walk {kind}", to=to)
        session.commit()
        return private_links.token_for(key, secret)

    def _a_next_issue(self) -> int:
        """Publishes a newer issue of the open action's case, of which its pledge wants to be told; the action's id."""
        session = self.session
        action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
        more = {"issued": date(2026, 3, 2), "published_at": NOON, "deadline": date(2026, 4, 15)}
        an_action(session, slug="ua-9-26", case_id=action.case_id, ai_index="X9", title="ua-9-26", **more)
        session.execute(update(Pledge).where(Pledge.action_id == action.id).values(wants_next=True))
        return action.id


@pytest.fixture
def app(an_app):
    """The app, whose key the factories know, so that their private links lead somewhere."""
    return an_app(SECRET_KEY=SECRET)


@pytest.fixture
def world(app, session) -> World:
    return World(app, session)


class Walk:
    """Visits addresses and sends forms; counts what was seen, by media type and by view."""

    def __init__(self, world: World) -> None:
        self.world, self.kinds, self.seen, self.forms = world, Counter(), set(), {}
        self._addresses = world.app.url_map.bind("localhost")

    def visit(self, reader: Reader, address: str) -> None:
        self._read(reader, address, reader.get(address))

    def _read(self, reader: Reader, address: str, page: Page, method: str = "GET") -> None:
        path = address.partition("?")[0]
        endpoint, _ = self._addresses.match(path, method=method)
        assert page.status != 500, address
        self.seen.add((method, endpoint))
        for name, value in page.headers:
            assert name in ("Location", "Set-Cookie") or markup.MARK not in name + value, (address, name, value)
        if page.status in (204, 302, 303, 304, 308):
            return
        try:
            if page.response.mimetype not in ("image/png", "image/webp"):
                markup.check(page.response.mimetype, page.body)
        except Exception as wrong:
            raise AssertionError(f"{method} {address}: {wrong!r}") from wrong
        self.kinds[page.response.mimetype] += 1
        if page.response.mimetype == "text/html":
            self._keep_forms(reader, page)

    def _keep_forms(self, reader: Reader, page: Page) -> None:
        for form in page.soup.select('form[method="post"]'):
            endpoint, _ = self._addresses.match(form["action"].partition("?")[0], method="POST")
            fields = frozenset(field["name"] for field in form.select("[name]"))
            self.forms.setdefault((id(reader), endpoint, fields), (reader, form))

    def send_all(self) -> None:
        """Sends each form that was met, filled with markup; and the forms in the answers, until there is no new one."""
        sent: set = set()
        while fresh := [key for key in self.forms if key not in sent and key[1] not in NOT_SENT]:
            for key in fresh:
                sent.add(key)
                self._send(*self.forms[key])

    def _send(self, reader: Reader, form) -> None:
        values = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
        values |= {field["name"]: markup.BROKEN for field in form.select(TYPED)}
        values |= {field["name"]: markup.TEXT for field in form.select("input[type=radio]")}
        if form["action"].endswith("/dashboard/import"):
            values |= {"text": markup.document(), "goal": ""}
        page = reader.post(form["action"], values, htmx=form.has_attr("hx-post"))
        self._read(reader, form["action"], page, "POST")


def addresses(world: World, private: bool, slugs=SLUGS, lang: str = "en"):
    """Every address that answers a GET, for these actions."""
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or ("dashboard" in rule.rule) != private:
            continue
        private_ones = [token for slug in slugs for token in world.tokens(slug)]
        narrow = [token for slug in slugs for token in world.narrow(slug)]
        tokens = [world.invitation] if rule.endpoint == "login.choose" else private_ones
        tokens = [*tokens, *world.walked_in(slugs)] if rule.endpoint == "manage.show" else tokens
        tokens = narrow if rule.endpoint.startswith("mail_links.") else tokens
        numbers = {
            "own_reports.correcting": world.own_reports,
            "webhooks.show": world.hooks,
            "imports.preview": world.imports,
            "imports.picture": world.imports,
        }.get(rule.endpoint, world.undoable)
        numbers_of_cases = [f"0{slug[3]}/26" for slug in slugs]
        offered = {
            "lang": [lang], "slug": slugs, "token": tokens, "group": ["montreal"], "noun": ["pledges", "letters"],
            "what": ["void", "release"], "kind": ["svg", "png"], "name": ["site.css", "page.js"], "code": ["1b"],
            "digest": world.digests, "number": numbers, "page": [1], "case": numbers_of_cases,
        }  # fmt: skip
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(offered[name] for name in names)):
            yield adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))


def of_oembed(kind: str) -> str:
    address = f"http://localhost/en/actions/{OPEN}?group=montreal"
    return f"/oembed?{urlencode({'url': address, 'format': kind})}"


def test_every_text_column_is_filled_or_said_to_be_ours(app, session):
    filled = World(app, session).filled
    assert filled == {str(column) for column in markup.text_columns()}
    names = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    assert set(markup.OURS) <= names, "of a column that is no more"


@ON_SQLITE
def test_nothing_comes_out_raw_whoever_reads_and_whatever_is_typed(world):
    """Every address is read; then every form met there is sent, filled with markup, and the answers are read too."""
    walk = Walk(world)
    for address in (*addresses(world, private=False), of_oembed("json"), of_oembed("xml")):
        walk.visit(world.nobody, address)
    for address in addresses(world, private=True):
        walk.visit(world.office, address)
    for address in addresses(world, private=True, slugs=(OPEN, REPORTING), lang="fr"):
        walk.visit(world.of_group, address)
    every = {rule.endpoint for rule in world.app.url_map.iter_rules() if "GET" in rule.methods} - {"static"}
    assert {endpoint for method, endpoint in walk.seen if method == "GET"} == every
    assert set(markup.CHECKS) - {"text/plain"} <= set(walk.kinds)
    assert walk.kinds["text/html"] > 150
    walk.send_all()
    every = {rule.endpoint for rule in world.app.url_map.iter_rules() if "POST" in rule.methods}
    assert {endpoint for method, endpoint in walk.seen if method == "POST"} == every - NOT_SENT


@ON_SQLITE
def test_what_is_in_a_url_is_shown_as_text(world):
    walk = Walk(world)
    for reader, private in ((world.nobody, False), (world.office, True), (world.of_group, True)):
        for address in addresses(world, private, slugs=(OPEN,)):
            walk.visit(reader, f"{address}?{urlencode({**NASTY, 'url': markup.TEXT, 'format': markup.TEXT})}")
            walk.visit(reader, f"{address}?group=montreal")
    assert walk.kinds["text/html"] > 80


@ON_SQLITE
def test_no_mail_takes_text_for_a_header_or_for_markup(world, app, session, tmp_path):
    result = app.test_cli_runner().invoke(args=["outbox", "send"])
    assert result.exit_code == 0, result.output
    written = [path.read_bytes() for path in (tmp_path / "mail").glob("*.eml")]
    assert set(session.scalars(select(Mail.kind).where(Mail.ending == "sent"))) == set(KINDS)
    mails = [markup.check_mail(content) for content in written]
    assert any(list(mail.iter_attachments()) for mail in mails)
    assert all(markup.MARK in str(mail["To"]) for mail in mails)
