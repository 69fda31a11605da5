"""The seal on the audit trail: a hash chain over its entries, and signed checkpoints kept outside the database.

The chain shows a changed or missing entry; the checkpoint (how many, and the head) shows a chain that was cut at
its end or written anew as a whole.
"""

import hashlib
import hmac
import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import AuditEntry, AuditSeal
from tcma.core.tenancy import acting

START = "0" * 64
BATCH = 2_000


def seal(*, now: datetime) -> int:
    """Chain the entries that are not sealed yet and write a checkpoint; returns how many were sealed.

    Opens its own transactions. Run by one process at a time: the unique position lets a second one fail.
    """
    sealed = 0
    while batch := _unsealed():
        with transaction():
            position, head = _head()
            for entry_id, digest_of in batch:
                position += 1
                head = _chained(head, digest_of)
                session.add(AuditSeal(entry_id=entry_id, position=position, digest=head))
        sealed += len(batch)
    if sealed:
        _write_checkpoint(now)
    return sealed


def seal_in_the_background(now: datetime) -> None:
    """Seal what is there; when another process is at it, its work will do."""
    with suppress(sa.exc.IntegrityError):
        seal(now=now)


def _unsealed() -> list[tuple[int, str]]:
    with transaction(), acting(Actor.reader("seals")):
        entries = session.scalars(
            sa.select(AuditEntry)
            .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
            .where(AuditSeal.id.is_(None))
            .order_by(AuditEntry.id)
            .limit(BATCH)
        )
        return [(entry.id, content_digest(entry)) for entry in entries]


def _head() -> tuple[int, str]:
    last = session.execute(
        sa.select(AuditSeal.position, AuditSeal.digest).order_by(AuditSeal.position.desc()).limit(1)
    ).first()
    return (last.position, last.digest) if last else (0, START)


def content_digest(entry: AuditEntry) -> str:
    """Return the hash of all that an entry says."""
    said = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def _chained(head: str, digest: str) -> str:
    return hashlib.sha256(f"{head}{digest}".encode()).hexdigest()


def checkpoint_file() -> Path:
    """Return where checkpoints are kept: one JSON line each, newest last. Copy it off the machine."""
    return runtime.settings().instance / "audit-checkpoints.jsonl"


def _write_checkpoint(now: datetime) -> None:
    with transaction():
        count, head = _head()
    line = {"at": now.isoformat(), "count": count, "head": head}
    signed = {**line, "signature": _signature(line, runtime.settings().secret_key)}
    with checkpoint_file().open("a", encoding="utf-8") as file:
        file.write(json.dumps(signed, sort_keys=True) + "\n")


def _signature(line: dict[str, object], secret: str) -> str:
    text = json.dumps(line, sort_keys=True).encode()
    return hmac.new(b"audit checkpoint " + secret.encode(), text, hashlib.sha256).hexdigest()


def breaches() -> list[str]:
    """Return every sign that the trail was changed, cut or written anew. Needs the reader's reach."""
    found: list[str] = []
    heads: dict[int, str] = {0: START}
    head = START
    rows = session.execute(
        sa.select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=BATCH)
    )
    for expected, (mark, entry) in enumerate(rows, start=1):
        if mark.position != expected:
            found.append(f"seal {expected} is missing")
            break
        if entry is None:
            found.append(f"entry {mark.entry_id} was removed")
            break
        head = _chained(head, content_digest(entry))
        if head != mark.digest:
            found.append(f"entry {entry.id} was changed")
            break
        heads[expected] = head
    return found + _checkpoint_breaches(heads)


def _checkpoint_breaches(heads: dict[int, str]) -> list[str]:
    if not checkpoint_file().exists():
        return []
    found: list[str] = []
    secrets = (runtime.settings().secret_key, *runtime.settings().previous_secret_keys)
    for number, text in enumerate(checkpoint_file().read_text(encoding="utf-8").splitlines(), start=1):
        line = json.loads(text)
        signature = line.pop("signature", "")
        if not any(hmac.compare_digest(signature, _signature(line, secret)) for secret in secrets):
            found.append(f"checkpoint {number} has a wrong signature")
        elif heads.get(line["count"]) != line["head"]:
            found.append(f"the trail does not hold what checkpoint {number} saw: {line['count']} entries")
    return found
