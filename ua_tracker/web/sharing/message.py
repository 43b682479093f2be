"""The message by which a supporter asks others to write: text, link and mail link, in the page's language."""

from dataclasses import dataclass

from flask import Flask, url_for
from flask_babel import gettext

from ua_tracker import deadlines, letter_texts
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.web.filters import day
from ua_tracker.web.request import absolute, now


@dataclass(frozen=True)
class Message:
    """A message about an action: `text` ends with `link`, the action's page with the group that the request chose."""

    link: str
    text: str
    mailto: str


def message_about(action: Action) -> Message:
    """The message for the state in which the action is now."""
    link = absolute(url_for("actions.show", slug=action.slug))
    if action.has_good_news:
        news = gettext("Good news: %(title)s", title=action.title)
        text = f"{news} {link}"
    elif action.is_stopped:
        stop, colon = gettext("This action was stopped. Please write no more letters."), gettext(":")
        text = f"{action.title}{colon} {stop} {link}"
    elif action.deadline and deadlines.state(action, now()) is State.OPEN:
        text = gettext(
            "%(title)s: letters are wanted until %(day)s. The letter and the addresses are ready, and each letter "
            "counts. %(link)s",
            title=action.title,
            day=day(action.deadline),
            link=link,
        )
    else:
        text = gettext("%(title)s: see how many letters were sent. %(link)s", title=action.title, link=link)
    return Message(link, text, letter_texts.mailto([], [], action.title, text))


def register(app: Flask) -> None:
    """Lets templates ask for the message."""
    app.jinja_env.globals.update(message_about=message_about)
