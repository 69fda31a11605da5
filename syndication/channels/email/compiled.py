"""A compiled mail: what is the same for everybody, with slots for what is not, and the links it holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from tcma.core.merge import Segment, Slot

CLICK = "click_token"
"""The slot of a recipient's click token; it stands in front of `.<place>` in each tracked address."""

OPEN_PLACE = 0
"""The place of the open pixel in a link set; links count from 1."""


@dataclass(frozen=True, slots=True)
class TrackedLink:
    """One link of a mail: its place in the set, where it leads, and the words that people press."""

    place: int
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class CompiledMail:
    """Subject, HTML and text as literals and slots. Kept as JSON, so that the places of links never move."""

    language: str
    subject: tuple[Segment, ...]
    html: tuple[Segment, ...]
    text: tuple[Segment, ...]
    links: tuple[TrackedLink, ...]
    subject_b: tuple[Segment, ...] | None = None

    def with_subject(self, variant: str | None) -> Self:
        """Return the mail as those get it who try its second subject (`b`), or as it is for everybody else."""
        return replace(self, subject=self.subject_b) if variant == "b" and self.subject_b else self

    def to_json(self) -> str:
        """Write everything down."""
        return json.dumps(
            {
                "language": self.language,
                "subject": _written(self.subject),
                **({"subject_b": _written(self.subject_b)} if self.subject_b else {}),
                "html": _written(self.html),
                "text": _written(self.text),
                "links": [[link.place, link.url, link.label] for link in self.links],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            language=data["language"],
            subject=_read(data["subject"]),
            html=_read(data["html"]),
            text=_read(data["text"]),
            links=tuple(TrackedLink(*link) for link in data["links"]),
            subject_b=_read(data["subject_b"]) if "subject_b" in data else None,
        )


def _written(segments: Sequence[Segment]) -> list[Any]:
    return [part if isinstance(part, str) else [part.name, part.fallback] for part in segments]


def _read(parts: Sequence[Any]) -> tuple[Segment, ...]:
    return tuple(part if isinstance(part, str) else Slot(*part) for part in parts)
