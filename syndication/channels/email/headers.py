"""Header fields by RFC 5322 and RFC 2047, in bytes; what could begin another field is refused."""

from base64 import b64encode
from re import compile as compile_pattern

from tcma.core.merge import LineBreakInHeader

_FORBIDDEN = compile_pattern("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = compile_pattern(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_NEEDS_QUOTES = compile_pattern(r'(["\\])')
_LONGEST_LINE = 78
_WORD_BYTES = 39  # 52 characters of base64 and 12 around them: a word stands on a line with a field's name


def field(name: str, value: str) -> bytes:
    """Return `name: value` with its line end, encoded and folded as it needs."""
    return name.encode("ascii") + b": " + unstructured(name, value) + b"\r\n"


def unstructured(name: str, value: str) -> bytes:
    """Return a free text (a subject) as a field's value; `name` says what is refused."""
    refuse_breaks(name, value)
    if value.isascii() and "=?" not in value:
        return _folded(value, len(name) + 2)
    return _encoded_words(value)


def mailbox(name: str, address: str) -> bytes:
    """Return `"Name" <address>`; the address must have been checked before."""
    refuse_breaks("name", name)
    name = name.strip()
    bare = b"<" + address.encode("ascii") + b">"
    if not name:
        return address.encode("ascii")
    if not name.isascii() or "=?" in name or len(name) > _LONGEST_LINE - len("From: "):
        shown = _encoded_words(name)
    elif _ATOMS.fullmatch(name):
        shown = name.encode("ascii")
    else:
        shown = b'"' + _NEEDS_QUOTES.sub(r"\\\1", name).encode("ascii") + b'"'
    return shown + (b"\r\n " if len(shown) + len(bare) > _LONGEST_LINE - len("Reply-To: ") else b" ") + bare


def refuse_breaks(name: str, value: str) -> None:
    """Refuse a value with a line break, a NUL or any other control character in it."""
    if _FORBIDDEN.search(value):
        raise LineBreakInHeader(name)


def _folded(value: str, used: int) -> bytes:
    """Fold plain text at its spaces; a stretch without a space that is too long for a line is encoded instead."""
    if used + len(value) <= _LONGEST_LINE:
        return value.encode("ascii")
    words = value.split(" ")
    if max(map(len, words)) > _LONGEST_LINE - 2 or "" in words:
        return _encoded_words(value)
    lines: list[str] = []
    line = ""
    room = _LONGEST_LINE - used
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, _LONGEST_LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line]).encode("ascii")


def _encoded_words(value: str) -> bytes:
    """Encode as base64 words that fit on a line each; no character is cut in two."""
    whole = value.encode("utf-8")
    if len(whole) <= _WORD_BYTES:
        return _word(whole)
    words: list[bytes] = []
    chunk = b""
    for character in value:
        data = character.encode("utf-8")
        if len(chunk) + len(data) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += data
    words.append(chunk)
    return b"\r\n ".join(map(_word, words))


def _word(data: bytes) -> bytes:
    return b"=?utf-8?b?" + b64encode(data) + b"?="
