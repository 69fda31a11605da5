"""`tcma quarantine`: hold back everything that would leave, look at it, and let it go again."""

import json
from dataclasses import asdict

import click

from syndication.sending.release import release
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock, quarantine
from tcma.core.db import reading, transaction


@click.group()
def command() -> None:
    """Nothing leaves while the quarantine is on: no mail, no post."""


@command.command()
@click.option("--reason", default="by hand", show_default=True)
def on(reason: str) -> None:
    """Let nothing leave from now on."""
    with create_app(Settings.from_environment()).app_context(), transaction():
        held = quarantine.impose(reason=reason, now=clock.now())
    click.echo(f"Nothing leaves since {held.since:%Y-%m-%d %H:%M} UTC ({held.reason}).")


@command.command()
@click.option("--json", "as_json", is_flag=True)
def status(*, as_json: bool) -> None:
    """Tell whether anything is held back, since when and why."""
    with create_app(Settings.from_environment()).app_context(), reading(), transaction():
        held = quarantine.standing()
    if as_json:
        click.echo(json.dumps(asdict(held) if held else None, default=str))
    elif held is None:
        click.echo("Everything may leave.")
    else:
        backup = f", backup of {held.backup_at:%Y-%m-%d %H:%M} UTC" if held.backup_at else ""
        click.echo(f"Nothing leaves since {held.since:%Y-%m-%d %H:%M} UTC ({held.reason}{backup}).")


@command.command(name="release")
@click.option(
    "--without-journal",
    is_flag=True,
    help="The send journal is lost: what was due since the backup is named unknown, and is not sent.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, every unknown mail by recipient and step.")
def let_go(*, without_journal: bool, as_json: bool) -> None:
    """Settle what was sent since the backup, by the journal outside the database, and let everything leave again."""
    with create_app(Settings.from_environment()).app_context():
        found = release(with_journal=not without_journal, now=clock.now())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    click.echo(f"{found.settled} mails had gone out already. {found.posts_looked_for} posts are looked for first.")
    for one in found.unknown:
        click.echo("unknown: " + "  ".join(one.values()))
    for key in found.lost_launches:
        click.echo(f"campaign {key} had sent mails and is not in the backup, or not as begun")
