"""What the mails of the outbox say: each kind is three templates under `templates/emails/` and the facts they tell.

A mail is made by a command, outside of any request, so its language and the site's address are put in place here.
"""

from contextlib import suppress
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import Flask, render_template, url_for
from flask_babel import gettext

from ua_tracker import calendar_files, coordinators, mailing, private_links, reminders
from ua_tracker.database import db
from ua_tracker.mail_digests import SEVERAL
from ua_tracker.mail_failures import NotNeeded
from ua_tracker.mailing import Attachment, Content
from ua_tracker.models import Action, Pledge
from ua_tracker.outbox import Claimed
from ua_tracker.refusals import ConfirmationOver, LinkSpent, NoSuchPledge
from ua_tracker.web.request import absolute, now, secret_keys

KINDS = (
    "pledge_made",
    "second_pledge",
    "link_again",
    "new_password",
    "invitation",
    "wrong_tries",
    "new_address",
    "address_changed",
    SEVERAL,
    *reminders.REMINDERS,
    reminders.OUTCOME,
)
OF_REMINDERS = (*reminders.REMINDERS, reminders.OUTCOME)
WITH_CALENDAR = {"pledge_made"}
UNSET = Address("", username="ua-tracker", domain="localhost")


def render(app: Flask, mail: Claimed) -> EmailMessage:
    """The mail as it stands at this moment. Raises NotNeeded without its pledge, Refused for an impossible address."""
    base = app.config["PUBLIC_URL"] or f"http://127.0.0.1:{app.config['PORT']}"
    # A context of its own for each mail: the language is kept in it, and the session that reads.
    with app.app_context(), app.test_request_context(f"/{mail.language}/", base_url=base):
        sender = mailing.named(app.config["MAIL_FROM"] or UNSET, app.config["SITE_NAME"])
        return mailing.compose(
            sender=sender,
            to=mail.address,
            message_id=mail.message_id,
            at=mail.queued_at,
            content=_content(mail, sender.domain),
        )


def _content(mail: Claimed, domain: str) -> Content:
    key = mail.facts.get("key", "")
    if mail.kind in ("new_password", "invitation"):
        return _written(mail.kind, {"link": _choosing(key), "days": coordinators.INVITATION_DAYS})
    if mail.kind == "wrong_tries":
        return _written(mail.kind, {"link": absolute(url_for("login.forgotten"))})
    if mail.kind == "new_address":
        return _written(mail.kind, {"confirm": _confirming(key), "days": private_links.CONFIRMED_WITHIN.days})
    if mail.kind == "address_changed":
        action = db.session.get_one(Action, mail.facts["action"])
        return _written(mail.kind, {"action": action, "page": _page_of(action)})
    if mail.kind == SEVERAL:
        return _several(mail.facts["keys"])
    facts = _about_pledge(key)
    facts["with_calendar"] = mail.kind in WITH_CALENDAR
    if mail.kind in OF_REMINDERS:
        _require_wanted(facts, mail.kind)
        return replace(_written(mail.kind, facts), unsubscribe=facts["stop"])
    action = facts["action"]
    attachments = (_calendar(action, facts["page"], domain),) if facts["with_calendar"] else ()
    return _written(mail.kind, facts, attachments)


def _about_pledge(key: str) -> dict[str, Any]:
    """The pledge behind this key, its action, and the addresses that its mails name. Raises NotNeeded."""
    token, pledge = _led_to(key)
    action = db.session.get_one(Action, pledge.action_id)
    return {
        "action": action,
        "pledge": pledge,
        "link": absolute(url_for("manage.show", token=token)),
        "page": _page_of(action),
        "write": absolute(url_for("write.show", slug=action.slug)),
        "answer": absolute(url_for("manage.answer", token=token)),
        "stop": _link(key, private_links.STOP, "mail_links.stopping")
        or absolute(url_for("manage.mails", token=token)),  # queued before an update
    }


def _require_wanted(facts: dict[str, Any], kind: str) -> None:
    """Raises NotNeeded for a reminder that is not to be sent any more."""
    if not reminders.is_wanted(db.session(), facts["pledge"], facts["action"], kind, now()):
        raise NotNeeded()


def _several(keys: dict[str, str]) -> Content:
    """One mail for what would have been many: each pledge once, and each address to be confirmed."""
    pledges: dict[int, dict[str, Any]] = {}
    confirming = []
    for about, key in keys.items():
        sort = about.partition(":")[0]
        with suppress(NotNeeded):
            if sort == private_links.CONFIRM:
                confirming.append(_confirming(key))
                continue
            facts = _about_pledge(key)
            if sort in OF_REMINDERS:
                _require_wanted(facts, sort)
            known = pledges.setdefault(facts["pledge"].id, {**facts, "sorts": set()})
            known["sorts"].add(sort)
            known["stop"] = facts["stop"] if sort in OF_REMINDERS else known["stop"]
    if not pledges and not confirming:
        raise NotNeeded()
    return _written(SEVERAL, {"pledges": list(pledges.values()), "confirming": confirming, "reminders": OF_REMINDERS})


def _page_of(action: Action) -> str:
    return absolute(url_for("actions.show", slug=action.slug))


def _confirming(key: str) -> str:
    """The address of the link to confirm; NotNeeded once it was used or ended."""
    found = _link(key, private_links.CONFIRM, "mail_links.address")
    if found is None:
        raise NotNeeded()
    return found


def _written(kind: str, facts: dict[str, Any], attachments: tuple[Attachment, ...] = ()) -> Content:
    return Content(
        subject=render_template(f"emails/{kind}.subject.txt", **facts),
        text=render_template(f"emails/{kind}.txt", **facts),
        html=render_template(f"emails/{kind}.html", **facts),
        attachments=attachments,
    )


def _choosing(key: str) -> str:
    """The address at which a coordinator chooses a new password; NotNeeded once the link is spent."""
    for secret in secret_keys():
        token = private_links.token_for(key, secret)
        try:
            coordinators.find_link(db.session(), token, now())
        except LinkSpent:
            continue
        return absolute(url_for("login.choose", token=token))
    raise NotNeeded()


def _led_to(key: str) -> tuple[str, Pledge]:
    """The private link derived from this key and its pledge; NotNeeded if it leads to none that stands."""
    for secret in secret_keys():
        token = private_links.token_for(key, secret)
        with suppress(NoSuchPledge):
            pledge = private_links.find(db.session(), token)
            if pledge.withdrawn_at is None and pledge.voided_at is None:
                return token, pledge
    raise NotNeeded()


def _link(key: str, purpose: str, endpoint: str) -> str | None:
    """The address that the link of this purpose under the key opens; None for none, or for a pledge that has ended.

    A mail that waited through an update has a link that was derived as every link was then.
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
    """Raises NoSuchPledge, ConfirmationOver."""
    if purpose == private_links.CONFIRM:
        link = private_links.find_confirmation(db.session(), token, now())
        if link.used_at is not None:
            raise ConfirmationOver()
        return link.pledge
    return private_links.find(db.session(), token, purpose)


def _calendar(action: Action, page: str, domain: str) -> Attachment:
    if action.deadline is None:
        raise NotNeeded()
    content = calendar_files.deadline(
        uid=f"deadline-{action.slug}@{domain}",
        day=action.deadline,
        summary=gettext("Last day for letters: %(title)s", title=action.title),
        description=gettext("Letters sent by the end of this day count. Then report them on your private page."),
        url=page,
        now=now(),
    )
    return Attachment("deadline.ics", "text/calendar", content, {"charset": "utf-8", "method": "PUBLISH"})
