"""Typefaces inside a PDF: subsets cut at their weight, addressed by glyph."""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import uharfbuzz as hb

from assets.fonts import typeface
from assets.layout.shaping import shape

if TYPE_CHECKING:
    from assets.layout.shaping import Glyph, Run
    from assets.renderers.pdf.book import Book, Prebuilt

_UNUSED_TABLES = (
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "STAT",
    "MATH",
    "DSIG",
    "name",
    "post",
    "OS/2",
    "cmap",
    "vhea",
    "vmtx",
    "VORG",
    "meta",
    "gasp",
)
# Western text shares one subset per weight, cut once in the life of the process.
_LIGATURES = ("ff", "fi", "fl", "ffi", "ffl")
_WESTERN = (*map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)]), *"–—‘’‚“”„…•‹›€™‑", *_LIGATURES)


class _Subset:
    """The glyphs of one face and weight that a file uses, numbered as they come."""

    def __init__(self, name: str, face: str, weight: int, place: Prebuilt) -> None:
        self.name, self.face, self.weight, self.place = name, face, weight, place
        self.codes: dict[tuple[int, str], int] = {}

    def code(self, glyph: Glyph) -> int:
        """The code of the glyph standing for its text.

        One glyph may stand for many texts (letters that differ by their dots), so that each gets a code.
        """
        return self.codes.setdefault((glyph.number, glyph.text), len(self.codes) + 1)


class FontBook:
    """The typefaces of one file."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._subsets: dict[tuple[str, int, bool], _Subset] = {}
        self._references: dict[str, str] = {}

    def code(self, run: Run, glyph: Glyph) -> tuple[str, int]:
        """The font's name in the page's resources and the glyph's code in it."""
        subset = self._subset(run, western=False)
        return subset.name, subset.code(glyph)

    def western_name(self, run: Run) -> str:
        """The name of the shared western font of the run's weight."""
        return self._subset(run, western=True).name

    def _subset(self, run: Run, *, western: bool) -> _Subset:
        key = (run.face, run.weight, western)
        found = self._subsets.get(key)
        if found is None:
            reference, place = self._book.reserve()
            name = f"F{len(self._subsets) + 1}"
            found = self._subsets[key] = _Subset(name, run.face, run.weight, place)
            self._references[name] = reference
        return found

    @property
    def resources(self) -> str:
        """The fonts as a page's resources name them."""
        entries = " ".join(f"/{name} {reference}" for name, reference in self._references.items())
        return f"/Font << {entries} >>" if entries else ""

    def finish(self) -> None:
        """Write the fonts with all glyphs that were used."""
        for (face, weight, western), subset in self._subsets.items():
            parts = _western_parts(weight) if western else _parts(face, weight, tuple(subset.codes))
            subset.place.data = self._font(parts)

    def _font(self, parts: _FontParts) -> bytes:
        file = self._book.add(parts.file)
        to_unicode = self._book.add(parts.to_unicode)
        glyph_map = self._book.add(parts.glyph_map)
        descriptor = self._book.add(parts.descriptor.replace(b"@FILE@", file.encode("ascii")))
        descendant = self._book.add(
            parts.descendant.replace(b"@DESCRIPTOR@", descriptor.encode("ascii")).replace(
                b"@MAP@", glyph_map.encode("ascii")
            )
        )
        return (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{parts.name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant}] /ToUnicode {to_unicode} >>"
        ).encode("ascii")


