"""What a mail that came back is: a report, a complaint, an answering machine's word, or a person's."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from itertools import islice
from re import compile as compile_pattern

from flufl.bounce import all_failures

from tcma.core.links import ForgedLink, LinkSigner, Purpose

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"
AUTOMATIC, REPLY = "automatic", "reply"
MOST_MARKS = 200
_STATUS = compile_pattern(r"(?mi)^Status:\s*([245]\.\d{1,3}\.\d{1,3})")
_IDS = compile_pattern(r"<([0-9A-Fa-f]+)@[^<>\s]+>")
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
# They say that this mail did not fit, not that there is no such mailbox.
_NOT_THE_ADDRESS = frozenset({"5.2.2", "5.2.3", "5.3.4"})
_COMPLAINTS = frozenset({"", "abuse", "fraud", "opt-out"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply"})
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Autoreply-From", "X-Mail-Autoreply")
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply"})
_SUPPRESSED_BY_MACHINES = frozenset({"all", "oof", "autoreply"})
_AUTOMATIC_SUBJECTS = (
    "automatic reply:", "auto reply:", "autoreply:", "out of office", "automatische antwort:", "abwesenheitsnotiz",
    "abwesend:", "réponse automatique", "absence du bureau", "respuesta automática", "risposta automatica", "自動応答",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail says about one delivery.

    It will never arrive (hard) or not now (soft), its reader complained, a machine answered, or a person wrote back.
    """

    delivery_id: int
    kind: str
    detail: str = ""


def read_mail(content: bytes, *, envelope_to: str = "", signer: LinkSigner) -> Returned | None:
    """Return what a mail says about a delivery of ours; None when nothing in it bears our signature.

    The signature in the address it was sent to, or in the Message-ID it answers, is the only proof that counts: what
    a mail says about addresses is believed of nobody.
    """
    message = message_from_bytes(content)
    if _report_type(message) == "feedback-report":
        return _complaint(message, signer)
    delivery_id = next(
        (
            found
            for mark in islice(_marks(message, envelope_to), MOST_MARKS)
            if (found := _signed(mark, signer)) is not None
        ),
        None,
    )
    if delivery_id is None:
        return None
    kind, detail = _kind(message, content)
    return Returned(delivery_id, kind, detail[:300])


def key_of(content: bytes, returned: Returned) -> str:
    """Return what tells one mail from another, by whichever way it comes and however often."""
    message_id = str(message_from_bytes(content).get("Message-ID", "")).strip().encode("utf-8", "replace")
    about = f"{returned.kind}\n{returned.delivery_id}\n".encode("ascii")
    return sha256(about + (message_id or sha256(content).digest())).hexdigest()


def _kind(message: Message, content: bytes) -> tuple[str, str]:
    found = _of_status_part(message)
    if found is not None:
        return found
    if _submitted(message) == "auto-replied":
        return AUTOMATIC, ""
    if not _is_written(message):
        found = _of_old_report(message, content)
        if found is not None:
            return found
    return (AUTOMATIC, "") if _is_automatic(message) else (REPLY, "")


def _of_status_part(message: Message) -> tuple[str, str] | None:
    """Read a report by RFC 3464: of several recipients the one who fares worst, since there is only one of ours."""
    blocks = list(_status_blocks(message))
    if not blocks:
        return None
    told = [(str(one.get("Action", "")).strip().lower(), _status_of(one)) for one in blocks]
    failed = next((status for action, status in told if action == "failed"), None)
    if failed is not None:
        return _hard_or_soft(failed or "5.0.0"), f"Status: {failed}" if failed else "no status"
    delayed = next((status for action, status in told if action == "delayed"), None)
    if delayed is not None:
        return SOFT, f"Status: {delayed}" if delayed else "no status"
    if all(action in _ARRIVED for action, _status in told):
        return AUTOMATIC, ""
    status = next((status for _action, status in told if status), "")
    return (_hard_or_soft(status), f"Status: {status}") if status and status[0] != "2" else (AUTOMATIC, "")


def _status_blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        payload = part.get_payload()
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"} and isinstance(
            payload, list
        ):
            # The first block is about the mail as a whole.
            yield from (one for one in payload if isinstance(one, Message) and (one.get("Action") or one.get("Status")))


def _status_of(block: Message) -> str:
    found = _STATUS.match(f"Status: {block.get('Status', '')}")
    return found[1] if found else ""


