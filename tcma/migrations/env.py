"""Alembic's environment: migrations run on the connection that `tcma.core.schema.upgrade` gives."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

import tcma.app  # noqa: F401 - so that every model is known
from tcma.core.db import Base, UtcDateTime


def _of_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:  # noqa: FBT001
    is_partition = kind == "table" and any(str(name).startswith(f"{t}_") for t in ("hit", "touch", "delivery"))
    return not is_partition


def _render(kind: str, found: object, autogen: Any) -> str | Literal[False]:
    for known, name in ((UtcDateTime, "UtcDateTime()"), (sa.JSON, "Json"), (sa.BigInteger, "BigId")):
        if kind == "type" and isinstance(found, known):
            autogen.imports.add(f"from tcma.core.db import {name.removesuffix('()')}")
            return name
    return False


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=_of_ours,
    compare_type=True,
    render_item=_render,
)
if connection.dialect.name == "postgresql":
    connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
context.run_migrations()