class _FontParts:
    """The ready bytes of a font's objects; `@…@` stands where references go."""

    def __init__(self, face: str, weight: int, glyphs: tuple[tuple[int, str], ...]) -> None:
        data, numbers = _cut(face, weight, tuple(sorted({number for number, _ in glyphs})))
        known = typeface(face)
        font, em = known.font(weight), 1000 / known.upem
        digest = hashlib.sha256(data).digest()
        tag = "".join(chr(65 + byte % 26) for byte in digest[:6])
        self.name = f"{tag}+Noto-{face.replace('_', '')}-{weight}"
        self.file = _packed(f"/Length1 {len(data)}", data)
        widths = " ".join(f"{font.get_glyph_h_advance(number) * em:g}" for number, _ in glyphs)
        self.glyph_map = _packed("", b"\0\0" + b"".join(numbers[number].to_bytes(2, "big") for number, _ in glyphs))
        self.to_unicode = _packed("", _unicode_map(glyphs))
        extents = font.get_font_extents("ltr")
        self.descriptor = (
            f"<< /Type /FontDescriptor /FontName /{self.name} /Flags 4 /ItalicAngle 0 "
            f"/FontBBox [-1000 -500 3000 1500] /Ascent {extents.ascender * em:g} /Descent {extents.descender * em:g} "
            f"/CapHeight 714 /StemV {40 + weight // 8} /FontFile2 @FILE@ >>"
        ).encode("ascii")
        self.descendant = (
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{self.name} "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor @DESCRIPTOR@ /DW 1000 /W [1 [{widths}]] /CIDToGIDMap @MAP@ >>"
        ).encode("ascii")


@lru_cache(maxsize=2048)
def own_advance(face: str, weight: int, number: int) -> float:
    """The advance that the font itself gives a glyph, in em."""
    known = typeface(face)
    return float(known.font(weight).get_glyph_h_advance(number)) / known.upem


def _packed(dictionary: str, content: bytes) -> bytes:
    data = zlib.compress(content, 6)
    head = f"<< {dictionary} /Filter /FlateDecode /Length {len(data)} >>\nstream\n".encode("ascii")
    return head + data + b"\nendstream"


@lru_cache(maxsize=64)
def _parts(face: str, weight: int, glyphs: tuple[tuple[int, str], ...]) -> _FontParts:
    return _FontParts(face, weight, glyphs)


def _western_parts(weight: int) -> _FontParts:
    return _parts("sans", weight, _western_glyphs(weight))


@lru_cache(maxsize=16)
def _western_glyphs(weight: int) -> tuple[tuple[int, str], ...]:
    found: dict[int, str] = {}
    for text in _WESTERN:
        glyphs = shape(text, "sans", weight, language="en", tracking=0.0, right_to_left=False).glyphs
        if len(glyphs) == 1 and glyphs[0].number:
            found.setdefault(glyphs[0].number, text)
    return tuple(found.items())


@lru_cache(maxsize=16)
def _western(weight: int) -> dict[tuple[int, str], int]:
    return {glyph: code for code, glyph in enumerate(_western_glyphs(weight), start=1)}


@lru_cache(maxsize=2048)
def western_codes(run: Run) -> str | None:
    """A run in the shared western font, as the TJ operator takes it; None where it holds other glyphs."""
    if run.face != "sans":
        return None
    known, parts, codes = _western(run.weight), [], ""
    for glyph in run.glyphs:
        code = known.get((glyph.number, glyph.text))
        if code is None or glyph.dx or glyph.dy:
            return None
        codes += f"{code:04X}"
        shift = own_advance(run.face, run.weight, glyph.number) - glyph.advance
        if abs(shift) > 1e-5:
            parts.append(f"<{codes}>{shift * 1000:.4g}")
            codes = ""
    return "".join([*parts, f"<{codes}>" if codes else ""])


def _cut(face: str, weight: int, glyphs: tuple[int, ...]) -> tuple[bytes, dict[int, int]]:
    """A static font with just these glyphs, and their numbers in it."""
    source = typeface(face).face
    wanted = hb.SubsetInput()
    wanted.pin_all_axes_to_default(source)
    wanted.pin_axis_location(source, "wght", float(weight))
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.drop_table_tag_set.update({hb_tag(tag) for tag in _UNUSED_TABLES})
    wanted.glyph_set.update({0, *glyphs})
    plan = hb.SubsetPlan(source, wanted)
    mapping = plan.old_to_new_glyph_mapping
    return bytes(plan.execute().blob.data), {number: int(mapping[number]) for number in glyphs}


def hb_tag(text: str) -> int:
    """A table's tag as HarfBuzz counts it."""
    return int.from_bytes(text.encode("ascii").ljust(4), "big")


def _unicode_map(glyphs: tuple[tuple[int, str], ...]) -> bytes:
    rows = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, (_, text) in enumerate(glyphs, start=1)
    ]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
