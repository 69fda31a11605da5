"""`tcma db`: bring the database up, and tell where it stands."""

import click
import sqlalchemy as sa

from tcma.config import Settings
from tcma.core import clock, schema
from tcma.core.db import prepare_engine


@click.group()
def command() -> None:
    """The database."""


def owner_engine(settings: Settings) -> sa.Engine:
    """Return an engine that stays in the role it signed in with, for migrations."""
    if settings.is_sqlite:
        settings.instance.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(settings.sqlalchemy_url, poolclass=sa.NullPool)
    if settings.is_sqlite:
        prepare_engine(engine)  # the migrations are one transaction: a start that is killed leaves nothing half-made
    return engine


@command.command()
def upgrade() -> None:
    """Bring the database to the newest version, with its roles, row policies and partitions."""
    schema.upgrade(owner_engine(Settings.from_environment()), now=clock.now())
    click.echo("The database is up to date.")


@command.command()
@click.argument("words")
def revision(words: str) -> None:
    """Write a new migration from what the models have and the database has not (for developers)."""
    from alembic import command as alembic
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with owner_engine(Settings.from_environment()).begin() as connection:
        config.attributes["connection"] = connection
        alembic.revision(config, message=words, autogenerate=True)
