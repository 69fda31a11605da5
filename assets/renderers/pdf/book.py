"""The PDF file: objects kept by ReportLab's document, written the same way each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.pdfbase import pdfdoc

from assets.renderers.pdf.fonts import FontBook
from assets.renderers.pdf.images import ImageBook
from assets.renderers.pdf.inks import Inks, Press, Screen
from assets.renderers.pdf.press import CONDITION, CONDITION_IN_WORDS, REGISTRY
from assets.renderers.pdf.writing import decimal, packed, stream

if TYPE_CHECKING:
    from assets.renderers.imprint import Imprint

_SHAPE = "PDF/X-1a:2003"


class Prebuilt(pdfdoc.PDFObject):  # type: ignore[misc]  # ReportLab has no types
    """An object whose bytes are known already."""

    __RefOnly__ = 1

    def __init__(self, data: bytes) -> None:
        self.data = data

    def format(self, document: object) -> bytes:  # noqa: ARG002  # called so by ReportLab
        """The bytes as they are."""
        return self.data


class _Document(pdfdoc.PDFDocument):  # type: ignore[misc]  # as above
    """ReportLab's document, put together in one go: large pictures are copied once."""

    def format(self) -> bytes:
        """The file's bytes."""
        self.Reference(self.Catalog)
        self.Reference(self.info)
        # The bytes of high value tell those who move files that this one is not text.
        parts = [f"%PDF-{self._pdfVersion[0]}.{self._pdfVersion[1]}\n".encode("ascii"), b"%\xe2\xe3\xcf\xd3\n"]
        at, offsets, number = sum(map(len, parts)), [], 1
        while number in self.numberToId:  # more may come while these are written
            offsets.append(at)
            content = pdfdoc.format(self.idToObject[self.numberToId[number]], self, toplevel=True)
            piece = (f"{number} 0 obj\n".encode("ascii"), content, b"\nendobj\n")
            parts += piece
            at += sum(map(len, piece))
            number += 1
        root, info = (pdfdoc.format(self.Reference(each), self).decode() for each in (self.Catalog, self.info))
        rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
        identity = self.signature.hexdigest()
        parts.append(
            f"xref\n0 {number}\n0000000000 65535 f \n{rows}trailer\n<< /Size {number} /Root {root} /Info {info} "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{at}\n%%EOF\n".encode("ascii")
        )
        return b"".join(parts)


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]  # as above
    """What the file says of itself, with more keys than ReportLab knows."""

    def __init__(self, more: dict[str, str]) -> None:
        super().__init__()
        self._more = more

    def format(self, document: object) -> bytes:
        """The dictionary's bytes."""
        known: bytes = super().format(document)
        more = "".join(f" /{name} ({value})" for name, value in self._more.items()).encode("ascii")
        return known[: known.rindex(b">>")] + more + b" >>" if more else known


# The printing condition by its name in the registry, which stands for the profile.
_INTENT = (
    f"<< /Type /OutputIntent /S /GTS_PDFX /OutputConditionIdentifier ({CONDITION}) "
    f"/OutputCondition ({CONDITION_IN_WORDS}) /RegistryName ({REGISTRY}) /Info ({CONDITION_IN_WORDS}) >>"
).encode("ascii")


class Book:
    """A PDF being written."""

    def __init__(self, title: str, language: str, imprint: Imprint, *, is_press: bool, is_all_ours: bool) -> None:
        version = (1, 4) if is_press else (1, 6)
        self._document = _Document(dummyoutline=0, compression=1, invariant=1, lang=language, pdfVersion=version)
        info = self._document.info = _Info({"GTS_PDFXVersion": _SHAPE} if is_press and is_all_ours else {})
        info.title, info.author, info.subject, info.keywords = title, "", "", imprint.code
        info.creator = info.producer = "TCMA"
        self._document.updateSignature(imprint.check_url)
        catalog = self._document.Catalog
        catalog.Metadata = Prebuilt(stream("/Type /Metadata /Subtype /XML", imprint.xmp(title)))
        if is_press:
            intent = self._document.Reference(Prebuilt(_INTENT))
            catalog.__Defaults__ = catalog.__Defaults__ | {"OutputIntents": pdfdoc.PDFArray([intent])}
        self.inks: Inks = Press() if is_press else Screen()
        self.fonts = FontBook(self)
        self.images = ImageBook(self)

    def add(self, data: bytes) -> str:
        """Keep an object; the way to refer to it."""
        reference = self._document.Reference(Prebuilt(data))
        number, version = self._document.idToObjectNumberAndVersion[reference.name]
        return f"{number} {version} R"

    def reserve(self) -> tuple[str, Prebuilt]:
        """A place for an object whose bytes are known only at the end."""
        later = Prebuilt(b"")
        reference = self._document.Reference(later)
        number, version = self._document.idToObjectNumberAndVersion[reference.name]
        return f"{number} {version} R", later

    def add_page(self, boxes: dict[str, tuple[float, float, float, float]], content: bytes, resources: str) -> None:
        """One more page with its boxes, painting operators and resources."""
        contents = self.add(packed("", content))
        self._document.updateSignature(content)
        parent = self._document.Reference(self._document.Pages)
        number, version = self._document.idToObjectNumberAndVersion[parent.name]
        edges = " ".join(f"/{name} [{' '.join(decimal(edge) for edge in box)}]" for name, box in boxes.items())
        page = (
            f"<< /Type /Page /Parent {number} {version} R {edges} /Contents {contents} /Resources << {resources} >> >>"
        )
        self._document.addPage(Prebuilt(page.encode("ascii")))

    def finish(self) -> bytes:
        """The file's bytes."""
        self.fonts.finish()
        data: bytes = self._document.GetPDFData(None)
        return data
