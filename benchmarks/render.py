"""Co-branded images: warm renditions against encoding the finished frame alone, and against the naive way."""

import io
import re
from concurrent.futures import ProcessPoolExecutor
from gc import collect
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from assets.fonts import typeface
from assets.renderers import raster
from assets.renderers.png import png
from assets.rendering import JPEG_QUALITY, render
from benchmarks import collateral, previews
from benchmarks.measure import interleaved, per_call, per_call_processor, row
from benchmarks.peers import NAMES, installed

RENDITIONS, GROWTH_FROM, GROWTH_TO = 40, 1_000, 10_000
# A process that makes a kit's files has seen most letters and words after some hundred partners.
WARM = 400


def run() -> list[dict[str, Any]]:
    """Measure both formats of image, PNG, a cold start and memory."""
    rows = [line for text in (collateral.BANNER, collateral.CARD) for line in _warm(text)]
    return [*rows, *_png(), _cold(), *previews.run(), *_memory()]


def _ours(text: str) -> Any:
    design, artwork = collateral.design(text), collateral.artwork()

    def once(number: int) -> bytes:
        partner = collateral.brand(number % collateral.LOGOS)
        return render(design, partner, collateral.values(number), "en", "jpeg", artwork=artwork).data

    return once


def _warm(text: str) -> list[dict[str, Any]]:
    ours, peers = _ours(text), {name: once for name, once in installed(text).items() if _draws(once)}
    for number in range(WARM):
        ours(number)
    frame = Image.open(io.BytesIO(ours(1))).convert("RGB")
    figures = interleaved(
        {
            "ours": per_call_processor(lambda number: ours(1_000_000 + number), RENDITIONS),
            "floor": per_call_processor(lambda _: _encoded(frame), RENDITIONS),
            "naive": per_call_processor(lambda number: naive(text, number), 4),
            **{name: per_call_processor(once, 8) for name, once in peers.items()},
        },
        rounds=7,
    )
    name = f"co-branded JPEG {frame.width}×{frame.height}, warm"
    return [
        row(
            f"{name}, against encoding the same frame",
            "ms of processor",
            ours=figures["ours"] / 1e3,
            floor=figures["floor"] / 1e3,
            goal=1.6,
            at_most=True,
        ),
        row(
            f"{name}, times faster than naive Pillow",
            "files/s",
            ours=1e6 / figures["ours"],
            floor=1e6 / figures["naive"],
            goal=25,
        ),
        *(_against(f"{name}, times faster than {peer}", figures, peer) for peer in NAMES),
    ]


def _draws(once: Any) -> bool:
    """Whether what a peer makes is a picture."""
    with Image.open(io.BytesIO(once(0))) as made:
        return made.format == "JPEG"


def _against(name: str, figures: dict[str, float], peer: str) -> dict[str, Any]:
    floor = 1e6 / figures[peer] if peer in figures else None
    note = "" if floor else "not installed"
    return row(name, "files/s", ours=1e6 / figures["ours"], floor=floor, goal=8, note=note)


def _encoded(frame: Image.Image) -> bytes:
    stream = io.BytesIO()
    frame.save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def naive(text: str, number: int) -> bytes:
    """The same picture as one writes it first: everything opened, fitted and drawn each time."""
    design, words = collateral.design(text), collateral.values(number).texts
    width, height = (int(side) for side in design.pages[0].size)
    with Image.open(io.BytesIO(collateral.photo(2400, 1600))) as photo:
        canvas = ImageOps.fit(photo.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, height - 128, width, height), fill=(20, 60, 110))
    with Image.open(io.BytesIO(collateral.logo_file(number % collateral.LOGOS))) as logo:
        small = ImageOps.contain(logo, (260, 104), Image.Resampling.LANCZOS)
    canvas.paste(small, (60, 40), small)
    size = 64
    while size > 20 and len(_wrapped(words["head"], _font(700, size), 720)) * size * 1.1 > 200:
        size -= 1
    _lines(draw, words["head"], _font(700, size), (60, 164), 720, size * 1.1)
    _lines(draw, words["body"], _font(400, 26), (60, 374), 720, 34)
    draw.rounded_rectangle((840, 528, 1080, 600), 12, fill="white")
    draw.text((864, 546), words["cta"], font=_font(700, 26), fill="black")
    draw.text((60, height - 80), words["contact"], font=_font(400, 22), fill="white")
    return _encoded(canvas)


