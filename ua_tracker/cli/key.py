"""The command `key accept`: makes another secret key the one that the database belongs to."""

import click

from ua_tracker import site_key, two_factor
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.cli.one_line import CommandsWithAnyKey
from ua_tracker.database import writing
from ua_tracker.web import sessions
from ua_tracker.webhooks import signing

key_commands = CommandsWithAnyKey("key", help="The secret key that the database belongs to.")


@key_commands.command("accept")
def accept() -> None:
    """Let the database belong to this process's SECRET_KEY from now on, and encrypt the stored secrets with it.

    Rule: processes that have this key neither as SECRET_KEY nor among SECRET_KEY_FALLBACKS no longer start. With the
    old key in SECRET_KEY_FALLBACKS all stays as it was. Without it, links in mails that wait to be sent no longer work,
    nor do two-factor codes.
    """
    own = secret_keys()[0]
    with writing() as session:
        known = site_key.newest(session)
        is_ours = known is not None and known.key_hash == site_key.fingerprint(own)
        if not is_ours:
            site_key.accept(session, own, now())
        renewed, lost = two_factor.encrypt_anew(session, sessions.totp())
        hooks, lost_hooks = signing.encrypt_anew(session, secret_keys())
    begins = "belongs already" if is_ours else "now belongs"
    click.echo(f"The database {begins} to the key with the fingerprint {site_key.fingerprint(own)[: site_key.SHOWN]}.")
    if renewed:
        click.echo(f"Two-factor secrets encrypted with it: {renewed}.")
    if lost:
        click.echo(f"Two-factor secrets of a key that is not here: {lost}. Invite these coordinators again.")
    if hooks:
        click.echo(f"Secrets of webhooks encrypted with it: {hooks}.")
    if lost_hooks:
        click.echo(f"Secrets of webhooks of a key that is not here: {lost_hooks}. Make new ones on their pages.")
