"""Why a file was not taken, in words that say what to do."""

from collections.abc import Callable, Mapping

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class FileRefused(DomainError):
    """The file was not taken; nothing of it was kept."""


class NotAllowedType(FileRefused):
    """The content is not of a kind that is taken here."""


class TooManyBytes(FileRefused):
    """The file is too large."""


class TooManyPixels(FileRefused):
    """The picture has too many pixels."""


class TooFewPixels(FileRefused):
    """The picture has too few pixels to look right."""


class TooManyFrames(FileRefused):
    """The animation is too long."""


class TooManyPages(FileRefused):
    """The document has too many pages, or not the page that was asked for."""


class TooManyRows(FileRefused):
    """The table is too long or too wide."""


class TooComplex(FileRefused):
    """Opening the file takes more time or memory than any file may have."""


class DamagedFile(FileRefused):
    """The file cannot be opened."""


class EncryptedFile(FileRefused):
    """The file asks for a password."""


class ActiveContent(FileRefused):
    """The file holds something that acts: a script, an action, another file, an address to load."""


class PolyglotFile(FileRefused):
    """The file is two formats at the same time."""


class UnreadableTable(FileRefused):
    """The table cannot be read as rows and columns."""


class DecoderBusy(FileRefused):
    """More files are being opened than this machine can."""

    status = 429


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1_000_000:.1f}".removesuffix(".0")


def _of(
    kind: type[FileRefused], words: Callable[[Mapping[str, int]], object]
) -> Callable[[Mapping[str, int]], FileRefused]:
    return lambda figures: kind(words(figures), field="file")


_REFUSALS: Mapping[str, Callable[[Mapping[str, int]], FileRefused]] = {
    "not_allowed": _of(NotAllowedType, lambda _figures: _("This kind of file is not taken here. Choose another file.")),
    "too_many_bytes": _of(
        TooManyBytes,
        lambda figures: _("The file is too large. The limit is %(most)s MB.", most=_megabytes(figures["most"])),
    ),
    "too_many_pixels": _of(
        TooManyPixels,
        lambda figures: _(
            "The picture has too many pixels. Save it with no more than %(most)s megapixels.",
            most=_megapixels(figures["most"]),
        ),
    ),
    "too_few_pixels": _of(
        TooFewPixels,
        lambda figures: _(
            "The picture is too small. Choose one with at least %(least)s megapixels.",
            least=f"{figures['least'] / 1e6:g}",
        ),
    ),
    "too_many_frames": _of(
        TooManyFrames,
        lambda figures: _("The animation is too long. Save one picture, or at most %(most)d.", most=figures["most"]),
    ),
    "too_many_pages": _of(
        TooManyPages,
        lambda figures: _("The document is too long. The limit is %(most)d pages.", most=figures["most"]),
    ),
    "no_such_page": _of(
        TooManyPages,
        lambda figures: _("There is no such page. The document has %(pages)d.", pages=figures["pages"]),
    ),
    "too_many_rows": _of(
        TooManyRows,
        lambda figures: _("The table is too long. Split it into files of %(most)d rows.", most=figures["most"]),
    ),
    "too_many_columns": _of(
        TooManyRows,
        lambda figures: _("The table is too wide. The limit is %(most)d columns.", most=figures["most"]),
    ),
    "too_complex": _of(TooComplex, lambda _figures: _("The file is too complicated. Save it again in a simpler form.")),
    "too_much_work": _of(
        TooComplex, lambda _figures: _("Opening the file took too long. Save it again in a simpler form.")
    ),
    "bomb": _of(TooComplex, lambda _figures: _("The file unpacks to far more than its size. Save it again as CSV.")),
    "damaged": _of(
        DamagedFile, lambda _figures: _("The file cannot be opened. Save it again and upload it once more.")
    ),
    "empty": _of(
        DamagedFile,
        lambda _figures: _("There is nothing to be seen in this file. Check it and save it again."),
    ),
    "no_size": _of(
        DamagedFile,
        lambda _figures: _("The file does not say how large it is. Save it again with a width and a height."),
    ),
    "encrypted": _of(EncryptedFile, lambda _figures: _("The file asks for a password. Save it without one.")),
    "active": _of(
        ActiveContent,
        lambda _figures: _("The file holds a script or an action. Save it again without, or as a plain picture."),
    ),
    "attachment": _of(ActiveContent, lambda _figures: _("Another file is attached inside. Save it again without.")),
    "outside": _of(
        ActiveContent,
        lambda _figures: _("The file loads something from elsewhere. Embed it, or save it as a plain picture."),
    ),
    "polyglot": _of(
        PolyglotFile,
        lambda _figures: _("The file holds a second file of another kind. Save it again as a plain picture or PDF."),
    ),
    "no_table": _of(UnreadableTable, lambda _figures: _("No rows were found. Save the table as CSV (UTF-8) or XLSX.")),
    "not_text": _of(
        UnreadableTable,
        lambda _figures: _("The letters of this file cannot be read. Save it as CSV (UTF-8)."),
    ),
    "broken_row": _of(
        UnreadableTable,
        lambda figures: _("Line %(line)d cannot be read: check its quotation marks.", line=figures["line"]),
    ),
    "busy": _of(DecoderBusy, lambda _figures: _("Many files are being opened right now. Try again in a minute.")),
}


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):g}"


def refusal(code: str, **figures: int) -> FileRefused:
    """Return the named refusal for a code of the child process; an unknown code is a damaged file."""
    return _REFUSALS.get(code, _REFUSALS["damaged"])(figures)