def _font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(typeface("sans").path), size)
    font.set_variation_by_axes([weight, 100])
    return font


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _lines(  # noqa: PLR0917 - as one writes it
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, at: tuple[int, int], width: int, step: float
) -> None:
    for number, line in enumerate(_wrapped(text, font, width)):
        draw.text((at[0], at[1] + number * step), line, font=font, fill="white")


def _png() -> list[dict[str, Any]]:
    with Image.open(io.BytesIO(collateral.photo(2400, 1600))) as photo:
        frame = ImageOps.fit(photo.convert("RGB"), (1200, 628), Image.Resampling.LANCZOS)

    def pillow() -> bytes:
        stream = io.BytesIO()
        frame.save(stream, "PNG", compress_level=1)
        return stream.getvalue()

    figures = interleaved(
        {"ours": per_call(lambda _: png(frame), 10), "floor": per_call(lambda _: pillow(), 5)}, rounds=5
    )
    speed = row(
        "PNG of a photograph, times faster than Pillow's level 1",
        "files/s",
        ours=1e6 / figures["ours"],
        floor=1e6 / figures["floor"],
        goal=4,
    )
    size = row(
        "PNG of a photograph, bytes against Pillow's level 1",
        "bytes",
        ours=len(png(frame)),
        floor=len(pillow()),
        goal=1.05,
        at_most=True,
    )
    return [speed, size]


def _cold() -> dict[str, Any]:
    ours = _ours(collateral.BANNER)

    def once(number: int) -> bytes:
        raster.forget()
        return bytes(ours(number))

    figures = interleaved({"ours": per_call(once, 1)}, rounds=7)
    return row(
        "co-branded JPEG 1200×628, first of its template",
        "ms",
        ours=figures["ours"] / 1e3,
        floor=None,
        goal=0,
        note="told beside the warm figure",
    )


def _memory() -> list[dict[str, Any]]:
    renderers = [_ours(text) for text in (collateral.BANNER, collateral.CARD)]
    for number in range(GROWTH_FROM):
        renderers[number % 2](2_000_000 + number)
    before = _resident()
    for number in range(GROWTH_FROM, GROWTH_TO):
        renderers[number % 2](2_000_000 + number)
    grown = _resident() - before
    return [
        row(
            f"resident memory grown from rendition {GROWTH_FROM} to {GROWTH_TO}",
            "MB",
            ours=max(grown, 0.0),
            floor=8.0,
            goal=1,
            at_most=True,
        ),
        row(
            "most memory that rendering adds to a process",
            "MB",
            ours=_peak(),
            floor=150.0,
            goal=1,
            at_most=True,
            note="without the interpreter, and what making the photographs and logos left behind",
        ),
    ]


def _peak() -> float:
    """What rendering needs at most in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_render_alone).result()


def _render_alone() -> float:
    for text in (collateral.BANNER, collateral.CARD):
        ours = _ours(text)
        ours(0)
    # Making the photograph takes more than any rendition: what was needed so far is forgotten.
    collect()
    before = _resident()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    for text in (collateral.BANNER, collateral.CARD):
        raster.forget()
        ours = _ours(text)
        for number in range(WARM):
            ours(number)
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(told[1]) * 1024 / 1e6 - before if told else float("nan")


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - not a file of ours
        return int(statm.read().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1, ensure_ascii=False))
