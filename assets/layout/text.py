"""Words into lines that fit their box: shrunk down to a minimum, then refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from assets.layout import bidi
from assets.layout.shaping import Ink, Run
from assets.layout.units import Paragraph, Prepared, Unit, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.design.model import Font

# The usual reach of letters above and below the baseline, so that lines without
# descenders stand where lines with them do.
ASCENT, DESCENT = 0.76, 0.24
_BULLET_INDENT = 1.1
_PARAGRAPH_GAP = 0.55
_HAIR = 1e-6
_WIDOW = 0.25


class LineRun(NamedTuple):
    """A run of a line, `x` em from the line's left edge."""

    run: Run
    x: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line in painting order; `baseline` in em from the top of the block."""

    runs: tuple[LineRun, ...]
    width: float
    ink: Ink
    right_to_left: bool
    indent: float
    text: str
    baseline: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Text set at a size; `height` in em."""

    size: float
    lines: tuple[Line, ...]
    height: float

    @property
    def width(self) -> float:
        """The widest line in em."""
        return max((line.width + line.indent for line in self.lines), default=0.0)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why text cannot be set: a word wider than the box, or too many lines."""

    word: str = ""
    lines: int = 0


def fit(
    paragraphs: Sequence[Paragraph],
    font: Font,
    language: str,
    *,
    width: float,
    height: float,
    unit: float = 1.0,
    right_to_left: bool = False,
    most_lines: int | None = None,
) -> Setting | Misfit:
    """The text at the largest size from `font.size` down to the minimum that fits the box.

    `unit` is how many units of the page one unit of font size is.
    """
    prepared = [prepare(each, font, language, right_to_left=right_to_left) for each in paragraphs]
    sizes, into = _sizes(font), _Room(width, height, most_lines)
    place = _largest(prepared, font, sizes, unit, into)
    # Ink that reaches out of its lines is known only once they are built, and rarely asks for another step.
    while place < len(sizes):
        found = _set(prepared, font, sizes[place] * unit, into)
        if isinstance(found, Setting):
            return found
        place += 1
    return _set(prepared, font, sizes[-1] * unit, into)


def _largest(prepared: list[Prepared], font: Font, sizes: tuple[float, ...], unit: float, into: _Room) -> int:
    """The place of the largest size at which the lines fit by their number; one past the end if none does."""
    if _fits(prepared, font, sizes[0] * unit, into):
        return 0
    lowest, highest = 1, len(sizes)
    while lowest < highest:
        middle = (lowest + highest) // 2
        if _fits(prepared, font, sizes[middle] * unit, into):
            highest = middle
        else:
            lowest = middle + 1
    return lowest


def _fits(prepared: list[Prepared], font: Font, size: float, into: _Room) -> bool:
    """Whether `_wrapped` finds lines, told by counting them where no word has to be broken."""
    count = 0
    for paragraph in prepared:
        lines = _count(paragraph.steps, _room_of(paragraph, size, into))
        if lines is None:
            return not isinstance(_wrapped(prepared, font, size, into), Misfit)
        count += lines
    return not _too_many(count, font, size, into)


def _count(steps: Sequence[tuple[float, float]], room: float) -> int | None:
    """How many lines `_wrap` makes; None where a piece is wider than a whole one."""
    count, used, limit = 1, 0.0, room + _HAIR
    for needed, taken in steps:
        if used + needed <= limit:
            used += taken
        elif needed > room:
            return None
        else:
            count += 1
            used = taken
    return count


def _too_many(count: int, font: Font, size: float, into: _Room) -> bool:
    """Whether so many lines are higher than the room, or more than are allowed."""
    least = ASCENT + DESCENT + (count - 1) * font.leading
    return least * size > into.height + _HAIR or count > (into.most_lines or count)


@lru_cache(maxsize=256)
def _sizes(font: Font) -> tuple[float, ...]:
    """The sizes to try, largest first, in halves (quarters when small)."""
    step = 0.5 if font.size >= 16 else 0.25
    count = int((font.size - font.smallest) / step + 1e-9)
    sizes = [font.size - step * index for index in range(count + 1)]
    return tuple(sizes if sizes[-1] - font.smallest < 1e-9 else [*sizes, font.smallest])


@dataclass(frozen=True, slots=True)
class _Room:
    """What the text has to fit into."""

    width: float
    height: float
    most_lines: int | None


_Rows = list[list[Unit]]


def _wrapped(prepared: list[Prepared], font: Font, size: float, into: _Room) -> list[_Rows] | Misfit:
    """The lines of each paragraph, if there are not too many of them."""
    wrapped: list[_Rows] = []
    for paragraph in prepared:
        rows = _wrap(paragraph.units, _room_of(paragraph, size, into))
        if isinstance(rows, Unit):
            return Misfit(word=rows.text.strip())
        wrapped.append(rows)
    count = sum(len(rows) for rows in wrapped)
    return Misfit(lines=count) if _too_many(count, font, size, into) else wrapped


def _set(prepared: list[Prepared], font: Font, size: float, into: _Room) -> Setting | Misfit:
    wrapped = _wrapped(prepared, font, size, into)
    return wrapped if isinstance(wrapped, Misfit) else _built(prepared, wrapped, font, size, into)


def _room_of(paragraph: Prepared, size: float, into: _Room) -> float:
    """How long a paragraph's lines may be, in em."""
    return into.width / size - (_BULLET_INDENT if paragraph.bullet else 0.0) - paragraph.overhang


