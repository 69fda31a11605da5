"""A two-page flyer with bleed: the product's own way against typst, naive ReportLab and a bare join of the bytes."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from statistics import median
from typing import Any

from PIL import Image
from reportlab import rl_config
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from assets.artwork import Picture
from assets.fonts import typeface
from assets.renderers.pdf import images
from assets.rendering import render
from benchmarks import collateral
from benchmarks.measure import interleaved, per_call, row

NAME = "two-page bleed flyer PDF"
FORMATS = {"in inks for print": "print_pdf", "for the screen": "pdf"}
_MARGIN, _BLEED = 10 * mm, 3 * mm
_BESIDE_THE_PHOTO = 100_000
_COLD_STARTS = 3


def run() -> list[dict[str, Any]]:
    """Measure the warm flyer against its floors, its size, and a cold start."""
    for number in range(2 * collateral.LOGOS):
        for format_ in FORMATS.values():
            ours(number, format_)
    ways = {
        **{format_: per_call(_ours(format_), 30) for format_ in FORMATS.values()},
        "naive": per_call(lambda number: naive(2_000_000 + number), 3),
        "join": per_call(_join(), 30),
    }
    typst = _typst()
    if typst is not None:
        ways["typst"] = per_call(typst, 10)
    figures = interleaved(ways, rounds=7)
    return [
        *(line for words, format_ in FORMATS.items() for line in _warm(f"{NAME} {words}", figures[format_], figures)),
        *(_size(f"{NAME} {words}", format_) for words, format_ in FORMATS.items()),
        *(_cold(f"{NAME} {words}", format_) for words, format_ in FORMATS.items()),
    ]


def _warm(name: str, ours: float, figures: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        row(
            f"{name}, warm, times faster than typst",
            "files/s",
            ours=1e6 / ours,
            floor=1e6 / figures["typst"] if "typst" in figures else None,
            goal=4,
            note="" if "typst" in figures else "typst is missing; .venv/bin/uv pip install -e '.[bench]' brings it",
        ),
        row(
            f"{name}, warm, times faster than naive ReportLab without ASCII85",
            "files/s",
            ours=1e6 / ours,
            floor=1e6 / figures["naive"],
            goal=10,
        ),
        row(
            f"{name}, warm",
            "ms",
            ours=ours / 1e3,
            floor=None,
            goal=0,
            note=f"joining the finished bytes alone takes {figures['join'] / 1e3:.3f} ms",
        ),
    ]


def _size(name: str, format_: str) -> dict[str, Any]:
    photo = collateral.artwork()["sheet.jpg"]
    assert isinstance(photo, Picture)
    ground = len(images.encoded(photo, is_press=format_ == "print_pdf"))
    return row(
        f"{name}, bytes against its photograph and 100 kB",
        "bytes",
        ours=len(ours(1, format_)),
        floor=ground + _BESIDE_THE_PHOTO,
        goal=1,
        at_most=True,
        note=f"the photograph came as {len(photo.data):,} bytes" if format_ == "print_pdf" else "",
    )


def ours(number: int, format_: str = "print_pdf") -> bytes:
    """The flyer as the product makes it; for print with bleed, boxes, crop marks and inks."""
    return render(
        _DESIGN,
        collateral.brand(number % collateral.LOGOS),
        collateral.values(number),
        "en",
        format_,
        artwork=collateral.artwork(),
    ).data


_DESIGN = collateral.design(collateral.FLYER)


def _ours(format_: str) -> Callable[[int], bytes]:
    return lambda number: ours(1_000_000 + number, format_)


def _join() -> Any:
    made = ours(1)
    parts = [made[start : start + 60_000] for start in range(0, len(made), 60_000)]
    return lambda _: b"".join(parts)


_FIRST_FILE = """
import sys
from time import perf_counter
from benchmarks import collateral, pdf
collateral.brand(1), collateral.artwork(), collateral.values(1)
started = perf_counter()
pdf.ours(1, sys.argv[1])
print((perf_counter() - started) * 1e3)
"""


def _cold(name: str, format_: str) -> dict[str, Any]:
    """The first file of a new process: no typeface open, nothing laid out, no picture decoded, no ink table made."""
    command = [sys.executable, "-c", _FIRST_FILE, format_]
    took = [
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(_COLD_STARTS)
    ]
    return row(
        f"{name}, the first of a new process",
        "ms",
        ours=median(took),
        floor=None,
        goal=0,
        note="beside the warm figure",
    )


def naive(number: int) -> bytes:
    """The same flyer as one writes it first with ReportLab, without ASCII85."""
    kept, rl_config.useA85 = rl_config.useA85, 0
    try:
        return _naive(number)
    finally:
        rl_config.useA85 = kept


def _naive(number: int) -> bytes:
    registerFont(TTFont("Face", str(typeface("sans").path)))
    words, stream = collateral.values(number).texts, io.BytesIO()
    logo = ImageReader(Image.open(io.BytesIO(collateral.logo_file(number % collateral.LOGOS))))
    canvas = Canvas(stream, pagesize=(230 * mm, 317 * mm))
    canvas.drawImage(
        ImageReader(io.BytesIO(collateral.photo(2551, 3579))), _MARGIN - _BLEED, _MARGIN - _BLEED, 216 * mm, 303 * mm
    )
    canvas.setFillColorRGB(0.1, 0.3, 0.5)
    canvas.rect(_MARGIN - _BLEED, _MARGIN - _BLEED, 216 * mm, 110 * mm, stroke=0, fill=1)
    canvas.drawImage(logo, 26 * mm, 270 * mm, 60 * mm, 24 * mm, mask="auto")
    canvas.setFillColorRGB(1, 1, 1)
    _set(canvas, words["head"], 34, 26 * mm, 100 * mm, 178 * mm)
    _set(canvas, words["body"], 12, 26 * mm, 66 * mm, 178 * mm)
    _set(canvas, words["contact"], 9, 120 * mm, 30 * mm, 90 * mm)
    canvas.showPage()
    canvas.drawImage(logo, 26 * mm, 270 * mm, 60 * mm, 24 * mm, mask="auto")
    _set(canvas, words["head"], 28, 26 * mm, 250 * mm, 178 * mm)
    height = 220 * mm
    for line in words["long"].splitlines():
        height = _set(canvas, line, 11, 26 * mm, height, 178 * mm)
    drawing = Drawing(40 * mm, 40 * mm)
    drawing.add(QrCodeWidget(collateral.values(number).fields["launch.page_url"], barLevel="M"))
    renderPDF.draw(drawing, canvas, 26 * mm, 40 * mm)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _set(  # noqa: PLR0917 - as one writes it
    canvas: Canvas, text: str, size: int, left: float, top: float, width: float
) -> float:
    canvas.setFont("Face", size)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, "Face", size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    for line in lines:
        canvas.drawString(left, top, line)
        top -= size * 1.3
    return top


_TYPST = """
#let d = json(bytes(sys.inputs.d))
#set page(width: 230mm, height: 317mm, margin: 0mm)
#set text(font: "Noto Sans", lang: "en")
#place(dx: 7mm, dy: 7mm, image("sheet.jpg", width: 216mm, height: 303mm))
#place(dx: 7mm, dy: 200mm, rect(width: 216mm, height: 110mm, fill: rgb("#1d4e89")))
#place(dx: 26mm, dy: 24mm, image(d.logo, width: 60mm))
#place(dx: 26mm, dy: 210mm, block(width: 178mm, text(34pt, white, weight: 700, d.head)))
#place(dx: 26mm, dy: 248mm, block(width: 178mm, text(12pt, white, d.body)))
#place(dx: 26mm, dy: 278mm, box(fill: white, inset: 4mm, radius: 2mm, text(13pt, weight: 700, d.cta)))
#place(dx: 110mm, dy: 280mm, text(9pt, white, d.contact))
#pagebreak()
#place(dx: 26mm, dy: 24mm, image(d.logo, width: 60mm))
#place(dx: 26mm, dy: 58mm, block(width: 178mm, text(28pt, weight: 700, d.head)))
#place(dx: 26mm, dy: 94mm, block(width: 178mm, text(11pt, d.long)))
#for (y, line) in d.rows.enumerate() { for (x, on) in line.enumerate() { if on {
  place(dx: 26mm + x * 1mm, dy: 240mm + y * 1mm, rect(width: 1mm, height: 1mm, fill: black)) } } }
