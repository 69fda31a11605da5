"""The migrations and the models say the same."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from tcma.core import schema
from tcma.core.db import Base, db


def test_the_newest_migration_is_what_the_models_declare(app: Flask) -> None:
    parts = tuple(f"{table.name}_" for table in schema.partitioned_tables())

    def of_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return not (kind == "table" and str(name).startswith(parts))

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_ours, "compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
    assert sa.inspect(db.engine).has_table("alembic_version")


def test_the_version_read_from_the_files_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    assert schema.newest_version() == ScriptDirectory.from_config(config).get_current_head()
