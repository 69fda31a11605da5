"""`tcma launch`: what became of a campaign's mails, recipient by recipient."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

import click
import sqlalchemy as sa

from campaigns.models import Launch
from syndication.queries import report_lines
from syndication.sending.settling import Fate, in_postfix_log, settle_unknown, unknown_mails
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction
from tcma.core.tenancy import acting


@click.group()
def command() -> None:
    """Campaigns of partners."""


@command.command()
@click.argument("launch_id")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one line per recipient and step.")
def report(launch_id: str, *, as_json: bool) -> None:
    """Print one line per recipient and step: its outcome, attempts and Message-ID.

    LAUNCH_ID is the public id (lau_…) or the key of a launch.
    """
    app = create_app(Settings.from_environment())
    with app.app_context(), reading(), transaction(), acting(Actor.reader("launch report")):
        lines = (line.as_dict() for line in report_lines(_key(launch_id)))
        _print_json(lines) if as_json else _print_lines(lines)


@command.command()
@click.argument("launch_id")
@click.option("--message-id", "message_ids", multiple=True, help="A mail in doubt, as the report names it; repeatable.")
@click.option("--as", "fate", type=click.Choice([one.value for one in Fate]), help="What became of those.")
@click.option(
    "--postfix-log", type=click.File("r", errors="replace"), help="A log of Postfix: what it took in, it had."
)
@click.option("--absent-is-not-sent", is_flag=True, help="What is not in the log was never taken: send it again.")
@click.option("--json", "as_json", is_flag=True)
def settle(
    launch_id: str,
    *,
    message_ids: tuple[str, ...],
    fate: str | None,
    postfix_log: TextIO | None,
    absent_is_not_sent: bool,
    as_json: bool,
) -> None:
    """Say what became of mails whose outcome is unknown: by Message-ID, or by the relay's own log.

    LAUNCH_ID is the public id (lau_…) or the key of a launch. Only mails in doubt are changed. With
    --absent-is-not-sent the log has to be whole, from the first mail of the launch on.
    """
    if bool(message_ids) == bool(postfix_log) or bool(message_ids) != bool(fate):
        raise click.UsageError("Give --message-id with --as, or --postfix-log.")
    app = create_app(Settings.from_environment())
    with app.app_context():
        key, by = _owner(launch_id)
        with transaction(), acting(by):
            fates = {_bracketed(one): Fate(fate) for one in message_ids} if fate else {}
            if postfix_log is not None:
                unknown = unknown_mails(key)
                absent = dict.fromkeys(unknown, Fate.NOT_SENT) if absent_is_not_sent else {}
                fates = absent | in_postfix_log(postfix_log, set(unknown))
            found = settle_unknown(launch_id=key, fates=fates, by=by, now=clock.now())
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    for word, count in sorted(found.settled.items()):
        click.echo(f"{count} {word}")
    click.echo(f"{len(found.unknown)} still unknown")


def _owner(launch_id: str) -> tuple[int, Actor]:
    with reading(), transaction(), acting(Actor.reader("launch settle")):
        launch = require(session.get(Launch, _key(launch_id)))
        by = Actor.system("launch settle", vendor_id=launch.vendor_id, partner_id=launch.partner_id)
        return launch.id, by


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip().strip('<>')}>"


def _key(launch_id: str) -> int:
    chosen = sa.select(Launch.id).where(
        Launch.id == int(launch_id) if launch_id.isdigit() else Launch.public_id == launch_id
    )
    return require(session.scalar(chosen))


def _print_json(lines: Iterable[dict[str, Any]]) -> None:
    separator = "["
    for line in lines:
        click.echo(separator)
        click.echo(json.dumps(line, ensure_ascii=False), nl=False)
        separator = ","
    click.echo("\n]" if separator == "," else "[]")


def _print_lines(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        words = (line["outcome"], line["step"], line["recipient"], str(line["attempts"]), line["message_id"] or "")
        click.echo("  ".join((*words, line["reason"] or line["answer"] or "")).rstrip())
