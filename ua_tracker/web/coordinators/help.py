"""The help of the dashboard: one page with a heading for each form, whose first sentence stands beside that form."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from ua_tracker.models import Coordinator
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.translation import Sentence, lazy_gettext

bp = Blueprint("help", __name__, url_prefix="/<lang:lang>/dashboard/help")


@dataclass(frozen=True)
class Topic:
    """What is to be known about a form: its heading, the sentence that stands beside it, and more for the page."""

    title: Sentence
    short: Sentence
    more: Sentence


TOPICS = {
    "search": Topic(
        lazy_gettext("Find actions"),
        lazy_gettext("Each word must stand in the title, the country or a number. Accents and capitals do not matter."),
        lazy_gettext("The address of what is found can be kept as a bookmark. Without words and state all are shown."),
    ),
    "import": Topic(
        lazy_gettext("Import documents"),
        lazy_gettext("Each value stands beside its lines and can be changed. Nothing is public before you publish."),
        lazy_gettext(
            "Check the deadline, the targets and their addresses first: a letter that was sent cannot be called back. "
            "If the action is here already, the page names what would change. What you typed is kept for two days."
        ),
    ),
    "new": Topic(
        lazy_gettext("New action"),
        lazy_gettext("What is missing can be added later. Publishing needs a deadline and at least one target."),
        lazy_gettext("Title and country are needed at once. A document fills in all of it: import it instead."),
    ),
    "edit": Topic(
        lazy_gettext("Write or change an action"),
        lazy_gettext("If somebody else changes it meanwhile, the page says so, and what you typed stays."),
        lazy_gettext(
            "Once somebody has pledged or reported, the deadline can only be moved to a later day. A recipient who is "
            "taken out stays for the letters that are counted already."
        ),
    ),
    "picture": Topic(
        lazy_gettext("Picture"),
        lazy_gettext(
            "Describe the picture for those who do not see it, and name its source. Removed, it is gone at once."
        ),
        lazy_gettext("Place, time and names that a camera wrote into the file are not kept."),
    ),
    "publish": Topic(
        lazy_gettext("Publish"),
        lazy_gettext("A draft is seen by the office only. Publishing needs a deadline and at least one target."),
        lazy_gettext(
            "A day and an hour can be set, and a preview link shows the draft to somebody without an account."
        ),
    ),
    "preview": Topic(
        lazy_gettext("Preview link"),
        lazy_gettext("The link shows the draft as the public will see it, to whoever has it, without an account."),
        lazy_gettext(
            "It works until the action is published, at most 30 days, or until it is revoked. A new link ends the old "
            "one."
        ),
    ),
    "extend": Topic(
        lazy_gettext("Move the deadline"),
        lazy_gettext("Those who promised letters get one mail with the new day, and the page says that it has moved."),
        lazy_gettext(
            "A later day gives more time. An earlier one, tomorrow or after, is for a deadline that was wrong: letters"
            " sent after it do not count. The history keeps the old day."
        ),
    ),
    "close": Topic(
        lazy_gettext("Close the action"),
        lazy_gettext("A stop action takes the addresses off the page at once. Good news stands first on it."),
        lazy_gettext(
            "What came of it is mailed to those who asked, and to those with letters left. A mistake is reopened."
        ),
    ),
    "end-case": Topic(
        lazy_gettext("Close the actions of a case"),
        lazy_gettext("All that run are closed at once, each with this reason. Each can be reopened by itself."),
        lazy_gettext(
            "A stop action, a final update or good news is imported like any document. What came of it is mailed to "
            "those who asked for it, and to those who have not sent all letters that they promised."
        ),
    ),
    "reopen": Topic(
        lazy_gettext("Reopen an action"),
        lazy_gettext("Once it is reopened, the deadline applies again, and the addresses stand on the page again."),
        lazy_gettext("A mail about what came of it that was sent is not called back. The history keeps the closing."),
    ),
    "note": Topic(
        lazy_gettext("Tell the public of a correction"),
        lazy_gettext("The note stands on the action’s page, with today’s date. It can be withdrawn."),
        lazy_gettext("A large correction is said there by itself, so that you only add what the number does not say."),
    ),
    "list": Topic(
        lazy_gettext("Lists of pledges and letters"),
        lazy_gettext(
            "The search ignores accents and capitals. What is taken back stays in the list and no longer counts."
        ),
        lazy_gettext(
            "Rows that look unlike people’s are held: they do not count until you release them. Choose rows by their "
            "boxes, also over several pages, or take everything that the filter shows."
        ),
    ),
    "correction": Topic(
        lazy_gettext("Take back, release, undo"),
        lazy_gettext("Exactly what the preview shows is done, or nothing. The reason stays in the history."),
        lazy_gettext("Every correction can be undone from the history, with a preview of its own."),
    ),
    "history": Topic(
        lazy_gettext("History"),
        lazy_gettext("What was changed, by whom, from what to what. Nothing is ever removed from it."),
        lazy_gettext(
            "The name of an action or a group is its short one, as in the addresses. Corrections are undone here."
        ),
    ),
    "not-reported": Topic(
        lazy_gettext("Not yet reported"),
        lazy_gettext("Each pledge gets this mail once. Nobody gets it who wants no mails or has reported."),
        lazy_gettext("Its button opens the page on which letters are reported with one press, or taken back."),
    ),
    "evening": Topic(
        lazy_gettext("Letter evenings"),
        lazy_gettext("Open an evening before people write: what they report with its QR code counts at once."),
        lazy_gettext(
            "An evening is taken back whole. The guide says how an evening is run, from the invitation to the total."
        ),
    ),
    "after-evening": Topic(
        lazy_gettext("A letter evening that is over"),
        lazy_gettext("Enter only the letters that nobody has reported: others would count twice."),
        lazy_gettext("It becomes one row, without names. A wrong one is taken back whole in the list of letters."),
    ),
    "paper": Topic(
        lazy_gettext("Letters counted on paper"),
        lazy_gettext("The count is kept to compare it with what was reported. It adds nothing to the number."),
        lazy_gettext("If more letters lay on the tables than were reported, enter the missing ones as an evening."),
    ),
    "group": Topic(
        lazy_gettext("Local groups"),
        lazy_gettext("The name can be changed. The short name stays for good, because links contain it."),
        lazy_gettext("The page of a group holds what it shows and sends for each open action."),
    ),
    "merge": Topic(
        lazy_gettext("Merge or retire a group"),
        lazy_gettext("To merge or to retire a group changes no total of an action."),
        lazy_gettext(
            "A group that is merged gives its letters, people and links to the other one. "
            "A retired group keeps its own, and can be brought back."
        ),
    ),
    "coordinator": Topic(
        lazy_gettext("Coordinators"),
        lazy_gettext("The invitation is a link that works once. Who has lost a password or phone is invited again."),
        lazy_gettext("A group’s coordinator sees that group’s people only. Who is taken out is signed out at once."),
    ),
    "access": Topic(
        lazy_gettext("Invite again, take access away"),
        lazy_gettext("A new invitation replaces password and codes once it is used. Taken away, access ends at once."),
        lazy_gettext("What somebody did stays in the history under the same address."),
    ),
    "new-key": Topic(
        lazy_gettext("Make an API key"),
        lazy_gettext("Whoever has the key can do what you choose here, so choose no more than the program needs."),
        lazy_gettext(
            "A key of a group enters for that group only, and reads that group’s pledges only. It ends when you revoke "
            "it, when it expires, and when whoever made it may no longer sign in."
        ),
    ),
    "key": Topic(
        lazy_gettext("API keys"),
        lazy_gettext("Revoke a key at once that others may have seen. What was entered with it stays."),
        lazy_gettext("The lists of pledges and letters can be filtered by the key. The history says who made it."),
    ),
    "person": Topic(
        lazy_gettext("Find a person by address"),
        lazy_gettext("Make sure that the one who asks reads this mailbox, before you hand anything out."),
        lazy_gettext(
            "The address stands in no link and no log. Erasing takes name and address away, and leaves every number."
        ),
    ),
    "webhook": Topic(
        lazy_gettext("Webhooks"),
        lazy_gettext("Another program is told what happens here, within seconds, by requests that are signed."),
        lazy_gettext(
            "Give it as little as it needs: one action, one group, no names. A program that does not answer is tried "
            "for a day, then switched off; the dashboard says so. Practice copies tell nothing."
        ),
    ),
    "codes": Topic(
        lazy_gettext("Two-factor codes"),
        lazy_gettext("Codes from a phone keep others out who learn your password. Keep the recovery codes on paper."),
        lazy_gettext(
            "Without your authenticator, type one of your recovery codes. Without those too, ask the office for a new "
            "invitation."
        ),
    ),
    "account": Topic(
        lazy_gettext("Your account"),
        lazy_gettext("A changed password ends all your other sessions."),
        lazy_gettext("When your session ends while you type, sign in in another window and press the button again."),
    ),
    "sessions": Topic(
        lazy_gettext("Open sessions"),
        lazy_gettext("Your password stays as it is. If somebody else may know it, change it too."),
        lazy_gettext("A new password also ends all sessions but the one in which it was changed."),
    ),
}


@bp.get("")
@require_coordinator()
def show(coordinator: Coordinator) -> str:
    """All topics, in the order of the work."""
    return render_template("help/show.html", topics=TOPICS)


@bp.app_template_global()
def help_on(name: str) -> Topic:
    """The topic with this name, for the form that it stands beside."""
    return TOPICS[name]
