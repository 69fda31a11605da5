"""How colours are written: red, green and blue for the screen, four inks for print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assets.colour import Rgba, mixed
from assets.renderers.pdf import press
from assets.renderers.pdf.writing import decimal, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.layout.operations import Gradient
    from assets.renderers.pdf.book import Book
    from assets.renderers.pdf.press import Inks as Amounts

_RUN_STEPS = 32


class Inks(Protocol):
    """The operators and numbers of one kind of PDF."""

    space: str
    is_press: bool

    def area(self, colour: Rgba, *, is_large: bool) -> str:
        """The operator that fills areas with the colour."""

    def line(self, colour: Rgba) -> str:
        """The operator that fills type and codes with the colour."""

    def stroke(self, colour: Rgba) -> str:
        """The operator that draws lines in the colour."""

    def run(self, book: Book, start: Rgba, end: Rgba) -> str:
        """The function of a run from one colour to the other."""

    def tinted_run(self, book: Book, gradient: Gradient, ground: Rgba) -> str:
        """The function of a run of tints, as they are seen on a plain ground."""


def straight_run(start: str, end: str) -> str:
    """A function that goes straight from one value to the other."""
    return f"<< /FunctionType 2 /Domain [0 1] /C0 [{start}] /C1 [{end}] /N 1 >>"


class Screen:
    """Red, green and blue."""

    space, is_press = "/DeviceRGB", False

    def area(self, colour: Rgba, *, is_large: bool) -> str:  # noqa: ARG002  # only ink cares
        """The operator that fills areas with the colour."""
        return f"{_rgb(colour)} rg"

    def line(self, colour: Rgba) -> str:
        """The operator that fills type and codes with the colour."""
        return f"{_rgb(colour)} rg"

    def stroke(self, colour: Rgba) -> str:
        """The operator that draws lines in the colour."""
        return f"{_rgb(colour)} RG"

    def run(self, book: Book, start: Rgba, end: Rgba) -> str:  # noqa: ARG002  # as above
        """The function of a run from one colour to the other."""
        return straight_run(_rgb(start), _rgb(end))

    def tinted_run(self, book: Book, gradient: Gradient, ground: Rgba) -> str:
        """The function of a run of tints; a screen would need none, for it knows transparency."""
        return self.run(book, gradient.start.over(ground), gradient.end.over(ground))


class Press:
    """Cyan, magenta, yellow and black."""

    space, is_press = "/DeviceCMYK", True

    def area(self, colour: Rgba, *, is_large: bool) -> str:
        """The operator that fills areas with the colour."""
        return f"{_amounts(press.area_inks(_opaque(colour), is_large=is_large))} k"

    def line(self, colour: Rgba) -> str:
        """The operator that fills type and codes with the colour."""
        return f"{_amounts(press.line_inks(_opaque(colour)))} k"

    def stroke(self, colour: Rgba) -> str:
        """The operator that draws lines in the colour."""
        return f"{_amounts(press.line_inks(_opaque(colour)))} K"

    def run(self, book: Book, start: Rgba, end: Rgba) -> str:
        """The function of a run: inks at many steps, for colours do not mix in ink as they do on a screen."""
        return _sampled(book, [_opaque(mixed(start, end, step / _RUN_STEPS)) for step in range(_RUN_STEPS + 1)])

    def tinted_run(self, book: Book, gradient: Gradient, ground: Rgba) -> str:
        """The function of a run of tints, as they are seen on a plain ground."""
        start, end = gradient.start, gradient.end
        return _sampled(book, [mixed(start, end, step / _RUN_STEPS).over(ground) for step in range(_RUN_STEPS + 1)])


def _sampled(book: Book, colours: Sequence[Rgba]) -> str:
    samples = bytes(round(amount * 255) for colour in colours for amount in press.tone_inks(colour))
    kind = f"/FunctionType 0 /Domain [0 1] /Range [0 1 0 1 0 1 0 1] /Size [{len(colours)}] /BitsPerSample 8"
    return book.add(packed(kind, samples))


def _opaque(colour: Rgba) -> Rgba:
    return Rgba(colour.r, colour.g, colour.b)


def _rgb(colour: Rgba) -> str:
    return " ".join(decimal(channel / 255) for channel in (colour.r, colour.g, colour.b))


def _amounts(inks: Amounts) -> str:
    return " ".join(decimal(amount) for amount in inks)
