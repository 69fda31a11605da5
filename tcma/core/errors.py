"""Refusals. Each has a message fit to show to the person who asked, and says what to do next."""

from collections.abc import Callable, Sequence


class DomainError(Exception):
    """Something was refused for a reason of the business; nothing was changed.

    `noted` writes down that it was refused, where somebody is to know: the edge calls it once all else is taken back.
    """

    status = 422
    noted: Callable[[], None] | None = None

    def __init__(self, message: object, *, field: str | None = None) -> None:
        """Keep the `message` (a string or a lazily translated one) and the form `field` it belongs to."""
        super().__init__(message)
        self._message = message
        self.field = field

    @property
    def message(self) -> str:
        """The message in the language of the reader."""
        return str(self._message)

    def __str__(self) -> str:
        return self.message


class NotFound(DomainError):
    """There is no such thing, or it belongs to somebody else: the answer is the same."""

    status = 404

    def __init__(self, message: object = "Not found.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The person's role does not allow this."""

    status = 403


class Conflict(DomainError):
    """The thing has moved on since it was read."""

    status = 409


class ReasonsNot(DomainError):
    """A question with several answers was answered with reasons against."""

    def __init__(self, reasons: Sequence[object]) -> None:
        super().__init__(" ".join(str(reason) for reason in reasons))
        self.reasons = [str(reason) for reason in reasons]
