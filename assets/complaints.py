"""What is wrong with a rendition, and how to mend it, in words that can be translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802  # the name that translators' tools look for
    """Mark a message for translation; whoever shows it looks it up."""
    return message


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing to mend.

    `message` and `mend` are message ids with `%(name)s` places that `data` fills;
    a complaint that refuses stops the rendition, the others only tell.
    """

    kind: str
    message: str
    mend: str
    refuses: bool = False
    page: int = 1
    layer: str = ""
    zone: str | None = None
    data: Mapping[str, str | int | float] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """Message and remedy in English."""
        return f"{self.message % self.data} {self.mend % self.data}"


class Unfit(Exception):
    """A rendition was refused; the complaints say why and what to change."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__(" ".join(complaint.text for complaint in complaints if complaint.refuses))
        self.complaints = complaints
