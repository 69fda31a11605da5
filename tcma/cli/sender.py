"""`tcma sender`: the platform's own signing key, and the records that its mail domain has to publish."""

import json
import os
from pathlib import Path

import click

from syndication.channels.email.dkim import public_half
from syndication.senders.keys import new_pair
from syndication.senders.looking import look_up
from syndication.senders.records import DMARC_TO_BEGIN_WITH, Found, judge_dmarc, judge_key, key_record
from tcma.config import Settings
from tcma.core import runtime


@click.group()
def command() -> None:
    """The platform as a sender of mail: its signing key, the records of its domain."""


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a key that signs mail of the mail domain, write it to FILE, and print the record to publish.

    FILE must not exist; only its owner may read it. Give it to the program as TCMA_DKIM_KEY_FILE.
    """
    settings = Settings.from_environment()
    private, public = new_pair()
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as reason:
        raise click.ClickException(f"{file} is there already; nothing was changed.") from reason
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(private)
    record = key_record(settings.mail_domain, settings.dkim_selector, public)
    click.echo(f"{record.name} TXT {record.value}")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def records(*, as_json: bool) -> None:
    """Print what the mail domain has to publish and what was found of it; ends with 1 when something is missing."""
    settings = Settings.from_environment()
    runtime.start(settings)
    rows = _rows(settings)
    if as_json:
        click.echo(json.dumps(rows))
    else:
        for row in rows:
            click.echo(f"{row['found']:<10}  {row['name']}  TXT  {row['value']}")
    raise SystemExit(int(any(row["found"] != Found.THERE for row in rows)))


def _rows(settings: Settings) -> list[dict[str, str]]:
    seen = look_up(settings.mail_domain, [settings.dkim_selector])
    spf = [text for text in seen.spf or () if text.lower().startswith("v=spf1")]
    spf_found = Found.UNANSWERED if seen.spf is None else Found.THERE if len(spf) == 1 else Found.MISSING
    rows = [
        (settings.mail_domain, spf[0] if spf else "v=spf1 <the addresses of your relay> -all", spf_found),
        (f"_dmarc.{settings.mail_domain}", (seen.dmarc or [DMARC_TO_BEGIN_WITH])[0], judge_dmarc(seen.dmarc)),
    ]
    if settings.dkim_key:
        algorithm, public = public_half(settings.dkim_key.encode())
        record = key_record(settings.mail_domain, settings.dkim_selector, public, algorithm)
        found = judge_key(seen.keys[settings.dkim_selector], public, algorithm)
        rows.append((record.name, record.value, found))
    return [{"name": name, "value": value, "found": found.value} for name, value, found in rows]
