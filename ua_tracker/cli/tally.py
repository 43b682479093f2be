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
    corrected: list[tally.AnyDifference] = []
    for slug in sorted(wrong):
        with writing() as session:
            found = tally.recount(session, slug)
            if found:
                audit.note(session, actor=ACTOR, event="recounted", subject="tally", now=now(), after=_noted(found))
        corrected.extend(found)
    _print_differences(corrected)
    click.echo(f"{len(corrected):,} corrected.")


def _noted(found: list[tally.AnyDifference]) -> dict[str, object]:
    """The corrected totals, and how many numbers of single days and of evenings were wrong, for the history."""
    after = {f"{one.slug}/{one.group or '-'}": vars(one.counted) for one in found if isinstance(one, tally.Difference)}
    kinds = {"days": tally.DayDifference, "evenings": tally.EveningDifference}
    numbers = {name: sum(isinstance(one, kind) for one in found) for name, kind in kinds.items()}
    return {**after, **{name: number for name, number in numbers.items() if number}}


def _print_differences(differences: list[tally.AnyDifference]) -> None:
    for one in differences:
        if isinstance(one, tally.EveningDifference):
            click.echo(f"{one.slug}, evening {one.evening}: letters and copies kept {one.kept}, counted {one.counted}")
            continue
        place = f"{one.slug}, group {one.group}" if one.group else one.slug
        if isinstance(one, tally.DayDifference):
            click.echo(f"{place}, {one.day}: {one.name} kept {one.kept}, counted {one.counted}")
            continue
        for name in COUNTED:
            kept, counted = getattr(one.kept, name), getattr(one.counted, name)
            if kept != counted:
                click.echo(f"{place}: {name} kept {kept}, counted {counted}")
