"""`tcma demo`: one command from nothing to a demo that has lived, on port 8000."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import click
import sqlalchemy as sa

from tcma.cli.database import owner_engine
from tcma.cli.serve import serve
from tcma.config import Settings
from tcma.core import logs
from tcma.demo.parties import HEROES, PASSWORD, VENDORS
from tcma.identity.models import Role

HOST = "127.0.0.1"
SHOWN_ROLES = (Role.MARKETER, Role.CAM, Role.MDF_APPROVER, Role.FINANCE)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
@click.option("--partners", type=click.IntRange(3, 30_000), default=300, show_default=True)
def command(port: int, partners: int) -> None:
    """Fill a database with a demo, once, and serve it. Campaigns, mails and posts stay inside the app."""
    _settle_in(port)
    settings = Settings.from_environment()
    logs.start("WARNING")
    serve(settings, host=HOST, port=port, upgrade=True, filling=_Filling(settings, port, partners))


def _settle_in(port: int) -> None:
    """Choose what an operator would choose; whatever is set already stays."""
    instance = Path(os.environ.setdefault("TCMA_INSTANCE", "instance")).absolute()
    os.environ["TCMA_INSTANCE"] = str(instance)
    instance.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("TCMA_SECRET_KEY") and not os.environ.get("TCMA_SECRET_KEY_FILE"):
        os.environ["TCMA_SECRET_KEY_FILE"] = str(_secret_in(instance))
    os.environ["TCMA_DEMO"] = "yes"
    os.environ.setdefault("TCMA_BASE_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("TCMA_FILES_URL", f"http://localhost:{port}")


def _secret_in(instance: Path) -> Path:
    file = instance / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file


class _Filling:
    """`tcma demo-data` in a process of its own: the story it tells has its own time."""

    def __init__(self, settings: Settings, port: int, partners: int) -> None:
        self.settings, self.port, self.partners = settings, port, partners
        self._child: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        if not self._is_filled():
            click.echo("Filling a new database. This happens once.")
            arguments = [sys.executable, "-m", "tcma.cli", "demo-data", "--served", "--partners", str(self.partners)]
            self._child = subprocess.Popen(arguments)  # noqa: S603 - our own command
            while not self._is_filled() and self._child.poll() is None:
                time.sleep(0.25)
        self._say_where()

    def wait(self) -> None:
        if self._child is not None and self._child.wait() == 0:
            click.echo("The history is filled in; mails and posts of new campaigns go out from now on.")

    def stop(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def _is_filled(self) -> bool:
        with owner_engine(self.settings).connect() as connection:
            return bool(connection.execute(sa.text("SELECT 1 FROM switch WHERE name = 'demo_cards'")).scalar())

    def _say_where(self) -> None:
        click.echo(f"\n  TCMA is at {self.settings.base_url}\n")
        click.echo("  Press a card on the sign-in page, or sign in as one of:")
        people = [(hero.email, hero.name) for hero in HEROES]
        people += [
            (email, f"{VENDORS[0].name}, {role.value}") for role, _n, email in VENDORS[0].people if role in SHOWN_ROLES
        ]
        for email, what in people:
            click.echo(f"    {email:32} {what}")
        click.echo(f"  The password is {PASSWORD}. Stop with Ctrl-C; `make clean` removes everything.\n")
