"""Backups: the database as it stands at one instant, the list of files, and the checkpoints, sealed in one file.

A backup notes the name of the send journal and which segments there were, so that after a restore an empty or a
foreign journal is not taken for one that says that nothing was sent.
"""

import json
import logging
import os
import secrets
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from tcma.config import Settings
from tcma.core import runtime, schema
from tcma.core.db import BACKUP_ROLE
from tcma.core.errors import DomainError
from tcma.core.journal import segments
from tcma.core.sealed_files import NotOpened, OpeningReader, SealingWriter
from tcma.core.seals import checkpoint_file
from tcma.core.words import lazy_gettext as _

log = logging.getLogger(__name__)

BACKUP_EVERY, REHEARSE_EVERY = timedelta(days=1), timedelta(days=7)
KEPT = 14
SUFFIX = ".tcma-backup"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE, MANIFEST, FILES, CHECKPOINTS = "database", "manifest.json", "files.jsonl", "audit-checkpoints.jsonl"


class NoBackupKey(DomainError):
    """There is no key to seal backups with."""

    def __init__(self) -> None:
        super().__init__(_("Set TCMA_BACKUP_KEY first: backups are sealed, and the key is kept apart from them."))


class NotThisKind(DomainError):
    """The backup is of another kind of database."""


class NotEmpty(DomainError):
    """The database that is to be restored into holds something."""


class ToolFailed(DomainError):
    """pg_dump or pg_restore could not do its work."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of: when, at which version of the schema, on which kind of database, with which journal."""

    at: str
    kind: str
    version: str
    journal: str
    segments: list[str]
    files: int


def back_up(file: Path, *, settings: Settings, now: datetime) -> Manifest:
    """Write a sealed backup to `file`, whole or not at all, and remember when the latest one was taken."""
    key = _key(settings)
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with TemporaryDirectory(dir=file.parent) as folder, unfinished.open("wb") as out:
            manifest = _written(out, key, settings, now, Path(folder))
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    _latest_file(settings).parent.mkdir(parents=True, exist_ok=True)
    _latest_file(settings).write_text(json.dumps({"at": now.isoformat()}), encoding="utf-8")
    return manifest


def latest_backup(settings: Settings) -> datetime | None:
    """Return when this installation was last backed up, as far as it knows."""
    file = _latest_file(settings)
    return datetime.fromisoformat(json.loads(file.read_text("utf-8"))["at"]) if file.exists() else None


def _latest_file(settings: Settings) -> Path:
    return settings.journal_folder / "last-backup.json"


def newest(settings: Settings) -> Path | None:
    """Return the newest backup in the folder of backups, if that is set and holds one."""
    found = _in_folder(settings)
    return found[-1] if found else None


def _in_folder(settings: Settings) -> list[Path]:
    """The backups that were taken by the clock, the oldest first."""
    return sorted(settings.backup_folder.glob(f"*{SUFFIX}")) if settings.backup_folder is not None else []


def look_after(now: datetime) -> None:
    """Take a backup when the newest in the folder is a day old, keep the last fourteen, and rehearse one a week.

    One that did not hold, or could not be put back, is tried again each day, and `/readyz` says so meanwhile. Does
    nothing where no folder for backups is set.
    """
    settings = runtime.settings()
    if settings.backup_folder is None:
        return
    latest = latest_backup(settings)
    if latest is None or newest(settings) is None or now - latest >= BACKUP_EVERY:
        settings.backup_folder.mkdir(parents=True, exist_ok=True)
        back_up(settings.backup_folder / f"{now:%Y-%m-%dT%H-%M-%SZ}{SUFFIX}", settings=settings, now=now)
        for old in _in_folder(settings)[:-KEPT]:
            old.unlink()
    rehearsed = latest_rehearsal(settings)
    pause = REHEARSE_EVERY if rehearsed is not None and rehearsed.holds else BACKUP_EVERY
    if rehearsed is None or now - rehearsed.at >= pause:
        # In a process of its own: it works on another database, and this one is for this process.
        done = subprocess.run(
            [sys.executable, "-m", "tcma.cli", "rehearse"], capture_output=True, text=True, check=False
        )
        if done.returncode:  # what it said may name people: whoever looks asks anew
            note_rehearsal(settings, at=now, holds=False)
            log.error("a backup could not be put back, or does not hold: run `tcma rehearse`")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """When a backup was last put back and verified, and whether everything held."""

    at: datetime
    holds: bool


def latest_rehearsal(settings: Settings) -> Rehearsal | None:
    """Return how the last rehearsal came out, as far as this installation knows."""
    file = _rehearsal_file(settings)
    if not file.exists():
        return None
    told = json.loads(file.read_text("utf-8"))
    return Rehearsal(datetime.fromisoformat(told["at"]), bool(told["holds"]))


def note_rehearsal(settings: Settings, *, at: datetime, holds: bool) -> None:
    """Remember how a rehearsal came out."""
    _rehearsal_file(settings).parent.mkdir(parents=True, exist_ok=True)
    _rehearsal_file(settings).write_text(json.dumps({"at": at.isoformat(), "holds": holds}), encoding="utf-8")


def _rehearsal_file(settings: Settings) -> Path:
    return settings.journal_folder / "last-rehearsal.json"


def _key(settings: Settings) -> str:
    if not settings.backup_key:
        raise NoBackupKey
    return settings.backup_key


