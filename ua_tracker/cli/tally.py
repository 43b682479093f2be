"""The commands `flask --app app tally …`: hold the quick totals against the ledger, and put them right."""

import click

from ua_tracker import audit, tally
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import reading, writing
from ua_tracker.totals import COUNTED

tally_commands = Commands("tally", help="Check and repair the stored totals.")


@tally_commands.command("check")
def check_tally() -> None:
    """Recount the pledges and reports and print where the stored totals differ.

    Changes nothing. Exit code 1 when a total differs.
    """
    with reading() as session:
        differences = tally.check(session)
    _print_differences(differences)
    if differences:
        raise click.ClickException("The tally differs from the ledger: flask tally recount corrects it.")
    click.echo("Every tally equals the ledger.")


@tally_commands.command("recount")
def recount_tally() -> None:
    """Correct the stored totals that differ from the pledges and reports, one action at a time."""
    with reading() as session:
        wrong = {one.slug for one in tally.check(session)}
    corrected: list[tally.Difference] = []
    for slug in sorted(wrong):
        with writing() as session:
            found = tally.recount(session, slug)
            if found:
                after = {f"{one.slug}/{one.group or '-'}": vars(one.counted) for one in found}
                audit.note(session, actor=ACTOR, event="recounted", subject="tally", now=now(), after=after)
        corrected.extend(found)
    _print_differences(corrected)
    click.echo(f"{len(corrected)} corrected.")


def _print_differences(differences: list[tally.Difference]) -> None:
    for one in differences:
        place = f"{one.slug}, group {one.group}" if one.group else one.slug
        for name in COUNTED:
            kept, counted = getattr(one.kept, name), getattr(one.counted, name)
            if kept != counted:
                click.echo(f"{place}: {name} kept {kept}, counted {counted}")
