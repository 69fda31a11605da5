"""`tcma inbound`: one mail that came back, from a pipe of the mail server."""

import sys

import click
import sqlalchemy as sa

from syndication.inbound.intake import LARGEST, take_in
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock, runtime

TRY_AGAIN = 75  # what mail servers take as "keep it and come again" (EX_TEMPFAIL)


@click.command()
@click.option("--to", "envelope_to", default="", metavar="ADDRESS", help="The envelope's recipient, if it is known.")
def command(envelope_to: str) -> None:
    """Take in a mail that came back, from standard input: bounces, complaints and answers find their delivery.

    Ends with 0 for whatever else there is, and with 75 when the database is away, so that the mail server keeps it.
    """
    content = sys.stdin.buffer.read(LARGEST)
    with create_app(Settings.from_environment()).app_context():
        try:
            returned = take_in(content, envelope_to=envelope_to, signer=runtime.links(), now=clock.now())
        except sa.exc.OperationalError:
            click.echo("the database is away; the mail is to be kept.", err=True)
            sys.exit(TRY_AGAIN)
    if returned is None:
        click.echo("not about a mail of ours")
    else:
        click.echo(f"{returned.kind}: {returned.detail}" if returned.detail else returned.kind)
