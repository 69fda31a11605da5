"""Questions that a lower part asks before it acts; higher parts answer with reasons against, by the app's table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


class UnknownQuestion(Exception):
    """A question was asked that the table of checks does not name."""


_checks: dict[str, Sequence[Callable[..., list[str]]]] = {}


def configure(checks: Mapping[str, Sequence[Callable[..., list[str]]]]) -> None:
    """Take the table of questions and those who answer, once, when the application is made."""
    _checks.clear()
    _checks.update(checks)


def reasons_against(question: str, **about: Any) -> list[str]:
    """Return every reason that anybody has against it, in the reader's words; none means go ahead.

    A question that stands in no table is refused with `UnknownQuestion`: silence would pass for a yes.
    """
    if question not in _checks:
        raise UnknownQuestion(question)
    return [reason for check in _checks[question] for reason in check(**about)]
