"""Artwork: really of the format that its name says, whole, and neither too large nor too small for its place."""

from re import DOTALL, IGNORECASE
from re import compile as compile_pattern
from typing import Final

from assets.design import Design
from assets.design.model import Box, ImageLayer, all_layers
from campaigns.manifest.findings import Findings, Place
from campaigns.manifest.kit import Kit
from campaigns.manifest.pages import Hero
from campaigns.manifest.pictures import FORMAT_OF_ENDING, Picture, read_picture
from campaigns.manifest.rules.references import mail_sources
from tcma.core.words import lazy_gettext as _

MAX_SIDE: Final = 8_000
MAX_PIXELS: Final = 40_000_000
HERO_LEAST: Final = 800
HERO_GOOD: Final = 1_200
_MAIL_MOST_BYTES: Final = 1024 * 1024
_IN_MAILS: Final = ("PNG", "JPEG")
_ON_PAGES: Final = ("PNG", "JPEG", "WebP", "AVIF", "SVG")
_UNSAFE_SVG: Final = compile_pattern(
    rb"<!ENTITY|<!DOCTYPE[^>]*\[|<script|<foreignObject|<iframe|<embed|<object|\son[a-z]+\s*=|javascript:"
    rb"|(?:href|src)\s*=\s*[\"']\s*(?!#|data:image/(?:png|jpeg);)[^\"'\s]|url\(\s*[\"']?\s*(?!#)[^)\s\"']|@import",
    IGNORECASE,
)
# What is packed may look like anything; only what stands outside of streams are the PDF's own words.
_PDF_STREAM: Final = compile_pattern(rb"\bstream\r?\n.*?endstream", DOTALL)
_UNSAFE_PDF: Final = compile_pattern(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|Encrypt)\b")


def check_artwork(kit: Kit, designs: dict[str, Design], findings: Findings) -> None:
    """Look at every file in artwork/, and at every place that shows one."""
    pictures = {
        path: picture
        for path, data in kit.package.under("artwork").items()
        if (picture := _checked(path, data, findings)) is not None
    }
    _check_pages(kit, pictures, findings)
    _check_mails(kit, pictures, findings)
    for path, design in designs.items():
        _check_design(path, design, pictures, findings)


def _checked(path: str, data: bytes, findings: Findings) -> Picture | None:
    ending = path.rpartition(".")[2].casefold()
    wanted = FORMAT_OF_ENDING.get(ending)
    picture = read_picture(data)
    place = Place(path)
    if wanted is None:
        return None
    if picture is None:
        findings.error(
            "artwork-format",
            place,
            _("The file is not a picture that can be read."),
            _("Save it again as %(format)s.", format=wanted),
        )
        return None
    if picture.format != wanted:
        findings.error(
            "artwork-format",
            place,
            _("The file is called .%(ending)s and is %(format)s.", ending=ending, format=picture.format),
            _("Rename it, or save it again as %(format)s.", format=wanted),
        )
    if not picture.complete:
        findings.error(
            "artwork-format", place, _("The end of the file is missing."), _("Save it again; the copy was cut off.")
        )
    _check_pixels(picture, place, findings)
    _check_harmless(picture, data, place, findings)
    return picture


def _check_pixels(picture: Picture, place: Place, findings: Findings) -> None:
    if picture.size is None:
        return
    width, height = picture.size
    if not width or not height:
        findings.error("artwork-size", place, _("The picture has no pixels."), _("Save it again."))
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        findings.error(
            "artwork-size",
            place,
            _("The picture is %(width)s × %(height)s pixels large.", width=width, height=height),
            _(
                "Make it %(side)s pixels a side and %(millions)s megapixels at most.",
                side=MAX_SIDE,
                millions=MAX_PIXELS // 1_000_000,
            ),
        )


def _check_harmless(picture: Picture, data: bytes, place: Place, findings: Findings) -> None:
    if picture.format == "SVG" and _UNSAFE_SVG.search(data):
        findings.error(
            "artwork-unsafe",
            place,
            _("The SVG holds scripts, entities or links to other files."),
            _("Export it as a plain SVG, with everything it shows inside."),
        )
    if picture.format == "PDF" and _UNSAFE_PDF.search(_PDF_STREAM.sub(b"", data)):
        findings.error(
            "artwork-unsafe",
            place,
            _("The PDF is encrypted or holds scripts or attached files."),
            _("Print it to a new PDF."),
        )