def _built(prepared: list[Prepared], wrapped: list[_Rows], font: Font, size: float, into: _Room) -> Setting | Misfit:
    """The lines themselves, evened out where that is wanted."""
    lines: list[Line] = []
    gaps: list[float] = []
    for paragraph, first_rows in zip(prepared, wrapped, strict=True):
        indent = _BULLET_INDENT if paragraph.bullet else 0.0
        room, rows = _room_of(paragraph, size, into), first_rows
        if font.balance and 1 < len(rows) <= 6:
            rows = _balanced(paragraph.units, room, rows)
        elif len(rows) > 1 and len(rows[-1]) == 1:
            rows = _without_widow(paragraph.units, room, rows)
        for number, row in enumerate(rows):
            gaps.append(_PARAGRAPH_GAP if number == 0 and lines and paragraph.spaced else 0.0)
            lines.append(_line(row, paragraph, indent, first=number == 0))
    setting = _stacked(lines, gaps, font.leading, size)
    return setting if setting.height * size <= into.height + _HAIR else Misfit(lines=len(lines))


def _stacked(lines: list[Line], gaps: list[float], leading: float, size: float) -> Setting:
    if not lines:
        return Setting(size, (), 0.0)
    # Tall scripts and stacked accents push the lines apart rather than touch.
    step = max([leading, *(lower.ink.top - upper.ink.bottom + 0.02 for upper, lower in pairwise(lines))])
    baseline = max(ASCENT, lines[0].ink.top)
    placed = []
    for number, (line, gap) in enumerate(zip(lines, gaps, strict=True)):
        baseline += (step if number else 0.0) + gap
        placed.append(replace(line, baseline=baseline))
    return Setting(size, tuple(placed), baseline + max(DESCENT, -lines[-1].ink.bottom))


def _wrap(pieces: Sequence[Unit], room: float) -> _Rows | Unit:
    rows: _Rows = [[]]
    used = 0.0
    queue = list(reversed(pieces))
    while queue:
        piece = queue.pop()
        needed = piece.width + (piece.hyphen.run.advance if piece.hyphen else 0.0)
        if used + needed <= room + _HAIR:
            rows[-1].append(piece)
            used += piece.width + piece.space
        elif piece.finer and needed > room:
            queue.extend(reversed(piece.finer))
        elif rows[-1]:
            rows.append([])
            used = 0.0
            queue.append(piece)
        else:
            return piece
    return rows if rows[-1] or len(rows) == 1 else rows[:-1]


def _balanced(pieces: Sequence[Unit], room: float, rows: _Rows) -> _Rows:
    """The same number of lines in the narrowest measure, so that they are about as long."""
    narrow, wide, best = room / len(rows) * 0.5, room, rows
    for _ in range(9):
        middle = (narrow + wide) / 2
        found = _wrap(pieces, middle)
        if isinstance(found, Unit) or len(found) > len(rows):
            narrow = middle
        else:
            wide, best = middle, found
    return best


def _without_widow(pieces: Sequence[Unit], room: float, rows: _Rows) -> _Rows:
    """A last line of more than one short word, where a slightly narrower measure gives it in as many lines."""
    if rows[-1][0].width > room * _WIDOW:
        return rows
    for share in (0.97, 0.94, 0.91, 0.88, 0.85):
        found = _wrap(pieces, room * share)
        if not isinstance(found, Unit) and len(found) == len(rows) and len(found[-1]) > 1:
            return found
    return rows


def _line(row: list[Unit], paragraph: Prepared, indent: float, *, first: bool) -> Line:
    items = [item for piece in row for item in piece.items]
    while items and items[-1].run.is_space:
        items.pop()
    if row and row[-1].hyphen and row[-1] is not paragraph.units[-1]:
        items.append(row[-1].hyphen)
    text = "".join([item.run.text for item in items])
    if any(item.level for item in items):
        items = [items[place] for place in bidi.visual_order([item.level for item in items])]
    runs, pen = [], 0.0
    left, right, top, bottom = inf, 0.0, 0.0, 0.0
    for item in items:
        run = item.run
        runs.append(LineRun(run, pen))
        if not run.is_space:
            ink = run.ink
            # Comparing is several times as quick as min and max, and this is done for every word.
            left = min(left, pen + ink.left)
            right = max(right, pen + ink.right)
            top = max(top, ink.top)
            bottom = min(bottom, ink.bottom)
        pen += run.advance
    if paragraph.bullet and first:
        # The bullet hangs in the indent, on the side where the line starts.
        away = pen + indent - paragraph.bullet.advance if paragraph.right_to_left else -indent
        runs.append(LineRun(paragraph.bullet, away))
    left = 0.0 if left == inf else left
    return Line(tuple(runs), pen, Ink(left, right, top, bottom), paragraph.right_to_left, indent, text)