def _of_old_report(message: Message, content: bytes) -> tuple[str, str] | None:
    """Read a report of a server that knows no standard, as far as it can be read."""
    temporary, permanent = all_failures(message)
    status = _STATUS.search(content.decode("latin-1")) if _is_from_a_server(message) or temporary or permanent else None
    if status is None and not temporary and not permanent:
        return None
    if status is not None:
        return _hard_or_soft(status[1]), f"Status: {status[1]}"
    return HARD if permanent else SOFT, "no status"


def _hard_or_soft(status: str) -> str:
    return HARD if status[0] == "5" and status not in _NOT_THE_ADDRESS else SOFT


def _complaint(message: Message, signer: LinkSigner) -> Returned | None:
    """Read an abuse report (RFC 5965): our own signature in the mail that it brings back counts."""
    if _feedback(message, "Feedback-Type").lower() not in _COMPLAINTS:
        return None
    marks = [mark for value in _message_ids(message) for mark in _IDS.findall(value)]
    marks += [parseaddr(_feedback(message, "Original-Mail-From"))[1].partition("@")[0].partition("+")[2]]
    for mark in marks:
        delivery_id = _signed(mark, signer)
        if delivery_id is not None:
            return Returned(delivery_id, COMPLAINT, "abuse report")
    return None


def _feedback(message: Message, name: str) -> str:
    """Return a field of the machine's part of an abuse report."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else _lines_of(part)
            return str(inner.get(name, "")).strip() if isinstance(inner, Message) else ""
    return ""


def _message_ids(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part is not message:
            yield from (str(value) for value in part.get_all("Message-ID", []))
        if part.get_content_type() == "text/rfc822-headers":
            yield from (str(value) for value in _lines_of(part).get_all("Message-ID", []))


def _lines_of(part: Message) -> Message:
    payload = part.get_payload(decode=True)
    return message_from_bytes(payload if isinstance(payload, bytes) else b"")


def _is_automatic(message: Message) -> bool:
    """Tell a machine's word from a person's: RFC 3834, and what mail servers have said beside it for years."""
    said = {one.strip().lower() for one in str(message.get("X-Auto-Response-Suppress", "")).split(",")}
    return (
        _submitted(message) != "no"
        or any(name in message for name in _AUTOMATIC_HEADERS)
        or str(message.get("Precedence", "")).strip().lower() in _PRECEDENCES
        or bool(said & _SUPPRESSED_BY_MACHINES)
        or message.get_content_type() == "multipart/report"
        or _is_from_a_server(message)
        or _sender(message) in _MACHINES
        or subject_of(message).lower().startswith(_AUTOMATIC_SUBJECTS)
    )


def _submitted(message: Message) -> str:
    return str(message.get("Auto-Submitted", "")).partition(";")[0].strip().lower() or "no"


def _is_from_a_server(message: Message) -> bool:
    nobody = str(message.get("Return-Path", "x")).strip() == "<>"
    return nobody or _sender(message) in {"mailer-daemon", "postmaster"} or "X-Failed-Recipients" in message


def _is_written(message: Message) -> bool:
    """Tell whether a person seems to answer a mail, who may well quote a report in it."""
    return "In-Reply-To" in message and not _is_from_a_server(message) and not _is_automatic(message)


def _sender(message: Message) -> str:
    return parseaddr(str(message.get("From", "")))[1].partition("@")[0].lower()


def subject_of(message: Message) -> str:
    """Return the subject in readable letters, on one line."""
    return " ".join(decoded(str(message.get("Subject", ""))).split())


def decoded(text: str) -> str:
    """Return what a header says in readable letters (RFC 2047); one that cannot be decoded stays as it came."""
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, UnicodeError, ValueError):
        return text


def _report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    return str(message.get_param("report-type") or "").lower()


def _marks(message: Message, envelope_to: str) -> Iterator[str]:
    """Yield what may bear our signature: addresses of the mail first, then the Message-IDs that it answers."""
    headers = [str(value) for name in _ADDRESSED for value in message.get_all(name, [])]
    for address in (envelope_to, *(address for _name, address in getaddresses(headers))):
        mark = address.partition("@")[0].partition("+")[2]
        if mark:
            yield mark
    for name in ("In-Reply-To", "References"):
        for value in message.get_all(name, []):
            yield from reversed(_IDS.findall(str(value)))


def _signed(mark: str, signer: LinkSigner) -> int | None:
    try:
        (delivery_id,) = signer.read_from_mailbox(mark, Purpose.RETURN)
    except (ForgedLink, ValueError):
        return None
    return delivery_id
