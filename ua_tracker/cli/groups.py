"""The commands `flask --app app groups …`."""

import re

import click

from ua_tracker import audit, groups, slugs
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import writing

groups_commands = Commands("groups", help="Local groups.")


@groups_commands.command("add")
@click.argument("slug")
@click.argument("name")
def add_group(slug: str, name: str) -> None:
    """Add a local group. SLUG is its name in URLs: small letters, digits and hyphens."""
    if not re.fullmatch(slugs.SHAPE, slug):
        raise click.ClickException(f"“{slug}” is no slug: use small letters, digits and hyphens.")
    with writing() as session:
        groups.add(session, slug, name)
        audit.note(session, actor=ACTOR, event="group added", subject=slug, now=now())
    click.echo(f"Group {slug} is added.")
