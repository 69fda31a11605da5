"""Numbers and streams as PDF writes them."""

from __future__ import annotations

import zlib


def stream(dictionary: str, content: bytes) -> bytes:
    """A stream object's bytes; the dictionary goes without its brackets and length."""
    head = f"<< {dictionary} /Length {len(content)} >>\nstream\n".encode("ascii")
    return head + content + b"\nendstream"


def packed(dictionary: str, content: bytes) -> bytes:
    """A stream object with its content compressed."""
    return stream(f"{dictionary} /Filter /FlateDecode", zlib.compress(content, 6))


def decimal(value: float) -> str:
    """A number as PDF writes it, short and without an exponent."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
