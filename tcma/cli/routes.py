"""`tcma routes`: every address with its methods, who may call it, and whose rows it reaches."""

import json
from typing import Any

import click
from flask import Flask

from tcma.app import create_app
from tcma.config import Settings
from tcma.identity.access import Mark, mark_of


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def command(*, as_json: bool) -> None:
    """List every route with method, permission and tenant scope."""
    routes = routes_of(create_app(Settings.from_environment()))
    if as_json:
        click.echo(json.dumps(routes, indent=2))
        return
    for route in routes:
        click.echo(f"{','.join(route['methods']):10} {route['path']:60} {route['permission']:24} {route['scope']}")


def routes_of(app: Flask) -> list[dict[str, Any]]:
    """Return every route of `app`, ordered by path."""
    found = []
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        found.append(
            {
                "path": rule.rule,
                "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                "endpoint": rule.endpoint,
                "permission": mark.word if mark else "none",
                "scope": _scope(mark),
                "csrf": mark is not None and mark.checks_origin and not rule.rule.startswith("/api/"),
            }
        )
    return sorted(found, key=lambda route: (route["path"], route["methods"]))


def _scope(mark: Mark | None) -> str:
    if mark is None:
        return "closed"
    return {"public": "nobody's rows, or those that the address names", "signed_in": "person"}.get(
        mark.kind, "organisation"
    )
