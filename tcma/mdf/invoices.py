"""When two invoices are one."""

import hashlib
import unicodedata


def invoice_key(supplier: str, number: str) -> str | None:
    """Return what makes two invoices the same: supplier and number, however they are written."""
    parts = [_plain(supplier), _plain(number)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if all(parts) else None


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())
