"""Quoted-printable in pieces: each piece is encoded on its own and pieces meet at a soft line break."""

from binascii import b2a_qp
from re import Match
from re import compile as compile_pattern

SOFT_BREAK = b"=\r\n"
_LONGEST = 75  # one less than the 76 of the standard: the soft break's "=" needs a place
_LINE_ENDS = compile_pattern(rb"\r\n|\r|\n")
_UNSAFE = compile_pattern(rb"[^\t !-<>-~]")
_TRAILING_BLANK = compile_pattern(rb"[ \t]$")
_PLAIN_PIECE = compile_pattern(rb"[!-<>-~](?:[ !-<>-~]{0,72}[!-<>-~])?")


def quoted(text: str) -> bytes:
    """Return `text` as quoted-printable that begins at the start of a line; every line end becomes CRLF.

    Lines begin neither with a dot nor with "From ", so nothing on the way has a reason to change them.
    """
    data = text.encode("utf-8", errors="replace")
    if data[:1] not in b".F" and _PLAIN_PIECE.fullmatch(data):
        return data
    return b"\r\n".join([_quoted_line(line) for line in _LINE_ENDS.split(data)])


def joined_to_next(piece: bytes) -> bytes:
    """Return `piece` with a soft break behind it, unless the next piece begins a line anyway."""
    return piece if not piece or piece.endswith(b"\n") else piece + SOFT_BREAK


def _quoted_line(line: bytes) -> bytes:
    short = b2a_qp(line)
    if len(short) <= _LONGEST - 2:
        return _guarded(short)
    line = _UNSAFE.sub(_hex, line)
    line = _TRAILING_BLANK.sub(_hex, line)
    pieces = []
    start = 0
    while start < len(line):
        end = _break_before(line, start)
        pieces.append(_guarded(line[start:end]))
        start = end
    return SOFT_BREAK.join(pieces)


def _break_before(line: bytes, start: int) -> int:
    """Return where the line that begins at `start` ends: never inside an "=XX", and short enough to be guarded."""
    if len(line) - start <= _LONGEST - 2:
        return len(line)
    end = start + _LONGEST - 2
    for back in (1, 2):
        if line[end - back] == ord("="):
            return end - back
    return end


def _guarded(piece: bytes) -> bytes:
    if piece.startswith(b"."):
        return b"=2E" + piece[1:]
    if piece.startswith(b"From "):
        return b"=46" + piece[1:]
    return piece


def _hex(match: Match[bytes]) -> bytes:
    return b"=%02X" % match.group()[0]
