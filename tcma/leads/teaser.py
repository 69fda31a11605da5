"""What an offer tells before it is accepted: the need and the town, and nothing that leads to the person."""

import re
from collections.abc import Iterable

GAP = "…"
SHORTEST_NAME = 3
_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().,;]+")
_NUMBER = re.compile(r"(?<!\w)\+?\d[\d\s()/.-]{5,}\d(?!\w)")
_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def without_person(text: str, *, names: Iterable[str]) -> str:
    """Return `text` without e-mail and web addresses, telephone numbers and the given names."""
    for pattern in (_ADDRESS, _WEB, _NUMBER):
        text = pattern.sub(GAP, text)
    for name in sorted(filter(None, (one.strip() for one in names)), key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GAP, text, flags=re.IGNORECASE)
    return text
