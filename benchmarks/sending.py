"""The whole path of a mail: an installation with a database and a launch, whose mails are claimed, built, handed over,
noted in the journal and settled by the product's own senders."""

import gc
import os
import secrets
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask import Flask

from campaigns.manifest import read_kit
from campaigns.models import KitState, KitVersion, Launch, LaunchState
from campaigns.operations.kits import import_kit
from syndication.channels.email.compiled import CompiledMail
from syndication.links import Target, open_link_set
from syndication.models import Delivery, DeliveryState, Recipient, StepMail
from syndication.sending import work
from syndication.sending.sender import end_sender
from syndication.sequences.enrolling import bring_forward
from syndication.sequences.stepping import message_id_of
from tcma.app import create_app
from tcma.config import Settings
from tcma.contacts.addresses import address_digest
from tcma.contacts.models import Basis, ConsentEvent, Contact
from tcma.core import runtime, schema
from tcma.core.actor import Actor
from tcma.core.db import db, require, session, time_ordered_id, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind
from tcma.partners.models import Partnership, PartnershipState

SERVER = os.environ.get("TCMA_TEST_DATABASE_URL_REAL", "postgresql://postgres@127.0.0.1:5432/postgres")
SQLITE, POSTGRESQL = BOTH = "SQLite", "PostgreSQL"
KIT = Path(__file__).parent.parent / "campaigns" / "kits" / "phishing-drill"
NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
STEP = "first"
CHUNK = 2_000


