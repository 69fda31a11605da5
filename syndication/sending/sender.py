"""Who sends: a process, with a journal folder of its own and a lock that says it lives.

The lock, and no clock, tells the dead from the slow: a process that hangs or whose clock was moved keeps its claims,
and one that was killed lost the lock in the same instant.
"""

import os
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from secrets import token_hex
from threading import Lock

from syndication.sending import relays
from tcma.core import runtime
from tcma.core.journal import Journal, Record, read_batches

LOCK_NAME = "alive"


class Sender:
    """This process as one that sends: its name, its journal, and the claims that it has in hand."""

    def __init__(self, root: Path) -> None:
        self.name = f"{os.getpid()}-{token_hex(6)}"
        self.folder = root / self.name
        hidden = root / f".{self.name}"
        hidden.mkdir(parents=True)
        self._lock = os.open(hidden / LOCK_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
        flock(self._lock, LOCK_EX)
        # Under its own name only when it is locked: nobody can take it for dead before it was born.
        hidden.rename(self.folder)
        self.journal = Journal(self.folder)
        self.in_hand: set[int] = set()

    def close(self) -> None:
        """End: what was begun has its end in the journal, and the lock is free."""
        self.journal.close()
        self.forget()

    def forget(self) -> None:
        """Let go of the lock, in a child that must not seem to be its parent."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


_senders: dict[Path, Sender] = {}
_making = Lock()


def senders_folder() -> Path:
    """Return where the senders of this machine keep their journals."""
    return runtime.settings().journal_folder / "sends"


def this_sender() -> Sender:
    """Return this process as a sender; it is made at the first call."""
    root = senders_folder()
    with _making:
        if root not in _senders:
            _senders[root] = Sender(root)
        return _senders[root]


def end_sender() -> None:
    """Let this process be no sender any more; for an orderly stop."""
    relays.close_idle()
    with _making:
        found = _senders.pop(senders_folder(), None)
    if found is not None:
        found.close()


def has_ended(name: str) -> bool:
    """Tell whether a sender of this machine has died or stopped; of another machine's nothing is known here."""
    try:
        lock = os.open(senders_folder() / name / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        flock(lock, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return False
    else:
        flock(lock, LOCK_UN)
        return True
    finally:
        os.close(lock)


def records_of(name: str) -> list[Record]:
    """Return everything that a sender of this machine wrote down."""
    return [record for batch in read_batches(senders_folder() / name, {}, limit=10_000) for record in batch.records]


def _after_fork() -> None:
    global _making  # noqa: PLW0603 - a lock that a thread of the parent held would never be free again
    _making = Lock()
    for sender in _senders.values():
        sender.forget()
    _senders.clear()


os.register_at_fork(after_in_child=_after_fork)