def _written(out: object, key: str, settings: Settings, now: datetime, folder: Path) -> Manifest:
    # The journal is listed first: whatever the copy does not hold yet is in a segment that is on the list, or later.
    known = sent_segments(settings)
    # So are the checkpoints: one that came after the copy would speak of rows that the copy lacks.
    checkpoints = checkpoint_file().read_bytes() if checkpoint_file().exists() else b""
    database = folder / DATABASE
    _copy_database(settings, database)
    files = "".join(json.dumps(asdict(one)) + "\n" for one in runtime.store().listed())
    kind = SQLITE if settings.is_sqlite else POSTGRESQL
    journal = _named_journal(settings)
    manifest = Manifest(now.isoformat(), kind, schema.newest_version(), journal, known, files.count("\n"))
    with SealingWriter(out, key) as sealed, tarfile.open(fileobj=sealed, mode="w|") as archive:  # type: ignore[arg-type]
        _add(archive, MANIFEST, json.dumps(asdict(manifest)).encode())
        archive.add(database, DATABASE)
        _add(archive, FILES, files.encode())
        if checkpoints:
            _add(archive, CHECKPOINTS, checkpoints)
    return manifest


def journal_name(settings: Settings) -> str:
    """Return the name that the first backup gave to the journal in this folder; empty when none has."""
    file = settings.journal_folder / "name"
    return file.read_text("utf-8") if file.exists() else ""


def _named_journal(settings: Settings) -> str:
    if not journal_name(settings):
        settings.journal_folder.mkdir(parents=True, exist_ok=True)
        (settings.journal_folder / "name").write_text(secrets.token_hex(16), encoding="utf-8")
    return journal_name(settings)


def sent_segments(settings: Settings) -> list[str]:
    """Return the segments of the send journal that there are, as `sender/segment`."""
    root = settings.journal_folder / "sends"
    senders = sorted(one.name for one in root.glob("[!.]*") if one.is_dir())
    return [f"{sender}/{segment}" for sender in senders for segment in segments(root / sender)]


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, BytesIO(data))


def _copy_database(settings: Settings, to: Path) -> None:
    if settings.is_sqlite:
        with closing(sqlite3.connect(sqlite_file(settings))) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)
        return
    role = f"--role={BACKUP_ROLE}"
    _run(["pg_dump", "--format=custom", role, "--enable-row-security", f"--file={to}"], settings)


def sqlite_file(settings: Settings) -> Path:
    """Return the file of the embedded database."""
    return Path(str(sa.make_url(settings.database_url).database))


def _run(command: list[str], settings: Settings) -> None:
    url = sa.make_url(settings.database_url)
    given: Mapping[str, object] = {
        "PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }  # fmt: skip
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}
    try:
        done = subprocess.run(  # noqa: S603 - ours
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        message = _("%(program)s is not installed; it comes with PostgreSQL's client programs.", program=command[0])
        raise ToolFailed(message) from None
    if done.returncode:
        raise ToolFailed(f"{command[0]}: {done.stderr.strip()[:1000]}")


@contextmanager
def opened(file: Path, *, settings: Settings) -> Iterator[tuple[Manifest, Path]]:
    """Open a backup into a folder for a while: everything in it was checked before the first byte is used."""
    with TemporaryDirectory(dir=settings.instance) as name, file.open("rb") as source:
        folder = Path(name)
        try:
            with tarfile.open(fileobj=OpeningReader(source, _key(settings)), mode="r|") as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError):
            raise NotOpened from None
        yield Manifest(**json.loads((folder / MANIFEST).read_text("utf-8"))), folder


def put_back(
    manifest: Manifest, folder: Path, *, settings: Settings, quarantined: Callable[[sa.Engine], None], replace: bool
) -> None:
    """Put an opened backup in the place of the database; `quarantined` is called before anybody else can see it."""
    kind = SQLITE if settings.is_sqlite else POSTGRESQL
    if manifest.kind != kind:
        raise NotThisKind(
            _("This is a backup of %(one)s, and the settings name %(other)s.", one=manifest.kind, other=kind)
        )
    if settings.is_sqlite:
        _put_back_sqlite(folder / DATABASE, settings, quarantined, replace=replace)
    else:
        _put_back_postgresql(folder / DATABASE, settings, quarantined)


def _put_back_sqlite(
    copy: Path, settings: Settings, quarantined: Callable[[sa.Engine], None], *, replace: bool
) -> None:
    target = sqlite_file(settings)
    if target.exists() and not replace:
        raise NotEmpty(_("%(file)s is there already. Say --replace to put it aside.", file=str(target)))
    engine = sa.create_engine(f"sqlite:///{copy}", poolclass=sa.NullPool)
    quarantined(engine)
    engine.dispose()
    for tail in ("", "-wal", "-shm"):
        old = target.with_name(target.name + tail)
        if old.exists():
            old.rename(target.with_name(f"{target.name}.before-restore{tail}"))
    copy.rename(target)


def _put_back_postgresql(dump: Path, settings: Settings, quarantined: Callable[[sa.Engine], None]) -> None:
    engine = sa.create_engine(settings.sqlalchemy_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if sa.inspect(connection).get_table_names():
            raise NotEmpty(_("The database holds tables already. Name a new, empty one in TCMA_DATABASE_URL."))
        schema.make_roles(connection)
    plain = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={engine.url.database}"]
    _run([*plain, "--section=pre-data", str(dump)], settings)
    quarantined(engine)  # the rows of the tables come in behind it
    _run([*plain, "--section=data", str(dump)], settings)
    quarantined(engine)  # once more: a backup that was taken in quarantine brings an order of its own
    _run([*plain, "--section=post-data", str(dump)], settings)
