"""One database per test run, emptied between tests; SQLite by default, PostgreSQL when `TCMA_TEST_DATABASE_URL` is set."""

import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock, limits, mail, runtime, schema
from tcma.core.db import Base, db, session
from tcma.leads import candidates
from tests.people import people
from tests.run import parts_found
from tests.signing_in import Browser

__all__ = ["people"]

SECRET = "a secret key for the test suite, long enough"
LONGEST_IN_A_NAME = 60
INSTALLED = ("postgresql", "redis", "chromium", "postfix", "dovecot", "spamassassin")
REAL_PARTS = (*INSTALLED, "smtp", "http", "processes")
# A shared machine may be slow; how long a test takes is not what it is about.
hypothesis_settings.register_profile("calm", deadline=None)
hypothesis_settings.load_profile("calm")
NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real(*parts): talks to real parts; opens sockets or starts processes")
    config.addinivalue_line("markers", "own_database: chooses its databases itself, so that one round is enough")
    if not hasattr(config, "workerinput") and (file := os.environ.get("TCMA_TEST_TOLD")):
        config.pluginmanager.register(Told(Path(file)))


class Told:
    """Writes down which tests ran in this round and why others did not, for `tests/run.py` to put together."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.ran: list[str] = []
        self.failed: list[str] = []
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped[report.nodeid] = str(report.longrepr[2] if isinstance(report.longrepr, tuple | list) else "")
        elif report.when == "call":
            self.ran.append(report.nodeid)
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.file.write_text(
            json.dumps({"ran": self.ran, "skipped": self.skipped, "failed": self.failed}), encoding="utf-8"
        )


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test with a whole file by what the file is for: its bytes may hold the second in which they were made."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_IN_A_NAME else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    found = os.environ.get("TCMA_TEST_PARTS")
    parts = set(found.split(",")) if found is not None else {name for name, there in parts_found().items() if there}
    for item in items:
        mark = item.get_closest_marker("real")
        missing = set(INSTALLED) & set(mark.args if mark else ()) - parts
        if os.environ.get("TCMA_TEST_DATABASE_URL") and _is_alike_on_each_database(item):
            item.add_marker(pytest.mark.skip(reason="runs in the round on SQLite: with databases of its own, or none"))
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"not on this machine: {', '.join(sorted(missing))}"))


def _is_alike_on_each_database(item: pytest.Item) -> bool:
    asked_for = getattr(item, "fixturenames", ())
    return item.get_closest_marker("own_database") is not None or "database_template" not in asked_for


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database at the newest version: a file to copy, or the address of one on the server."""
    address = os.environ.get("TCMA_TEST_DATABASE_URL")
    if not address:
        file = tmp_path_factory.mktemp("template") / "tcma.db"
        schema.upgrade(sa.create_engine(f"sqlite:///{file}"), now=NOW)
        yield str(file)
        return
    server = sa.create_engine(sa.make_url(_with_driver(address)), isolation_level="AUTOCOMMIT")
    name = f"tcma_test_{os.getpid()}_{secrets.token_hex(3)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    own = server.url.set(database=name)
    engine = sa.create_engine(own)
    schema.upgrade(engine, now=NOW)
    engine.dispose()
    yield own.render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def kept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What outlives a test: where the database lies, always at one address, and the compiled templates."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "templates").mkdir()
    return folder


@pytest.fixture
def settings(database_template: str, kept_folder: Path, tmp_path: Path) -> Iterator[Settings]:
    """Settings as an operator would give them, on an empty database."""
    if database_template.startswith("postgresql"):
        address = database_template
    else:
        for left in kept_folder.glob("tcma.db*"):
            left.unlink()
        address = f"sqlite:///{shutil.copy(database_template, kept_folder / 'tcma.db')}"
    (tmp_path / "templates").symlink_to(kept_folder / "templates")
    yield Settings(
        secret_key=SECRET,
        instance=tmp_path,
        database_url=address,
        storage_url=f"file://{tmp_path}/blobs",
        base_url="http://localhost",
        files_url="http://files.localhost",
    )
    if database_template.startswith("postgresql"):
        _empty(database_template)


_kept: dict[Settings, Flask] = {}


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, in its context, on an empty database.

    One serves all tests of a process that differ by their folders alone: to make it takes longer than most of them.
    """
    known_by = replace(settings, instance=Path("/"), storage_url="file:///blobs")
    if known_by in _kept:
        start_again(_kept[known_by], settings)
    else:
        _kept.clear()
        _kept[known_by] = create_app(settings)
    yield from in_context(_kept[known_by])


def start_again(application: Flask, settings: Settings) -> None:
    """Let an application forget what it knew in an earlier test, as a process does that starts anew."""
    runtime.start(settings)
    mail.configure(application.jinja_env)
    limits.limiter.reset()
    candidates._kept.clear()


@pytest.fixture
def own_app(settings: Settings) -> Iterator[Flask]:
    """An application that a test may add routes to."""
    yield from in_context(create_app(settings))


def in_context(application: Flask) -> Iterator[Flask]:
    """Enter an application's context for a test, and leave no connection open after it."""
    application.test_client_class = Browser
    with application.app_context():
        yield application
        session.remove()
        db.engine.dispose()
    clock.use_offset(None)


def _empty(address: str) -> None:
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    tables = [table.name for table in Base.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)
    with engine.connect() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))  # no order among foreign keys
        for name in connection.scalars(sa.text(filled)).all():
            connection.execute(sa.text(f"DELETE FROM {name}"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """The instant at which tests take place unless they say otherwise: a Monday morning in September."""
    return NOW


@pytest.fixture(autouse=True)
def _closed_to_the_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick tier opens no socket; a test that needs one says so with `@pytest.mark.real`."""
    if request.node.get_closest_marker("real") or os.environ.get("TCMA_TEST_DATABASE_URL"):
        return

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a test of the quick tier opened a socket; mark it with @pytest.mark.real(...)")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
