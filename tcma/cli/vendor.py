"""`tcma vendor`: found a vendor, the one thing that nobody can be invited to do."""

import click

from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind, Role
from tcma.identity.operations import invitations


@click.command()
@click.argument("name")
@click.option("--admin", required=True, metavar="ADDRESS", help="Who gets the invitation to be its administrator.")
@click.option("--country", default="DE", show_default=True, metavar="CODE")
@click.option("--language", default="en", show_default=True, metavar="CODE")
@click.option("--zone", default="Europe/Berlin", show_default=True, metavar="ZONE")
def command(name: str, admin: str, country: str, language: str, zone: str) -> None:
    """Found the vendor NAME and invite its first administrator by mail."""
    with create_app(Settings.from_environment()).app_context(), transaction():
        now = clock.now()
        vendor = Organisation(
            kind=OrganisationKind.VENDOR, name=name, country=country, language=language, zone=zone, created_at=now
        )
        session.add(vendor)
        session.flush()  # the invitation names it
        by = invitations.system_of(vendor, "founding")
        with acting(by):
            invitations.invite(org_id=vendor.id, email=admin, role=Role.ADMIN, by=by, now=now)
    click.echo(f"{name} is founded; the invitation for {admin} goes out as soon as a worker runs.")
