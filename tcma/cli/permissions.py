"""`tcma permissions`: which role may do what."""

import json

import click

from tcma.identity.permissions import ROLES, Permission


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(*, as_json: bool) -> None:
    """Show the role table."""
    roles = [
        {"kind": kind.value, "role": role.value, "permissions": sorted(held)} for (kind, role), held in ROLES.items()
    ]
    if as_json:
        click.echo(json.dumps({"permissions": [str(one) for one in Permission], "roles": roles}, indent=2))
        return
    for one in roles:
        click.echo(f"{one['kind']:8} {one['role']:14} {' '.join(one['permissions'])}")
