"""What the sandbox network keeps: a file of its own, so that it is as far from the product as a real network is."""

import secrets
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tcma.core import runtime

_TABLES = """
CREATE TABLE IF NOT EXISTS account (network TEXT, id TEXT, name TEXT, logo BLOB, PRIMARY KEY (network, id));
CREATE TABLE IF NOT EXISTS code (code TEXT PRIMARY KEY, network TEXT, account TEXT, redirect_uri TEXT, challenge TEXT,
  until TEXT, used INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS token (access TEXT PRIMARY KEY, refresh TEXT UNIQUE, network TEXT, account TEXT, until TEXT,
  refresh_used INTEGER DEFAULT 0, revoked INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS media (id TEXT PRIMARY KEY, network TEXT, account TEXT, type TEXT, bytes BLOB);
CREATE TABLE IF NOT EXISTS post (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, network TEXT, account TEXT,
  text TEXT, alt TEXT, media TEXT, at TEXT, hidden_for INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS fault (number INTEGER PRIMARY KEY AUTOINCREMENT, network TEXT, at_call TEXT, kind TEXT,
  seconds REAL);
CREATE TABLE IF NOT EXISTS call (number INTEGER PRIMARY KEY AUTOINCREMENT, network TEXT, name TEXT);
"""
CODE_LIVES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour that was ordered: at which call, of what kind, and how long it takes."""

    kind: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose token it is."""

    network: str
    account: str


