"""What is wrong with a kit, where, and what to write instead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a kit from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; a file as a whole, such as a picture, is pointed at by its first line."""

    file: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `message` says what, `mend` says what to write instead."""

    severity: Severity
    code: str
    place: Place
    said: object
    remedy: object

    @property
    def file(self) -> str:
        """The file it stands in, relative to the kit's folder."""
        return self.place.file

    @property
    def line(self) -> int:
        """The line it stands on, counted from 1."""
        return self.place.line

    @property
    def message(self) -> str:
        """What is wrong, in the language of the reader."""
        return str(self.said)

    @property
    def mend(self) -> str:
        """What to write or do instead, in the language of the reader."""
        return str(self.remedy)

    @property
    def is_error(self) -> bool:
        """Whether this keeps the kit from being published."""
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, str | int]:
        """The finding as plain values, for JSON."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "message": self.message,
            "mend": self.mend,
        }


@dataclass(slots=True)
class Findings:
    """A list of findings that is being made; the same thing in the same place is told once."""

    _found: dict[tuple[str, Place, str], Finding] = field(default_factory=dict)

    def error(self, code: str, place: Place, message: object, mend: object) -> None:
        """Note something that keeps the kit from being published."""
        self.add(Finding(Severity.ERROR, code, place, message, mend))

    def warning(self, code: str, place: Place, message: object, mend: object) -> None:
        """Note something that should be looked at."""
        self.add(Finding(Severity.WARNING, code, place, message, mend))

    def add(self, finding: Finding) -> None:
        """Note a finding that was made elsewhere."""
        self._found.setdefault((finding.code, finding.place, finding.message), finding)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings in the order in which they were made."""
        return iter(self._found.values())

    def __len__(self) -> int:
        """How many findings there are."""
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        """Whether any finding keeps the kit from being published."""
        return any(finding.is_error for finding in self)

    def sorted(self) -> list[Finding]:
        """The findings as a person reads them: by file and line, errors first."""
        return sorted(self, key=lambda found: (found.file != "kit.yaml", found.file, found.line, found.severity))


def nearest(name: str, names: "Iterator[str] | list[str] | set[str] | frozenset[str] | tuple[str, ...]") -> str:
    """The one of `names` that was probably meant by `name`, or nothing."""
    near = get_close_matches(name[:100], sorted(names), n=1, cutoff=0.6)
    return near[0] if near else ""
