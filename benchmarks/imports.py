"""100,000 people from a file into the database: the product's import against COPY and a few statements of SQL.

The file has 8 columns, 3 % bad addresses, 2 % duplicates, and a third of its people are there already. The floor
does in SQL alone what leaves the same rows: contacts, entries of the list, and the evidence of consent. A second
floor leaves the evidence and the list out. PostgreSQL is found by `TCMA_TEST_DATABASE_URL_REAL` or
`TCMA_TEST_DATABASE_URL`; without it the product's own speed on SQLite stands alone.
"""

import csv
import io
import os
import random
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import Flask

from benchmarks.measure import driver_of, interleaved, row
from tcma.app import create_app
from tcma.config import Settings
from tcma.contacts import operations
from tcma.contacts.addresses import OddAddress, clean_address
from tcma.contacts.models import Basis
from tcma.contacts.operations.imports import CHUNK, FileInHand
from tcma.core import intake, outbox, schema
from tcma.core.actor import Actor
from tcma.core.db import db, session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind

ROWS, MILLION = 100_000, 1_000_000
ALLOWED = 60  # megabytes
ROUNDS = 3
NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
HEADER = ["email", "first_name", "last_name", "company", "phone", "postcode", "city", "country"]
CASE = "import 100,000 people, validated, merged, suppressed ones known, with list and evidence"


def run() -> list[dict[str, Any]]:
    """Measure what the databases of this machine allow."""
    return [_memory(), _import(), *_stricter(), _validation()]


def _memory() -> dict[str, Any]:
    """Megabytes that reading and judging a million people takes beyond what the process had; 60 are allowed."""
    with TemporaryFile() as file:
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(HEADER)
        for lap in range(MILLION // ROWS):
            writer.writerows([f"{lap}.{person[0]}", *person[1:]] for person in PEOPLE)
        with _installation(None):
            before = most = _resident()
            reading = FileInHand(intake.read_table(file), HEADER, branches={}, done=0, room=inf)
            while not reading.ended:
                reading.chunk(CHUNK)
                most = max(most, _resident())
    return row(
        "memory to read and judge a million people",
        "MB",
        ours=(most - before) / 1e6,
        floor=ALLOWED,
        goal=1,
        at_most=True,
    )


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _people() -> list[list[str]]:
    chance = random.Random(7)
    people: list[list[str]] = []
    for number in range(ROWS):
        email = f"first.last{number}@customer{number % 3000}.example"
        if chance.random() < 0.03:
            email = chance.choice(["", "no at sign", "two@@signs.example", "a b@customer.example", "x@localhost"])
        elif people and chance.random() < 0.02:
            email = people[chance.randrange(len(people))][0]
        people.append(
            [
                email,
                f"Jörg {number}",
                "Müller",
                f'"Zahn & Söhne" {number % 9000}',
                f"+49 89 {number}",
                "80331",
                "München",
                "DE",
            ]
        )
    return people


PEOPLE = _people()


def _file(people: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *people])
    return out.getvalue().encode()


def _server() -> str | None:
    found = os.environ.get("TCMA_TEST_DATABASE_URL_REAL") or os.environ.get("TCMA_TEST_DATABASE_URL")
    return found if found and found.startswith("postgresql") else None


@contextmanager
def _installation(server: str | None) -> Iterator[tuple[Flask, int]]:
    """An installation of its own with one partner, on PostgreSQL when there is a server, else on SQLite."""
    with tempfile.TemporaryDirectory() as folder, _database(server, Path(folder)) as address:
        schema.upgrade(sa.create_engine(_with_driver(address), poolclass=sa.NullPool), now=NOW)
        app = create_app(
            Settings(
                secret_key="a secret key for figures, long enough for it",  # noqa: S106 - protects nothing
                instance=Path(folder),
                database_url=address,
                storage_url=f"file://{folder}/blobs",
            )
        )
        with app.app_context():
            with transaction():
                partner = Organisation(kind=OrganisationKind.PARTNER, name="Partner", created_at=NOW)
                session.add(partner)
                session.flush()
                partner_id = partner.id
            yield app, partner_id
            session.remove()
            db.engine.dispose()


