"""What the mails of the outbox say: each kind is three templates under `templates/emails/` and the facts they tell.

A mail is made by a command, outside of any request, so its language and the site's address are put in place here.
"""

from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import Flask, render_template, url_for
from flask_babel import gettext

from ua_tracker import calendar_files, coordinators, mailing, private_links, reminders
from ua_tracker.database import db
from ua_tracker.mailing import Attachment, Content
from ua_tracker.models import Action, Pledge
from ua_tracker.outbox import Claimed, Moot
from ua_tracker.refusals import LinkSpent, NoSuchPledge
from ua_tracker.web import absolute, now, secrets

KINDS = (
    "pledge_made",
    "second_pledge",
    "link_again",
    "new_password",
    "invitation",
    "new_address",
    *reminders.REMINDERS,
    reminders.OUTCOME,
)
WITH_CALENDAR = {"pledge_made"}
UNSET = Address("", username="ua-tracker", domain="localhost")


def render(app: Flask, mail: Claimed) -> EmailMessage:
    """The mail as it stands at this moment. Raises Moot if its pledge is gone, Refused for an impossible address."""
    base = app.config["PUBLIC_URL"] or f"http://127.0.0.1:{app.config['PORT']}"
    # A context of its own for each mail: the language is kept in it, and the session that reads.
    with app.app_context(), app.test_request_context(f"/{mail.language}/", base_url=base):
        sender = mailing.named(app.config["MAIL_FROM"] or UNSET, app.config["SITE_NAME"])
        return mailing.compose(
            sender=sender, to=mail.address, message_id=mail.message_id, at=mail.queued_at,
            content=_content(mail, sender.domain),
        )  # fmt: skip


def _content(mail: Claimed, domain: str) -> Content:
    if mail.kind in ("new_password", "invitation"):
        return _written(mail.kind, {"link": _choosing(mail.facts["key"]), "days": coordinators.INVITATION_DAYS})
    token, pledge = _led_to(mail.facts["key"])
    action = db.session.get_one(Action, pledge.action_id)
    facts: dict[str, Any] = {
        "action": action,
        "pledge": pledge,
        "link": absolute(url_for("manage.show", token=token)),
        "page": absolute(url_for("actions.show", slug=action.slug)),
        "write": absolute(url_for("write.show", slug=action.slug)),
        "with_calendar": mail.kind in WITH_CALENDAR,
    }
    if mail.kind == "new_address":
        facts["confirm"] = absolute(url_for("manage.address", token=token))
    if mail.kind in (*reminders.REMINDERS, reminders.OUTCOME):
        if not reminders.is_wanted(db.session(), pledge, action, mail.kind, now()):
            raise Moot()
        facts["answer"] = absolute(url_for("manage.answer", token=token))
        facts["stop"] = absolute(url_for("manage.mails", token=token))
        return replace(_written(mail.kind, facts), unsubscribe=facts["stop"])
    attachments = (_calendar(action, facts["page"], domain),) if facts["with_calendar"] else ()
    return _written(mail.kind, facts, attachments)


def _written(kind: str, facts: dict[str, Any], attachments: tuple[Attachment, ...] = ()) -> Content:
    return Content(
        subject=render_template(f"emails/{kind}.subject.txt", **facts),
        text=render_template(f"emails/{kind}.txt", **facts),
        html=render_template(f"emails/{kind}.html", **facts),
        attachments=attachments,
    )


def _choosing(key: str) -> str:
    """The address at which a coordinator chooses a new password; Moot once the link is spent."""
    for secret in secrets():
        token = private_links.token_for(key, secret)
        try:
            coordinators.find_link(db.session(), token, now())
        except LinkSpent:
            continue
        return absolute(url_for("login.choose", token=token))
    raise Moot()


def _led_to(key: str) -> tuple[str, Pledge]:
    """The private link derived from this key and its pledge; Moot if it leads to none that stands."""
    for secret in secrets():
        token = private_links.token_for(key, secret)
        try:
            pledge = private_links.find(db.session(), token)
        except NoSuchPledge:
            continue
        if pledge.withdrawn_at is None and pledge.voided_at is None:
            return token, pledge
    raise Moot()


def _calendar(action: Action, page: str, domain: str) -> Attachment:
    if action.deadline is None:
        raise Moot()
    content = calendar_files.deadline(
        uid=f"deadline-{action.slug}@{domain}",
        day=action.deadline,
        summary=gettext("Last day for letters: %(title)s", title=action.title),
        description=gettext("Letters sent by the end of this day count. Then report them on your private page."),
        url=page,
        now=now(),
    )
    return Attachment("deadline.ics", "text/calendar", content, {"charset": "utf-8", "method": "PUBLISH"})
