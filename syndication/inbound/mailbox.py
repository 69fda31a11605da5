"""The mailbox of what comes back, looked at by IMAP: each mail is taken in once, then flagged as seen or moved."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from imaplib import IMAP4, IMAP4_SSL
from logging import getLogger
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa

from syndication.inbound.intake import LARGEST, forget_old, is_taken, take_in
from tcma.core import runtime
from tcma.core.db import reading, transaction
from tcma.core.quarantine import is_quarantined

Clock = Callable[[], datetime]
PIPE = "pipe:"
MOST_AT_ONCE = 500
LONGEST_LOOK = 45.0  # seconds: the next look is a minute after this one began
_PORTS = {"imaps": 993, "imap": 143}
log = getLogger(__name__)


class MailboxDown(Exception):
    """The mailbox cannot be read; the message says what its server answered."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`imaps://user:password@host[:port]/FOLDER[?move=FOLDER&timeout=20]`; `imap://` begins TLS, but for `tls=none`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    move_to: str = ""
    tls: str = "implicit"
    timeout: float = 20.0

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read the address of a mailbox, which the settings have looked at."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            move_to=query.get("move", [""])[0],
            tls="implicit" if parts.scheme == "imaps" else query.get("tls", ["starttls"])[0],
            timeout=float(query.get("timeout", ["20"])[0]),
        )

    def place(self, validity: str, uid: str) -> str:
        """Return what names a mail here for good: UIDs hold as long as the folder's UIDVALIDITY does."""
        box = sha256(f"{self.user}\n{self.host}\n{self.folder}".encode()).hexdigest()[:24]
        return f"{box}:{validity}:{uid}"


def look_at_mailbox(clock: Clock) -> int:
    """Take in what has arrived, and return how many mails that were; a mailbox that is away is tried again later."""
    url = runtime.settings().inbound_url
    if not url or url == PIPE or _is_a_copy():
        return 0
    box = Mailbox.from_url(url)
    try:
        with _opened(box) as (imap, validity):
            taken = _take_all(box, imap, validity, clock)
    except (OSError, IMAP4.error, MailboxDown) as reason:
        log.error("the mailbox of what comes back cannot be read", extra={"host": box.host, "reason": _words(reason)})  # noqa: TRY400 - what the server said is all there is to know
        return 0
    forget_old(now=clock())
    return taken


def _is_a_copy() -> bool:
    """Tell whether this database was restored and not let go: what it took in would be missing in the real one."""
    with reading(), transaction():
        return is_quarantined()


@contextmanager
def _opened(box: Mailbox) -> Iterator[tuple[IMAP4, str]]:
    safely = ssl.create_default_context()
    if box.tls == "implicit":
        imap: IMAP4 = IMAP4_SSL(box.host, box.port, ssl_context=safely, timeout=box.timeout)
    else:
        imap = IMAP4(box.host, box.port, timeout=box.timeout)
    try:
        if box.tls == "starttls":
            imap.starttls(safely)
        imap.login(box.user, box.password)
        _asked(imap.select(_quoted(box.folder)))
        yield imap, _text(imap.response("UIDVALIDITY")[1])
    finally:
        with suppress(OSError, IMAP4.error):
            imap.logout()


def _take_all(box: Mailbox, imap: IMAP4, validity: str, clock: Clock) -> int:
    until, taken = monotonic() + LONGEST_LOOK, 0
    move_to = box.move_to if "MOVE" in _text(_asked(imap.capability())).split() else ""
    for uid in _text(_asked(imap.uid("SEARCH", "UNSEEN"))).split()[:MOST_AT_ONCE]:
        if monotonic() > until:
            break
        try:
            taken += _take_one(imap, uid, box.place(validity, uid), clock)
        except (sa.exc.OperationalError, sa.exc.InterfaceError, OSError, IMAP4.error, MailboxDown):
            raise  # the database or the mailbox is away: the mail stays as it is
        except Exception:
            # One mail that nobody can read must not keep the others out; a person finds it by its flag.
            log.exception("a mail that came back could not be taken in", extra={"uid": uid})
            imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Flagged)")
            continue
        _put_away(imap, uid, move_to)
    return taken


def _take_one(imap: IMAP4, uid: str, place: str, clock: Clock) -> int:
    if is_taken(place):
        return 0
    # Read without the flag: the mail counts as seen when it is in the database, and not before.
    answer = _asked(imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
    content = next((part[1] for part in answer if isinstance(part, tuple)), None)
    if content is None:
        return 0
    take_in(content, place=place, signer=runtime.links(), now=clock())
    return 1


def _put_away(imap: IMAP4, uid: str, move_to: str) -> None:
    _asked(imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
    if move_to:
        _asked(imap.uid("MOVE", uid, _quoted(move_to)))


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    done, data = answer
    if done != "OK":
        raise MailboxDown(_text(data))
    return data


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(data: list[Any]) -> str:
    return b" ".join(part for part in data if isinstance(part, bytes)).decode("ascii", "replace")


def _words(reason: Exception) -> str:
    return f"{type(reason).__name__}: {reason}"[:300]