#place(dx: 72mm, dy: 250mm, text(10pt, d.contact))
"""


def _typst() -> Any:
    """The flyer by a warm typst compiler; nothing where it is not installed."""
    if find_spec("typst") is None:
        return None
    import tempfile
    from pathlib import Path

    import typst  # type: ignore[import-not-found, unused-ignore]  # a peer that is rarely installed

    from assets.layout.qr import modules

    folder = Path(tempfile.mkdtemp())
    (folder / "sheet.jpg").write_bytes(collateral.photo(2551, 3579))
    (folder / "main.typ").write_text(_TYPST, encoding="utf-8")
    for number in range(collateral.LOGOS):
        (folder / f"logo{number}.png").write_bytes(collateral.logo_file(number))
    compiler = typst.Compiler(str(folder / "main.typ"), font_paths=[str(typeface("sans").path.parent)])

    def once(number: int) -> bytes:
        values = collateral.values(4_000_000 + number)
        rows = [[bool(module) for module in line] for line in modules(values.fields["launch.page_url"]) or ()]
        data = json.dumps({**values.texts, "logo": f"logo{number % collateral.LOGOS}.png", "rows": rows})
        return bytes(compiler.compile(format="pdf", sys_inputs={"d": data}))

    return once


if __name__ == "__main__":
    print(json.dumps(run(), indent=1, ensure_ascii=False))