@contextmanager
def installations(
    mail: CompiledMail, count: int, *, databases: Collection[str] = BOTH, signed_with: str = ""
) -> Iterator[dict[str, "Installation"]]:
    """Yield an installation per kind of database that answers here, each with a launch to `count` people.

    `signed_with` is the PEM of a key that signs every mail.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        made = partial(Installation.made, mail=mail, count=count, signed_with=signed_with)
        found = {}
        if SQLITE in databases:
            found[SQLITE] = made(f"sqlite:///{folder}/tcma.db", folder)
        with suppress(sa.exc.OperationalError):
            folder, address = Path(stack.enter_context(TemporaryDirectory())), stack.enter_context(_own_database())
            found[POSTGRESQL] = made(address, folder)
        for installation in found.values():
            stack.callback(installation.end)
        yield found


@dataclass(frozen=True)
class Installation:
    """An application on a database of its own, and its launch."""

    app: Flask
    settings: Settings
    launch_id: int
    by: Actor

    @classmethod
    def made(cls, address: str, folder: Path, *, mail: CompiledMail, count: int, signed_with: str) -> "Installation":
        """Bring a database up and lay the launch down in it."""
        settings = Settings(
            secret_key=secrets.token_hex(20), instance=folder, database_url=address,
            storage_url=f"file://{folder}/blobs", base_url="http://localhost", files_url="http://files.localhost",
            dkim_key=signed_with,
        )  # fmt: skip
        owner = sa.create_engine(settings.sqlalchemy_url, poolclass=sa.NullPool)
        schema.upgrade(owner, now=NOW)
        app = create_app(settings)
        with app.app_context():
            launch_id, by = _launch(mail)
            with transaction(), acting(by):
                people(require(by.partner_id), launch_id, count)
        return cls(app, settings, launch_id, by)

    def send(self, smtp_url: str) -> float:
        """Make every mail of the launch wait, send them all, and return how many a second that were."""
        runtime.start(replace(self.settings, smtp_url=smtp_url))
        with self.app.app_context():
            count = self._wait()
            passed = self._senders(replace(self.settings, smtp_url=smtp_url))
            self._all_accepted(count)
            end_sender()
        return count / passed

    def _senders(self, settings: Settings) -> float:
        """Let as many senders run as are shipped, and return the seconds from when all stand ready.

        Beside SQLite they are threads of the one process, beside PostgreSQL the processes of a worker.
        """
        if settings.database_url.startswith("sqlite"):
            gate: Any = threading.Barrier(work.AT_ONCE + 1)
            senders: list[Any] = [threading.Thread(target=_send, args=(self.app, gate)) for _ in range(work.AT_ONCE)]
        else:
            fresh = get_context("spawn")
            gate = fresh.Barrier(work.AT_ONCE + 1)
            senders = [fresh.Process(target=_send_beside, args=(settings, gate)) for _ in range(work.AT_ONCE)]
        for one in senders:
            one.start()
        gate.wait(60)
        started = perf_counter()
        for one in senders:
            one.join()
        return perf_counter() - started

    def _wait(self) -> int:
        with transaction(), acting(self.by):
            launch = session.get_one(Launch, self.launch_id)
            session.execute(sa.delete(Delivery).where(Delivery.launch_id == launch.id))
            rows = session.execute(sa.select(Recipient.id, Recipient.contact_id).order_by(Recipient.id)).all()
            session.execute(sa.insert(Delivery), [self._delivery(one) for one in rows])
            bring_forward(launch.id, NOW, vendor_id=launch.vendor_id, partner_id=launch.partner_id)
        self.tidy()
        return len(rows)

    def tidy(self) -> None:
        """Do what PostgreSQL does by itself within minutes: forget what was deleted, and learn what is there."""
        if not self.settings.database_url.startswith("sqlite"):
            engine = sa.create_engine(self.settings.sqlalchemy_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")

    def _delivery(self, recipient: Any) -> dict[str, object]:
        key = time_ordered_id()
        return {
            "id": key, "cohort": NOW.date(), "partner_id": self.by.partner_id, "launch_id": self.launch_id,
            "recipient_id": recipient.id, "contact_id": recipient.contact_id, "step": STEP,
            "state": DeliveryState.READY, "message_id": message_id_of(key), "created_at": NOW,
        }  # fmt: skip

    def _all_accepted(self, count: int) -> None:
        with transaction(), acting(self.by):
            accepted = session.scalar(
                sa.select(sa.func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.ACCEPTED)
            )
        if accepted != count:
            message = f"{accepted} of {count} mails were accepted"
            raise AssertionError(message)

    def end(self) -> None:
        """Close what is open."""
        with self.app.app_context():
            session.remove()
            db.engine.dispose()


def _send_beside(settings: Settings, gate: Any) -> None:
    gc.freeze()  # what was imported, as `tcma worker` does
    app = create_app(settings)
    _send(app, gate)
    with app.app_context():
        end_sender()


def _send(app: Flask, gate: Any) -> None:
    gate.wait(60)
    with app.app_context():
        while work.send_what_is_due(lambda: NOW):
            continue


def _launch(mail: CompiledMail) -> tuple[int, Actor]:
    with transaction():
        vendor = Organisation(kind=OrganisationKind.VENDOR, name="Vendor", created_at=NOW)
        partner = Organisation(kind=OrganisationKind.PARTNER, name="Partner", created_at=NOW)
        session.add_all([vendor, partner])
        session.flush()
        by = Actor.system("bench", vendor_id=vendor.id, partner_id=partner.id)
        with acting(by):
            session.add(
                Partnership(vendor_id=vendor.id, partner_id=partner.id, state=PartnershipState.ACTIVE, created_at=NOW)
            )
            version = import_kit(package=read_kit(KIT), by=by, now=NOW)
            version.state, version.published_at = KitState.PUBLISHED, NOW
            session.flush()
            launch_id = _running(version, vendor.id, partner.id, mail)
    return launch_id, by


def _running(version: KitVersion, vendor_id: int, partner_id: int, mail: CompiledMail) -> int:
    launch = Launch(
        vendor_id=vendor_id, partner_id=partner_id, kit_id=version.kit_id, kit_version_id=version.id,
        state=LaunchState.RUNNING, name="Figures", language="en", brand={"name": "Partner", "email": "a@b.example"},
        page_slug="figures", starts_at=NOW, zone="Europe/Berlin", launched_at=NOW, created_at=NOW,
    )  # fmt: skip
    session.add(launch)
    session.flush()
    targets = [Target(link.place, link.url, link.label) for link in mail.links]
    link_set = open_link_set(
        launch, tactic="figures", step=STEP, channel="email", language="en", targets=targets, now=NOW
    )
    session.add(
        StepMail(
            vendor_id=vendor_id, partner_id=partner_id, launch_id=launch.id, step=STEP, language="en",
            link_set_id=link_set.id, compiled=mail.to_json(), created_at=NOW,
        )
    )  # fmt: skip
    return launch.id


def people(partner_id: int, launch_id: int, count: int) -> None:
    """Make recipients of a launch, and the contacts that they are."""
    for ids in contacts(partner_id, count):
        place = {"partner_id": partner_id, "launch_id": launch_id, "language": "en", "zone": "Europe/Berlin"}
        session.execute(sa.insert(Recipient), [{"contact_id": one, **place} for one in ids])


def contacts(partner_id: int, count: int, *, mark: str = "") -> Iterator[Sequence[int]]:
    """Make contacts that have agreed to be mailed, and yield their keys in chunks; `mark` tells lots apart."""
    consent = {
        "partner_id": partner_id, "basis": Basis.CONSENT, "granted": True, "method": "form", "actor_label": "bench",
        "at": NOW,
    }  # fmt: skip
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        made = sa.insert(Contact).returning(Contact.id)
        ids = session.scalars(made, [_contact(partner_id, f"{number}{mark}") for number in numbers]).all()
        session.execute(sa.insert(ConsentEvent), [{"contact_id": one, **consent} for one in ids])
        yield ids


def _contact(partner_id: int, number: str) -> dict[str, object]:
    email = f"person{number}@customer.example"
    return {
        "partner_id": partner_id, "email": email, "email_hash": address_digest(email), "first_name": "Ann",
        "last_name": f"Müller {number}", "company": f"ACME {number} & Co", "city": "Berlin", "language": "en",
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


@contextmanager
def _own_database() -> Iterator[str]:
    server = sa.create_engine(SERVER.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    name = f"tcma_bench_{secrets.token_hex(4)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