@contextmanager
def _database(server: str | None, folder: Path) -> Iterator[str]:
    if server is None:
        yield f"sqlite:///{folder}/tcma.db"
        return
    name = f"tcma_bench_{os.getpid()}"
    engine = sa.create_engine(_with_driver(server), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def _ours(partner_id: int, people: list[list[str]]) -> float:
    """Import the file as a person would, and return the seconds from the start to the last row."""
    by = Actor.system("bench", partner_id=partner_id)
    with transaction(), acting(by):
        found = operations.upload(file_name="people.csv", data=_file(people), by=by, now=NOW)
        made = operations.create_list(name=f"List {found.public_id}", by=by, now=NOW)
        operations.start_import(
            import_id=found.id, fields=HEADER, basis=Basis.CONSENT, source="bench", list_id=made.id, by=by, now=NOW
        )
    started = perf_counter()
    outbox.drain(now=NOW)
    return perf_counter() - started


A_LIST = """
INSERT INTO contact_list (partner_id, public_id, name, asks, created_at) VALUES (%s, %s, %s, false, now()) RETURNING id
"""
STAGED = f"CREATE TEMP TABLE floor ({', '.join(f'{name} text' for name in HEADER)}) ON COMMIT DROP"
UPSERT = r"""
INSERT INTO contact (partner_id, public_id, email, email_hash, first_name, last_name, company, phone, postcode, city,
                     country, custom, created_at, updated_at)
SELECT DISTINCT ON (lower(email)) {partner}, 'con_' || left(md5(random()::text), 16), lower(email),
       encode(sha256(lower(email)::bytea), 'hex'), first_name, last_name, company, phone, postcode, city, country,
       '{{}}', now(), now()
FROM floor
WHERE email ~* '^[a-z0-9!#$%&''*+/=?^_`{{|}}~.-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$' AND email !~ '\.\.'
ORDER BY lower(email)
ON CONFLICT (partner_id, email) DO UPDATE SET
  first_name = excluded.first_name, last_name = excluded.last_name, company = excluded.company, phone = excluded.phone,
  postcode = excluded.postcode, city = excluded.city, country = excluded.country, updated_at = excluded.updated_at
"""
LISTED = """
INSERT INTO list_entry (partner_id, list_id, contact_id)
SELECT {partner}, {list}, contact.id FROM contact
JOIN (SELECT DISTINCT lower(email) AS email FROM floor) f ON f.email = contact.email AND contact.partner_id = {partner}
ON CONFLICT DO NOTHING
"""
EVIDENCE = """
INSERT INTO consent_event (partner_id, contact_id, channel, purpose, basis, granted, method, source, proof,
                           actor_label, at)
SELECT {partner}, contact.id, 'email', 'marketing', 'consent', true, 'import', 'bench', 'floor', 'floor', now()
FROM contact
JOIN (SELECT DISTINCT lower(email) AS email FROM floor) f ON f.email = contact.email AND contact.partner_id = {partner}
WHERE NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.contact_id = contact.id)
"""


def _floor(partner_id: int, people: list[list[str]], *, whole: bool) -> float:
    """COPY the file to a temporary table and let SQL do the rest, as the owner of the tables."""
    data = _file(people)
    engine = _owner()
    try:
        with engine.begin() as connection:
            name = f"lst_{random.random()}"
            list_id = connection.exec_driver_sql(A_LIST, (partner_id, name, name)).scalar_one()
        started = perf_counter()
        with engine.begin() as connection:
            connection.exec_driver_sql(STAGED)
            with driver_of(connection).cursor() as cursor:
                with cursor.copy("COPY floor FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
                    copy.write(data)
                cursor.execute("ANALYZE floor")
                cursor.execute("ANALYZE contact, consent_event, list_entry")  # else it plans as if they were empty
                for statement in (UPSERT, LISTED, EVIDENCE) if whole else (UPSERT,):
                    cursor.execute(statement.format(partner=partner_id, list=list_id).encode())
        return perf_counter() - started
    finally:
        engine.dispose()


def _owner() -> sa.Engine:
    return sa.create_engine(db.engine.url, poolclass=sa.NullPool)


def _empty() -> None:
    with _owner().begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        for table in ("list_entry", "consent_event", "import_finding", "contact"):
            connection.execute(sa.delete(sa.table(table)))
    with _owner().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE contact, list_entry, consent_event")


def _against(measure: Callable[[int], float], partner_id: int) -> Callable[[], float]:
    """Return a measurement of rows a second, each time with a third of the people there already."""

    def measured() -> float:
        _empty()
        _floor(partner_id, PEOPLE[: ROWS // 3], whole=True)
        return ROWS / measure(partner_id)

    return measured


def _import() -> dict[str, Any]:
    server = _server()
    with _installation(server) as (_app, partner_id):
        if server is None:
            _ours(partner_id, PEOPLE[: ROWS // 3])
            seconds = _ours(partner_id, PEOPLE)
            note = "the floor needs PostgreSQL: set TCMA_TEST_DATABASE_URL"
            return row(f"{CASE}, SQLite", "rows/s", ours=ROWS / seconds, floor=None, goal=0.55, note=note)
        figures = interleaved(
            {
                "ours": _against(lambda partner: _ours(partner, PEOPLE), partner_id),
                "floor": _against(lambda partner: _floor(partner, PEOPLE, whole=True), partner_id),
                "contacts": _against(lambda partner: _floor(partner, PEOPLE, whole=False), partner_id),
            },
            rounds=ROUNDS,
        )
    _STRICTER[:] = [figures]
    return row(
        f"{CASE}, against COPY + SQL that leave the same rows", "rows/s", ours=figures["ours"], floor=figures["floor"],
        goal=0.55,
    )  # fmt: skip


_STRICTER: list[dict[str, float]] = []


def _stricter() -> list[dict[str, Any]]:
    """The same figure against a floor that writes contacts alone, for it is what others quote; no goal is set on it."""
    return [
        row(
            f"{CASE}, against COPY + SQL of contacts alone",
            "rows/s",
            ours=figures["ours"],
            floor=figures["contacts"],
            goal=0,
        )
        for figures in _STRICTER
    ]


def _validation() -> dict[str, Any]:
    """Addresses a second, against email-validator asked for each row."""
    addresses = [person[0] for person in PEOPLE[:20_000]]

    def rate(check: Callable[[str], object], refusal: type[Exception]) -> Callable[[], float]:
        def measured() -> float:
            started = perf_counter()
            for address in addresses:
                try:
                    check(address)
                except refusal:
                    continue
            return len(addresses) / (perf_counter() - started)

        return measured

    figures = interleaved(
        {
            "ours": rate(clean_address, OddAddress),
            "floor": rate(lambda text: validate_email(text, check_deliverability=False), EmailNotValidError),
        },
        rounds=3,
    )
    return row(
        "addresses judged, against email-validator per row",
        "addresses/s",
        ours=figures["ours"],
        floor=figures["floor"],
        goal=3,
    )
