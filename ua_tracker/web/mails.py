"""The content of the outbox's mails: each kind has three templates under `templates/emails/`, filled in here.

A command makes a mail, outside any request, so its language and the site's URL are set here.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import Flask, current_app, render_template, url_for
from flask_babel import gettext

from ua_tracker import calendar_files, coordinators, deadlines, held_notices, mailing, private_links, reminders, tally
from ua_tracker.channels import CHANNEL_LABELS
from ua_tracker.database import db
from ua_tracker.letters import reported_for
from ua_tracker.mail_digests import SEVERAL
from ua_tracker.mail_failures import NotNeeded
from ua_tracker.mailing import Attachment, Content
from ua_tracker.models import Action, Pledge, Report
from ua_tracker.next_issues import newer
from ua_tracker.outbox import Claimed
from ua_tracker.private_links import Holder
from ua_tracker.refusals import ConfirmationOver, LinkSpent, NoSuchPledge
from ua_tracker.web import chosen_group
from ua_tracker.web.request import absolute, now, secret_keys

_ASKED_FOR = (reminders.OUTCOME, reminders.NOT_REPORTED, reminders.NEXT_ISSUE)
REMINDER_KINDS = (*reminders.REMINDERS, reminders.DEADLINE_MOVED, *_ASKED_FOR)
KINDS = (
    "pledge_made",
    "second_pledge",
    "link_again",
    "new_password",
    "invitation",
    "wrong_tries",
    "new_address",
    "address_changed",
    "report_made",
    "report_link",
    held_notices.KIND,
    SEVERAL,
    *REMINDER_KINDS,
)
OF_REPORTS = ("report_made", "report_link")
WITH_CALENDAR = {"pledge_made", reminders.DEADLINE_MOVED}
DEFAULT_SENDER = Address("", username="ua-tracker", domain="localhost")


def render(app: Flask, mail: Claimed) -> EmailMessage:
    """The mail as of now. Raises NotNeeded without its pledge, Refused for an address that cannot exist."""
    base = app.config["PUBLIC_URL"] or f"http://127.0.0.1:{app.config['PORT']}"
    # Each mail has its own context, which holds its language and its database session.
    with app.app_context(), app.test_request_context(f"/{mail.language}/", base_url=base):
        whom: dict[str, Any] = {"sender": sender(), "to": mail.address, "message_id": mail.message_id}
        return mailing.compose(**whom, at=mail.queued_at, content=_content(mail))


def sender() -> Address:
    """Who the mails come from. Its domain names the entries of calendars."""
    return mailing.named(current_app.config["MAIL_FROM"] or DEFAULT_SENDER, current_app.config["SITE_NAME"])


def _content(mail: Claimed) -> Content:
    key = mail.facts.get("key", "")
    if mail.kind in ("new_password", "invitation"):
        return _rendered(mail.kind, {"link": _password_url(key), "days": coordinators.INVITATION_DAYS})
    if mail.kind == "wrong_tries":
        return _rendered(mail.kind, {"link": absolute(url_for("login.forgotten"))})
    if mail.kind == "new_address":
        return _rendered(mail.kind, {"confirm": _confirmation_url(key), "days": private_links.CONFIRMED_WITHIN.days})
    if mail.kind == "address_changed":
        action = db.session.get_one(Action, mail.facts["action"])
        return _rendered(mail.kind, {"action": action, "page": _page_of(action)})
    if mail.kind == held_notices.KIND:
        return _rendered(mail.kind, _held_rows(db.session.get_one(Action, mail.facts["action"])))
    if mail.kind == SEVERAL:
        return _digest(mail.facts["keys"])
    if mail.kind in OF_REPORTS:
        return _rendered(mail.kind, _about_report(key, mail.facts.get("report")))
    facts = _about_pledge(key)
    if mail.kind in REMINDER_KINDS:
        _require_wanted(facts, mail.kind, mail.queued_at)
    content = _rendered(mail.kind, facts)
    if mail.kind in WITH_CALENDAR or (mail.kind == reminders.OUTCOME and deadlines.is_closed_early(facts["action"])):
        content = replace(content, attachments=(_calendar(facts["action"]),))
    return replace(content, unsubscribe=facts["stop"]) if mail.kind in REMINDER_KINDS else content


def _held_rows(action: Action) -> dict[str, Any]:
    """The action, and the URL of the place where the dashboard says what is held of it."""
    return {"action": action, "held": absolute(url_for("dashboard.show", slug=action.slug, _anchor="held-title"))}


def _about_pledge(key: str) -> dict[str, Any]:
    """The pledge of this key, its action, and the URLs that its mails contain. Raises NotNeeded."""
    token, pledge = _token_and_pledge(key)
    action = db.session.get_one(Action, pledge.action_id)
    chosen_group.choose(action.slug, pledge.group)
    return {
        "action": action,
        "pledge": pledge,
        "state": deadlines.state(action, now()),
        "before": reminders.deadline_known(db.session(), pledge, action),
        "reported": reported_for(db.session(), pledge).letters_sent,
        "newer": _newer(action) if pledge.wants_next else None,
        "sent": tally.read(db.session(), action.id).letters_sent,
        "link": absolute(url_for("manage.show", token=token)),
        "page": _page_of(action),
        "write": absolute(url_for("write.show", token=token)),
        "answer": absolute(url_for("manage.answer", token=token)),
        "stop": _purpose_url(key, private_links.STOP, "mail_links.stopping")
        or absolute(url_for("pledge_mails.show", token=token)),  # a mail queued by an older version
    }


def _about_report(key: str, number: int | None = None) -> dict[str, Any]:
    """The report that a receipt is about, its action, and its URLs. Raises NotNeeded once it was taken back.

    The link of the key leads to the report, or to its pledge: then the report is the one with this number.
    """
    token, holder = _token_and_holder(key)
    report = holder if isinstance(holder, Report) else db.session.get(Report, number) if number else None
    if report is None or report.voided_at is not None:
        raise NotNeeded()
    action = db.session.get_one(Action, report.action_id)
    chosen_group.choose(action.slug, report.group)
    link, channel = absolute(url_for("manage.show", token=token)), gettext(CHANNEL_LABELS[report.channel])
    return {"action": action, "report": report, "channel": channel, "link": link, "page": _page_of(action)}


def _newer(action: Action) -> dict[str, Any] | None:
    """The open issue of the case that is newer than this action, and the URL of its page."""
    issue, group = newer(db.session(), action, now()), chosen_group.of_request()
    if issue is None:
        return None
    page = url_for("actions.show", slug=issue.slug, group=group.slug if group else None)
    return {"action": issue, "page": absolute(page)}


def _require_wanted(facts: dict[str, Any], kind: str, queued_at: datetime | None = None) -> None:
    """Raises NotNeeded for a reminder that must not be sent any more."""
    is_wanted = reminders.is_wanted(db.session(), facts["pledge"], facts["action"], kind, now(), queued_at)
    if not is_wanted or (kind == reminders.NEXT_ISSUE and facts["newer"] is None):
        raise NotNeeded()


def _digest(keys: dict[str, str]) -> Content:
    """One mail in place of many: each pledge and report once, and each address that is to be confirmed."""
    pledges: dict[int, dict[str, Any]] = {}
    confirmation_urls, reports = [], []
    for about, key in keys.items():
        kind = about.partition(":")[0]
        with suppress(NotNeeded):
            if kind == private_links.CONFIRM:
                confirmation_urls.append(_confirmation_url(key))
                continue
            if kind == "report" and isinstance(_token_and_holder(key)[1], Report):
                reports.append(_about_report(key))
                continue
            facts = _about_pledge(key)
            if kind in REMINDER_KINDS:
                _require_wanted(facts, kind)
            known = pledges.setdefault(facts["pledge"].id, {**facts, "kinds": set()})
            known["kinds"].add(kind)
            known["stop"] = facts["stop"] if kind in REMINDER_KINDS else known["stop"]
    if not pledges and not reports and not confirmation_urls:
        raise NotNeeded()
    sorted_pledges = sorted(pledges.values(), key=_place_in_digest)
    found = {"pledges": sorted_pledges, "reports": reports, "confirmation_urls": confirmation_urls}
    return _rendered(SEVERAL, {**found, "heading": _heading_of_digest(sorted_pledges), "reminders": REMINDER_KINDS})


def _place_in_digest(one: dict[str, Any]) -> int:
    """What happened stands before what is to be done: first what came of an action, then a deadline that moved."""
    leading = (reminders.OUTCOME, reminders.DEADLINE_MOVED)
    return next((place for place, kind in enumerate(leading) if kind in one["kinds"]), len(leading))


def _heading_of_digest(pledges: list[dict[str, Any]]) -> str:
    """The subject of the digest: what happened, if something did."""
    if not pledges or _place_in_digest(pledges[0]) > 1:
        return gettext("Several messages in one: %(site)s", site=current_app.config["SITE_NAME"])
    action = pledges[0]["action"]
    if reminders.OUTCOME not in pledges[0]["kinds"]:
        return gettext("New last day for letters, and other messages: %(title)s", title=action.title)
    if action.has_good_news:
        return gettext("Good news, and other messages: %(title)s", title=action.title)
    if action.is_stopped:
        return gettext("Stopped, and other messages: %(title)s", title=action.title)
    return gettext("What came of it, and other messages: %(title)s", title=action.title)


def _page_of(action: Action) -> str:
    return absolute(url_for("actions.show", slug=action.slug))


def _confirmation_url(key: str) -> str:
    """The URL that confirms an address. Raises NotNeeded once the link was used or has ended."""
    found = _purpose_url(key, private_links.CONFIRM, "mail_links.address")
    if found is None:
        raise NotNeeded()
    return found


def _rendered(kind: str, facts: dict[str, Any]) -> Content:
    return Content(
        subject=render_template(f"emails/{kind}.subject.txt", **facts),
        text=render_template(f"emails/{kind}.txt", **facts),
        html=render_template(f"emails/{kind}.html", **facts),
    )


def _password_url(key: str) -> str:
    """The URL at which a coordinator chooses a new password. Raises NotNeeded for a link that has ended."""
    for secret in secret_keys():
        token = private_links.token_for(key, secret)
        try:
            coordinators.find_link(db.session(), token, now())
        except LinkSpent:
            continue
        return absolute(url_for("login.choose", token=token))
    raise NotNeeded()


def _token_and_pledge(key: str) -> tuple[str, Pledge]:
    """The token of the private link of this key, and its pledge. Raises NotNeeded if the pledge has ended."""
    token, pledge = _token_and_holder(key)
    if not isinstance(pledge, Pledge) or pledge.withdrawn_at is not None or pledge.voided_at is not None:
        raise NotNeeded()
    return token, pledge


def _token_and_holder(key: str) -> tuple[str, Holder]:
    """The token of the private link of this key, and what it leads to. Raises NotNeeded if it leads nowhere."""
    for secret in secret_keys():
        token = private_links.token_for(key, secret)
        with suppress(NoSuchPledge):
            return token, private_links.find_holder(db.session(), token)
    raise NotNeeded()


def _purpose_url(key: str, purpose: str, endpoint: str) -> str | None:
    """The URL of this key's link for this purpose; None without a link, or if the pledge has ended.

    In a mail that was queued by an older version, the links of every purpose were derived in the same way.
    """
    for secret in secret_keys():
        for derived in (purpose, private_links.PAGE):
            token = private_links.token_for(key, secret, derived)
            with suppress(NoSuchPledge, ConfirmationOver):
                pledge = _pledge_of(token, purpose)
                if pledge.withdrawn_at is None and pledge.voided_at is None:
                    return absolute(url_for(endpoint, token=token))
    return None


def _pledge_of(token: str, purpose: str) -> Pledge:
    """The pledge of this token. Raises NoSuchPledge, ConfirmationOver."""
    if purpose == private_links.CONFIRM:
        link, pledge = private_links.find_confirmation(db.session(), token, now())
        if link.used_at is not None:
            raise ConfirmationOver()
        return pledge
    return private_links.find(db.session(), token, purpose)


def _calendar(action: Action) -> Attachment:
    if action.deadline is None:
        raise NotNeeded()
    return Attachment("deadline.ics", "text/calendar", deadline_file(action, action.deadline), {"charset": "utf-8"})


def deadline_file(action: Action, deadline: date) -> bytes:
    """The calendar file of the action's deadline: it replaces an earlier one, or cancels the day of a closed action."""
    words = gettext("Letters sent by the end of this day count. Then report them on your private page.")
    return calendar_files.of_day(
        uid=deadline_uid(action),
        sequence=deadline_sequence(action),
        is_cancelled=action.closed_at is not None,
        day=deadline,
        alarm=calendar_files.DAY_BEFORE,
        summary=gettext("Last day for letters: %(title)s", title=action.title),
        description=gettext("This action was stopped. Please write no more letters.") if action.is_stopped else words,
        url=_page_of(action),
        now=now(),
    )


def deadline_uid(action: Action) -> str:
    """The name of the deadline in calendars: the same in a file, a mail and a subscription."""
    return f"deadline-{action.slug}@{sender().domain}"


def deadline_sequence(action: Action) -> int:
    """The SEQUENCE of that entry: it grows with each change of the action, so that a reopened one replaces its end."""
    return action.revision - 1
