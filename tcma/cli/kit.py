"""`tcma kit`: check kits, compare them, print their schema without a database; import, publish and export them."""

import json
import sys
from importlib import import_module
from pathlib import Path

import click

from campaigns.checks import check as check_kit
from campaigns.manifest import SCHEMAS, Finding, KitRefused, diff, read_kit, schema_of
from tcma.core import clock

# These need the database, so their module is loaded when one of them is called, and checks start quickly.
_STORED = ("import", "publish", "export")


class _WithStored(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_STORED]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _STORED:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module("tcma.cli.kit_store").COMMANDS[cmd_name]
        return found


@click.group(cls=_WithStored)
def command() -> None:
    """Kits: check, compare, schema; import, publish, export."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a list of findings as JSON.")
def check(path: Path, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Say what is wrong with the kit in PATH (a folder or a zip), where, and what to write instead.

    Ends with 1 if the kit cannot be published; warnings alone end with 0.
    """
    findings = _findings_of(path)
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(path, findings)
    sys.exit(1 if any(finding.is_error for finding in findings) else 0)


@command.command()
@click.argument("kind", type=click.Choice(list(SCHEMAS)), default="kit")
def schema(kind: str) -> None:
    """Print the JSON Schema of kit.yaml, or of another KIND of file in a kit."""
    click.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))


@command.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def difference(old: Path, new: Path, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Compare the kits in OLD and NEW; ends with 1 if they differ."""
    found = diff(read_kit(old), read_kit(new))
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        for change in found.files:
            click.echo(f"{change.kind}: {change.path}")
            for line in change.lines:
                click.echo(line)
    sys.exit(1 if found else 0)


def _findings_of(path: Path) -> tuple[Finding, ...]:
    try:
        return check_kit(read_kit(path), today=clock.now().date()).findings
    except KitRefused as refusal:
        return (refusal.finding,)


def _print(path: Path, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        click.echo(f"{finding.file}:{finding.line}: {finding.severity.value}: {finding.message} {finding.mend}")
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    click.echo(f"{path.name}: {_count(errors, 'error')}, {_count(warnings, 'warning')}.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
