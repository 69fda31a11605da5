"""The command line: `tcma`. Commands that need no database start without one."""

import gc
import sys
from importlib import import_module

import click

from tcma.config import WrongSetting
from tcma.core.errors import DomainError

# name -> where its command is, loaded only when it is called so that each starts quickly, and what it does
COMMANDS = {
    "serve": (
        "tcma.cli.serve",
        "Serve the pages and the API; in the embedded set-up also do the work in the background.",
    ),
    "worker": (
        "tcma.cli.worker",
        "Do the work in the background until SIGTERM; what was begun by then is finished first.",
    ),
    "beat": ("tcma.cli.beat", "Ring the workers for what is due, until SIGTERM."),
    "db": ("tcma.cli.database", "The database."),
    "demo": ("tcma.cli.demo", "Fill a database with a demo, once, and serve it."),
    "demo-data": (
        "tcma.cli.demo_data",
        "Fill an empty database with a demo; the same arguments give the same companies, people and answers.",
    ),
    "vendor": ("tcma.cli.vendor", "Found the vendor NAME and invite its first administrator by mail."),
    "kit": ("tcma.cli.kit", "Kits: check, compare, schema; import, publish, export."),
    "render": (
        "tcma.cli.render",
        "Render a kit's designs in a partner's brand: every format that a design has, images at 1x and 2x.",
    ),
    "launch": ("tcma.cli.launch", "Campaigns of partners."),
    "sender": ("tcma.cli.sender", "The platform as a sender of mail: its signing key, the records of its domain."),
    "files": ("tcma.cli.files", "Finished files: make room."),
    "verify": (
        "tcma.cli.verify",
        "Hold the data against what is promised: ledger, audit, tenancy, outbox, files, partitions, or all.",
    ),
    "backup": (
        "tcma.cli.backup",
        "Write a backup to FILE while everything runs: the database, the list of files, the checkpoints.",
    ),
    "restore": ("tcma.cli.restore", "Put the backup FILE in the place of the database; stop every process first."),
    "rehearse": (
        "tcma.cli.rehearse",
        "Put the backup FILE (or the newest in TCMA_BACKUP_FOLDER) back into a database of its own, and verify it.",
    ),
    "quarantine": ("tcma.cli.quarantine", "Nothing leaves while the quarantine is on: no mail, no post."),
    "inbound": (
        "tcma.cli.inbound",
        "Take in a mail that came back, from standard input: bounces, complaints and answers find their delivery.",
    ),
    "bench": ("tcma.cli.bench", "Measure NAME (or all) and its floor, interleaved, as medians."),
    "routes": ("tcma.cli.routes", "List every route with method, permission and tenant scope."),
    "permissions": ("tcma.cli.permissions", "Show the role table."),
}


class _Late(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_module, words) in COMMANDS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        # Collecting garbage while thousands of things are made that all stay is a tenth of the start.
        gc.disable()
        try:
            command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        finally:
            gc.freeze()
            gc.enable()
        return command


@click.group(cls=_Late, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tcma")
def command() -> None:
    """Through-channel marketing automation."""


def main() -> None:
    """Run the command line; a wrong setting or a refusal is one line on stderr, never a traceback."""
    try:
        command()
    except (WrongSetting, DomainError) as reason:
        click.echo(f"tcma: {reason}", err=True)
        sys.exit(2)