class Store:
    """The network's own data: accounts, codes, tokens, media and posts, and what it was told to do wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.file, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA synchronous=OFF")
            yield db
        finally:
            db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def account(self, network: str, name: str) -> str:
        """Return the id of the account with this name; it is opened when there is none. A name keeps its id."""
        made = str(10_000_000 + zlib.crc32(f"{network}:{name}".encode()))
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO account (network, id, name) VALUES (?, ?, ?)", (network, made, name))
        return made

    def name_of(self, network: str, account: str) -> str:
        """Return what an account is called."""
        with self._open() as db:
            row = db.execute("SELECT name FROM account WHERE network = ? AND id = ?", (network, account)).fetchone()
        return str(row["name"]) if row else account

    def make_code(self, *, network: str, account: str, redirect_uri: str, challenge: str, now: datetime) -> str:
        """Return a code for the one who was sent back with it."""
        code = secrets.token_urlsafe(24)
        with self._writing() as db:
            db.execute(
                "INSERT INTO code (code, network, account, redirect_uri, challenge, until) VALUES (?, ?, ?, ?, ?, ?)",
                (code, network, account, redirect_uri, challenge, _written(now + CODE_LIVES)),
            )
        return code

    def take_code(self, code: str, *, network: str, now: datetime) -> Mapping[str, str] | None:
        """Return what a code stands for, once."""
        with self._writing() as db:
            row = db.execute("SELECT * FROM code WHERE code = ? AND network = ?", (code, network)).fetchone()
            if row is None or row["used"] or row["until"] < _written(now):
                return None
            db.execute("UPDATE code SET used = 1 WHERE code = ?", (code,))
        return {name: str(row[name] or "") for name in ("account", "redirect_uri", "challenge")}

    def make_tokens(self, *, network: str, account: str, until: datetime) -> tuple[str, str]:
        """Return a new pair of access and refresh token."""
        access, again = f"sbx-{secrets.token_urlsafe(32)}", f"sbr-{secrets.token_urlsafe(32)}"
        with self._writing() as db:
            db.execute(
                "INSERT INTO token (access, refresh, network, account, until) VALUES (?, ?, ?, ?, ?)",
                (access, again, network, account, _written(until)),
            )
        return access, again

    def take_refresh(self, token: str, *, network: str) -> str | None:
        """Return the account of a refresh token, once: it is good for one use."""
        with self._writing() as db:
            row = db.execute("SELECT * FROM token WHERE refresh = ? AND network = ?", (token, network)).fetchone()
            if row is None or row["refresh_used"] or row["revoked"]:
                return None
            db.execute("UPDATE token SET refresh_used = 1 WHERE refresh = ?", (token,))
        return str(row["account"])

    def bearer(self, token: str, *, network: str, now: datetime) -> Grant | None:
        """Return whose access token it is, while it is good."""
        with self._open() as db:
            row = db.execute("SELECT * FROM token WHERE access = ? AND network = ?", (token, network)).fetchone()
        if row is None or row["revoked"] or row["until"] < _written(now):
            return None
        return Grant(network, str(row["account"]))

    def revoke(self, *, network: str, account: str) -> None:
        """Let no token of an account be good any more, as when its owner removes the app."""
        with self._writing() as db:
            db.execute("UPDATE token SET revoked = 1 WHERE network = ? AND account = ?", (network, account))

    def expire(self, *, network: str, account: str) -> None:
        """Let the access tokens of an account be over; refresh tokens stay."""
        with self._writing() as db:
            db.execute("UPDATE token SET until = '' WHERE network = ? AND account = ?", (network, account))

    def add_media(self, *, network: str, account: str, made: str, media_type: str, data: bytes) -> None:
        """Keep a picture."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO media (id, network, account, type, bytes) VALUES (?, ?, ?, ?, ?)",
                (made, network, account, media_type, data),
            )

    def media(self, made: str) -> tuple[str, bytes] | None:
        """Return type and bytes of a picture."""
        with self._open() as db:
            row = db.execute("SELECT type, bytes FROM media WHERE id = ?", (made,)).fetchone()
        return (str(row["type"]), bytes(row["bytes"])) if row else None

    def add_post(
        self, *, network: str, account: str, text: str, media: str | None, alt: str, now: datetime, hidden_for: int = 0
    ) -> str:
        """Let a post be live and return its number; the first `hidden_for` readings do not show it yet."""
        with self._writing() as db:
            cursor = db.execute(
                "INSERT INTO post (network, account, text, alt, media, at, hidden_for) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (network, account, text, alt, media, _written(now), hidden_for),
            )
            made = str(7_000_000_000_000_000_000 + int(cursor.lastrowid or 0))
            db.execute("UPDATE post SET id = ? WHERE number = ?", (made, cursor.lastrowid))
        return made

    def has_post(self, *, network: str, account: str, text: str) -> bool:
        """Tell whether the account has said the very same before."""
        with self._open() as db:
            found = db.execute(
                "SELECT 1 FROM post WHERE network = ? AND account = ? AND text = ?", (network, account, text)
            )
            return found.fetchone() is not None

    def own_posts(self, *, network: str, account: str, start: int, count: int) -> list[dict[str, Any]]:
        """Return an account's posts, newest first. What is not shown yet comes nearer with each reading."""
        with self._writing() as db:
            own = (network, account)
            rows = db.execute(
                "SELECT * FROM post WHERE network = ? AND account = ? AND hidden_for = 0 "
                "ORDER BY number DESC LIMIT ? OFFSET ?",
                (*own, count, start),
            ).fetchall()
            db.execute(
                "UPDATE post SET hidden_for = hidden_for - 1 WHERE network = ? AND account = ? AND hidden_for > 0", own
            )
        return [dict(row) for row in rows]

    def feed(self, *, network: str = "", limit: int = 60) -> list[dict[str, Any]]:
        """Return what is live on all networks, or on one, newest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT post.*, account.name AS name FROM post JOIN account ON account.network = post.network "
                "AND account.id = post.account WHERE ? IN ('', post.network) "
                "ORDER BY post.at DESC, number DESC LIMIT ?",
                (network, limit),
            ).fetchall()
        return [dict(row) for row in rows]

    def order(self, *, network: str, at_call: str, kinds: list[str], seconds: float) -> None:
        """Let the next calls of a kind go wrong in these ways, one after another; "none" lets one go well."""
        with self._writing() as db:
            db.executemany(
                "INSERT INTO fault (network, at_call, kind, seconds) VALUES (?, ?, ?, ?)",
                [(network, at_call, kind, seconds) for kind in kinds],
            )

    def next_fault(self, *, network: str, at_call: str) -> Fault:
        """Count a call and take what was ordered for it."""
        with self._writing() as db:
            db.execute("INSERT INTO call (network, name) VALUES (?, ?)", (network, at_call))
            row = db.execute(
                "SELECT * FROM fault WHERE network = ? AND at_call = ? ORDER BY number LIMIT 1", (network, at_call)
            ).fetchone()
            if row is None:
                return Fault("none", 0)
            db.execute("DELETE FROM fault WHERE number = ?", (row["number"],))
        return Fault(str(row["kind"]), float(row["seconds"]))

    def state(self, network: str) -> dict[str, Any]:
        """Return what is live and how often each call came: what a test asks the network itself."""
        with self._open() as db:
            posts = db.execute("SELECT * FROM post WHERE network = ? ORDER BY number", (network,)).fetchall()
            calls = db.execute("SELECT name, count(*) AS n FROM call WHERE network = ? GROUP BY name", (network,))
            return {
                "posts": [{"id": row["id"], "account": row["account"], "text": row["text"]} for row in posts],
                "calls": {row["name"]: row["n"] for row in calls},
            }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def read_instant(text: str) -> datetime:
    """Read an instant as it is kept."""
    return datetime.fromisoformat(text)


_opened: dict[Path, Store] = {}


def open_store() -> Store:
    """Return the data of the sandbox network in the folder of this installation."""
    file = runtime.settings().instance / "sandbox-network.db"
    if file not in _opened:
        _opened[file] = Store(file)
    return _opened[file]
