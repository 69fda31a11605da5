"""What never reaches a log: tokens, passwords, addresses of people, signed links.

Three nets: fields by their name, text by its pattern, and the finished line once more. Libraries
that print tokens at DEBUG are held above it, whatever level the program runs at.
"""

import logging
import re
from collections.abc import Mapping

HIDDEN = "[redacted]"
HIDDEN_EMAIL = "[email]"

_SECRET_NAME = re.compile(
    r"""(?:^|[_\-.\s])(?:
        passw(?:or)?d|pwd|passphrase|secret|token|authori[sz]ation|cookie|credentials?|api[_-]?key|
        private[_-]?key|session(?:[_-]?id)?|csrf|signature|sig|otp|totp|nonce|verifier|assertion|
        oauth[_-]?(?:state|code)|auth[_-]?code|email|e[_-]?mail|phone|mobile|recipient|
        first[_-]?name|last[_-]?name|full[_-]?name|street
    )s?(?:$|[_\-.\s](?!id$|count$|type$|kind$|state$))""",
    re.IGNORECASE | re.VERBOSE,
)
_FIELD_WORDS = (
    r"(?:[\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key|private[_-]?key|cookie|signature|verifier|assertion)"
    r"|pwd|authorization|proxy-authorization|x-csrftoken|session(?:_?id)?|sig|otp|totp|nonce|code|state)"
)
# Patterns are linear: no nested repeats, every run has an upper bound or a clear end.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # What SQLAlchemy and PostgreSQL add to an error is a row of somebody's data.
    (re.compile(r"\[parameters: .*", re.DOTALL), f"[parameters: {HIDDEN}]"),
    (re.compile(r"(DETAIL:\s+)[^\r\n\\]*"), rf"\1{HIDDEN}"),
    (
        re.compile(r"\b(Bearer|Basic|Digest|OAuth|Token|DPoP)(\s+|%20)[\w\-.~+/=:,\"]{6,}", re.IGNORECASE),
        rf"\1 {HIDDEN}",
    ),
    (
        re.compile(
            rf"""(\b{_FIELD_WORDS}\\?["']?\s*(?:=|:|=>|%3D)\s*)(?!\[redacted\])(?:\\?"[^"\r\n]*"|\\?'[^'\r\n]*'|[^\s&,;"'<>)}}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(://)[^\s/@:]{0,200}:[^\s/@]{1,400}@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*){0,3}"), HIDDEN),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}"), HIDDEN_EMAIL),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL),
        HIDDEN,
    ),
)
# A long run of mixed letters and digits is a key or a signed link; hashes in one case are not.
_OPAQUE = re.compile(r"(?<![\w\-.~])[\w\-.~=]{20,2000}(?![\w\-.~])")
_SIGNED_LINK = "AQ"  # the first byte of every signed link, its version, in base64
_LOOKS_RANDOM = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"))

# These print tokens, bodies or parameters at DEBUG or INFO.
HELD_ABOVE_DEBUG: Mapping[str, int] = {
    "requests_oauthlib": logging.INFO,
    "oauthlib": logging.INFO,
    "urllib3": logging.INFO,
    "requests": logging.INFO,
    "mail.log": logging.WARNING,
    "mail.debug": logging.WARNING,
    "sqlalchemy.engine": logging.WARNING,
    "sqlalchemy.pool": logging.WARNING,
    "amqp": logging.INFO,
    "kombu": logging.INFO,
}


def redact(text: str) -> str:
    """Return `text` with everything in it that looks like a secret or an address put out of sight."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return _OPAQUE.sub(_without_opaque, text)


def _without_opaque(found: re.Match[str]) -> str:
    run = found[0]
    if run.startswith(_SIGNED_LINK):
        return HIDDEN
    random_looking = all(kind.search(run) for kind in _LOOKS_RANDOM) and not _is_dotted_name(run)
    return HIDDEN if random_looking else run


def _is_dotted_name(run: str) -> bool:
    """Tell whether a run is words joined by dots or underscores (a module, a setting), not a key."""
    return all(
        len(word) < 20 and (word.isalpha() or word.isdigit() or word.islower() or word.isupper())
        for word in re.split(r"[._\-~=]", run)
        if word
    )


def redact_value(value: object, *, depth: int = 6) -> object:  # noqa: PLR0911 - one line per kind of value
    """Return a loggable copy of `value`: fields with a secret's name emptied, texts redacted."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _field(str(key), held, depth - 1) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(held, depth=depth - 1) for held in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    return redact(str(value))


def _field(name: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    return HIDDEN if _SECRET_NAME.search(name) else redact_value(value, depth=depth)


def redact_event(event: Mapping[str, object]) -> dict[str, object]:
    """Return a loggable copy of what a line tells, by the name of its field."""
    return {name: _field(name, value, 6) for name, value in event.items()}


class RedactingFilter(logging.Filter):
    """Redacts a record's message and arguments, and holds talkative libraries above DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop what a held library says below its level; otherwise redact and let it pass."""
        if record.levelno < _least_level(record.name):
            return False
        record.msg, record.args = redact(_message_of(record)), ()
        return True


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, traceback included, of whatever formatter stands behind it."""

    def __init__(self, inner: logging.Formatter) -> None:
        """Wrap `inner`."""
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line."""
        return redact(self.inner.format(record))


def install(root: logging.Logger | None = None) -> None:
    """Put the nets at every handler of the root logger. Call it after the handlers are in place."""
    for name, level in HELD_ABOVE_DEBUG.items():
        logging.getLogger(name).setLevel(level)
    for handler in (root or logging.getLogger()).handlers:
        if not any(isinstance(net, RedactingFilter) for net in handler.filters):
            handler.addFilter(RedactingFilter())
        if not isinstance(handler.formatter, RedactingFormatter):
            handler.setFormatter(RedactingFormatter(handler.formatter or logging.Formatter()))


def _message_of(record: logging.LogRecord) -> str:
    """Format the message; one that does not fit its arguments is kept without them."""
    if isinstance(record.args, Mapping):
        record.args = redact_value(record.args)  # type: ignore[assignment]
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _least_level(name: str) -> int:
    while name:
        if (level := HELD_ABOVE_DEBUG.get(name)) is not None:
            return level
        name = name.rpartition(".")[0]
    return logging.NOTSET
