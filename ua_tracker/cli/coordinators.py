"""The commands `flask --app app coordinators …`, and the first coordinator of a new installation."""

import click
from flask import current_app
from flask_security import hash_password

from ua_tracker import coordinators, languages, two_factor
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import db, writing
from ua_tracker.models import ROLES

FIRST = "office@example.org"

coordinators_commands = Commands("coordinators", help="Who may sign in.")


@coordinators_commands.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="office sees everything, group one group.")
@click.option("--group", help="Slug of the group, for the role group.")
@click.option("--change", is_flag=True, help="Also change the role or group of an existing coordinator.")
def add_coordinator(email: str, role: str, group: str | None, change: bool) -> None:
    """Invite a coordinator, or invite again a coordinator who lost the password or the authenticator.

    Rule: the printed link works once, within seven days; a newer link replaces it. Give it to that person only.
    """
    with writing() as session:
        token = coordinators.invite(session, email, role, group, change=change, by=ACTOR, now=now())
    click.echo(f"Invitation for {email}, works once within {coordinators.INVITATION_DAYS} days:")
    click.echo(f"{_site()}{_path('login.choose', token=token)}")


@coordinators_commands.command("list")
def list_coordinators() -> None:
    """List the coordinators: e-mail address, role, group, and whether a password and two-factor codes are set."""
    for one in coordinators.listing(db.session()):
        place = one.group.slug if one.group else "-"
        state = "invited" if one.password_hash is None else "two-factor" if one.codes_secret else "password"
        click.echo(f"{one.email:<40} {one.role:<7} {place:<24} {state}")


@coordinators_commands.command("remove")
@click.argument("email")
def remove_coordinator(email: str) -> None:
    """Remove a coordinator's access at once. Rule: the last coordinator of the office cannot be removed."""
    with writing() as session:
        coordinators.remove(session, email, by=ACTOR, now=now())
    click.echo(f"{email} may no longer sign in; all sessions have ended.")


def set_up_first() -> list[str]:
    """Creates an office coordinator if there has never been a coordinator; returns the line with the password.

    The password is printed once and must be changed at the first sign-in.
    """
    if not coordinators.is_first_start(db.session()):
        return []
    password = two_factor.readable_secret()
    coordinators.require_good_password(password, FIRST, about=[current_app.config["SITE_NAME"]])
    hashed = hash_password(password)
    with writing() as session:
        if not coordinators.is_first_start(session):
            return []
        first = coordinators.add(session, FIRST, "office", None, by=ACTOR, now=now())
        coordinators.hand_out_password(session, first, hashed, now(), ACTOR)
    return [f"Coordinator: {FIRST} with the one-time password {password} at {_path('login.show')}"]


def _site() -> str:
    return current_app.config["PUBLIC_URL"] or f"http://127.0.0.1:{current_app.config['PORT']}"


def _path(endpoint: str, **values: str) -> str:
    """The path of a page in the default language, built without a request."""
    return current_app.url_map.bind("localhost").build(endpoint, {"lang": languages.DEFAULT, **values})