def _check_pages(kit: Kit, pictures: dict[str, Picture], findings: Findings) -> None:
    for page in kit.pages.values():
        for section in page.sections:
            for owner in (section, *getattr(section, "items", ())):
                path = getattr(owner, "image", None)
                if not path or path not in pictures:
                    continue
                _check_format(pictures[path], _ON_PAGES, owner.place, path, findings)
                if isinstance(owner, Hero):
                    _check_hero(pictures[path], owner.place, path, findings)


def _check_format(picture: Picture, allowed: tuple[str, ...], place: Place, path: str, findings: Findings) -> None:
    if picture.format not in allowed:
        findings.error(
            "artwork-format",
            place,
            _("“%(path)s” is %(format)s, which cannot be shown here.", path=path, format=picture.format),
            _("Use one of: %(formats)s.", formats=", ".join(allowed)),
        )


def _check_hero(picture: Picture, place: Place, path: str, findings: Findings) -> None:
    if picture.size is None or picture.size[0] >= HERO_GOOD:
        return
    message = _(
        "“%(path)s” is %(width)s pixels wide and will look blurred at the head of a page.",
        path=path,
        width=picture.size[0],
    )
    mend = _("Use a picture of %(width)s pixels or more.", width=HERO_GOOD)
    (findings.error if picture.size[0] < HERO_LEAST else findings.warning)("artwork-size", place, message, mend)


def _check_mails(kit: Kit, pictures: dict[str, Picture], findings: Findings) -> None:
    for path, source in kit.mails.items():
        for used, place in mail_sources(path, source):
            if used not in pictures:
                continue
            _check_format(pictures[used], _IN_MAILS, place, used, findings)
            if len(kit.package.files[used]) > _MAIL_MOST_BYTES:
                findings.warning(
                    "artwork-size",
                    place,
                    _("“%(path)s” is larger than 1 MB; mails with it open slowly.", path=used),
                    _("Make it smaller; 1200 pixels wide is enough."),
                )


def _check_design(path: str, design: Design, pictures: dict[str, Picture], findings: Findings) -> None:
    for page in design.pages:
        whole = Box(0, 0, *page.size).grown(page.bleed)
        line = max(page.layers[0].line - 1, 1) if page.layers else 1
        place = Place(path, line)
        if page.ground.pdf in pictures:
            _check_format(pictures[page.ground.pdf], ("PDF",), place, page.ground.pdf, findings)
        _check_drawn(
            design, page.ground.image, whole, fit=page.ground.fit, pictures=pictures, place=place, findings=findings
        )
        for layer in all_layers(page.layers):
            if isinstance(layer, ImageLayer):
                place = Place(path, layer.line)
                _check_drawn(
                    design, layer.src, layer.box, fit=layer.fit, pictures=pictures, place=place, findings=findings
                )


def _check_drawn(
    design: Design,
    used: str | None,
    box: Box,
    *,
    fit: str,
    pictures: dict[str, Picture],
    place: Place,
    findings: Findings,
) -> None:
    """A picture must have half as many pixels as its box at the usual size, and should have all of them."""
    if not used or used not in pictures:
        return
    picture = pictures[used]
    _check_format(picture, _ON_PAGES, place, used, findings)
    if picture.size is None or not all(picture.size) or not box.w or not box.h:
        return
    # At 1x a pixel page shows one pixel per unit; print wants 150 dots per inch and is blurred below 75.
    wanted = design.pixels * (150 / 96 if design.unit == "mm" else 1)
    scales = (picture.size[0] / (box.w * wanted), picture.size[1] / (box.h * wanted))
    scale = min(scales) if fit == "cover" else max(scales)
    if scale >= 1:
        return
    needed = f"{round(picture.size[0] / scale)} × {round(picture.size[1] / scale)}"
    message = _(
        "“%(path)s” has %(width)s × %(height)s pixels, too few for its box.",
        path=used,
        width=picture.size[0],
        height=picture.size[1],
    )
    mend = _("Use one of %(needed)s pixels or more, or make the box smaller.", needed=needed)
    (findings.error if scale < 0.5 else findings.warning)("artwork-size", place, message, mend)
