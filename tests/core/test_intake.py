"""Pictures from outside: taken by content, written anew, refused by name. Runs the real child process."""

import io
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from tcma.core import intake
from tcma.core.intake import Purpose
from tcma.core.intake_child import server

LOGO, PHOTO = Purpose.LOGO, Purpose.PHOTO
CANARY = b"canary-serial-4711"


def packed(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def picture(form: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **how: object) -> bytes:
    gradient = Image.linear_gradient("L").resize(size)
    colours = {
        "RGB": gradient.convert("RGB"),
        "RGBA": Image.merge("RGBA", [gradient] * 4),
        "LA": Image.merge("LA", [gradient] * 2),
    }
    return packed(colours.get(mode) or gradient.convert(mode), form, **how)


def opened(clean: intake.CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(clean.bytes))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("purpose", [Purpose.LOGO, Purpose.ARTWORK, Purpose.PHOTO, Purpose.EVIDENCE])
def test_each_format_is_taken_and_written_anew(form: str, purpose: Purpose) -> None:
    data = picture(form)

    clean = intake.image(data, purpose=purpose)

    assert (clean.width, clean.height) == (40, 20)
    lossy = form in {"JPEG", "WEBP", "AVIF"} and not purpose.lossless
    assert clean.media_type == ("image/jpeg" if lossy else "image/png")
    assert opened(clean).format == ("JPEG" if lossy else "PNG")


@pytest.mark.parametrize(
    ("form", "kept"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("GIF", "PNG"), ("WEBP", "WEBP"), ("AVIF", "WEBP")]
)
def test_material_keeps_its_form(form: str, kept: str) -> None:
    clean = intake.material(picture(form))

    assert isinstance(clean, intake.CleanImage)
    assert clean.media_type == f"image/{kept.lower()}"
    assert opened(clean).format == kept


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_jpeg_of_material_is_as_fine_and_as_large_as_it_came(quality: int, subsampling: int) -> None:
    noise = Image.effect_noise((300, 200), 60).convert("RGB")
    data = packed(noise, "JPEG", quality=quality, subsampling=subsampling)

    clean = intake.material(data)

    assert len(clean.bytes) < len(data) * 1.05
    again = Image.open(io.BytesIO(clean.bytes))
    assert JpegImagePlugin.get_sampling(again) == subsampling
    assert again.quantization == Image.open(io.BytesIO(data)).quantization


def test_a_png_of_few_colours_stays_one_with_what_shows_through() -> None:
    few = Image.new("P", (200, 100), 1)
    few.putpalette([255, 0, 0, 0, 128, 0])
    few.paste(0, (0, 0, 50, 50))

    clean = opened(intake.material(packed(few, "PNG", transparency=0)))  # type: ignore[arg-type]

    assert clean.mode == "P"
    assert clean.convert("RGBA").getpixel((10, 10)) == (255, 0, 0, 0)
    assert clean.convert("RGBA").getpixel((100, 80)) == (0, 128, 0, 255)


def test_material_may_be_a_drawing_or_a_document() -> None:
    tall = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="40"><path d="M0 0h10v40z"/></svg>'
    sheet = packed(Image.new("RGB", (90, 60)), "PDF")

    drawn, document = intake.material(tall), intake.material(sheet)

    assert isinstance(drawn, intake.CleanImage)
    assert (drawn.width, drawn.height) == (600, 2400)
    assert isinstance(document, intake.CleanPdf)
    assert len(intake.pdf_pixels(document.bytes, page=1, width=45, height=30)) == 3 * 45 * 30
    assert intake.pdf_frames(document.bytes) == [(90, 60, 0, 0, 0, 0)]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
def test_each_kind_of_colour_becomes_grey_rgb_or_rgba(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"

    clean = intake.image(picture(form, mode=mode), purpose=LOGO)

    assert opened(clean).mode in {"L", "RGB", "RGBA"}
    assert opened(clean).mode == "RGBA" or mode not in {"RGBA", "LA"}


def test_deep_grey_keeps_its_brightness() -> None:
    deep = Image.new("I;16", (4, 4), 32896)

    assert opened(intake.image(packed(deep, "PNG"), purpose=LOGO)).getpixel((0, 0)) == 128


def test_what_shows_through_stays_and_an_alpha_that_hides_nothing_goes() -> None:
    glass, opaque = Image.new("RGBA", (9, 9), (255, 0, 0, 128)), Image.new("RGBA", (9, 9), (255, 0, 0, 255))

    assert opened(intake.image(packed(glass, "PNG"), purpose=PHOTO)).getpixel((4, 4)) == (255, 0, 0, 128)
    assert opened(intake.image(packed(opaque, "PNG"), purpose=PHOTO)).mode == "RGB"


def canary_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = CANARY.decode()
    exif.get_ifd(0x8825)[2] = (IFDRational(52), IFDRational(31), IFDRational(12))
    exif.get_ifd(0x8769)[0xA431] = CANARY.decode()
    return exif


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("purpose", [LOGO, PHOTO, Purpose.MATERIAL])
def test_the_picture_is_upright_and_no_place_or_serial_number_is_left(form: str, purpose: Purpose) -> None:
    how: dict[str, Any] = {"exif": canary_exif(), "xmp": b"<x>" + CANARY + b"</x>"}
    if form == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", CANARY.decode())
        notes.add_itxt("XML:com.adobe.xmp", CANARY.decode())
        how = {"exif": canary_exif(), "pnginfo": notes}
    if form == "JPEG":
        how["comment"] = CANARY
    data = picture(form, **how)
    assert CANARY in data or form == "AVIF"

    clean = intake.image(data, purpose=purpose)

    assert (clean.width, clean.height) == (20, 40)
    assert CANARY not in clean.bytes
    assert not opened(clean).getexif()
    assert not set(opened(clean).info) & {
        "exif",
        "comment",
        "Comment",
        "xmp",
        "XML:com.adobe.xmp",
        "icc_profile",
    }
    for marker in (b"Exif", b"http://ns.adobe.com", b"tEXt", b"iTXt", b"eXIf"):
        assert marker not in clean.bytes


def test_colours_of_another_profile_are_brought_to_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    red = Image.new("RGB", (8, 8), (200, 30, 30))

    odd = intake.image(packed(red, "PNG", icc_profile=lab), purpose=LOGO)
    broken = intake.image(packed(red, "PNG", icc_profile=b"rubbish" * 30), purpose=LOGO)

    assert opened(odd).size == (8, 8)
    assert opened(broken).getpixel((1, 1)) == (200, 30, 30)


def test_of_an_animation_the_first_picture_is_kept_and_a_long_one_is_refused() -> None:
    frames = [Image.new("RGB", (8, 8), (255 * (number % 2), 0, 90)) for number in range(260)]

    for form in ("GIF", "WEBP"):
        short = packed(frames[0], form, save_all=True, append_images=frames[1:5])
        assert intake.image(short, purpose=LOGO).width == 8
        with pytest.raises(intake.TooManyFrames):
            intake.image(packed(frames[0], form, save_all=True, append_images=frames[1:]), purpose=LOGO)


def test_too_many_and_too_few_pixels_have_names() -> None:
    with pytest.raises(intake.TooManyPixels) as refusal:
        intake.image(picture(size=(300, 300)), purpose=LOGO, max_pixels=50_000)
    with pytest.raises(intake.TooFewPixels):
        intake.image(picture(size=(30, 30)), purpose=LOGO, min_pixels=1000)

    assert "0.1 megapixels" in refusal.value.message or "0 megapixels" in refusal.value.message


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
def test_a_small_file_that_claims_a_huge_picture_is_refused_before_it_is_unpacked(form: str) -> None:
    flat = Image.new("L", (8_000, 8_000))

    data = packed(flat, form, **({"lossless": True, "method": 0, "quality": 0} if form == "WEBP" else {}))
    before = time.monotonic()
    with pytest.raises(intake.TooManyPixels):
        intake.image(data, purpose=LOGO)
    assert time.monotonic() - before < 5


ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as written:
    written.writestr("evil.html", "<script>alert(1)</script>")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    "tail",
    [
        ZIP.getvalue(),
        b"%PDF-1.4 x",
        b"<script>alert(1)</script>",
        b"\n<?php x",
        b"MZ\x90\0",
        b"\x7fELF",
        b"GIF89a;",
        b"<HTML>",
    ],
    ids=["zip", "pdf", "script", "php", "exe", "elf", "gif", "html"],
)
def test_a_second_format_behind_the_end_is_refused(form: str, tail: bytes) -> None:
    with pytest.raises(intake.PolyglotFile):
        intake.image(picture(form) + tail, purpose=PHOTO)


def test_a_second_format_in_front_or_inside_is_refused() -> None:
    with pytest.raises(intake.PolyglotFile):
        intake.image(picture("JPEG", comment=b"%PDF-1.4"), purpose=PHOTO)
    with pytest.raises(intake.PolyglotFile):
        intake.image(picture("JPEG", comment=ZIP.getvalue(), size=(8, 8)), purpose=PHOTO)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7\n",
        ZIP.getvalue(),
        b"<html><svg></svg></html>",
        b"BM" + b"\0" * 60,
        b"\0\0\0\x18ftypheic",
        b"II*\0",
    ],
)
def test_other_kinds_of_file_are_refused_whatever_they_are_called(data: bytes) -> None:
    with pytest.raises((intake.NotAllowedType, intake.FileRefused)) as refusal:
        intake.image(data, purpose=LOGO)

    assert refusal.value.field == "file"
    assert "\n" not in refusal.value.message


def test_a_file_above_the_size_is_refused_without_a_child() -> None:
    with pytest.raises(intake.TooManyBytes):
        intake.image(b"\x89PNG" + b"\0" * (41 * 1024 * 1024), purpose=LOGO)


def child_of_this_process() -> int:
    told = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "intake_child"], capture_output=True, text=True, check=False
    )
    return int(told.stdout.split()[0])


def test_a_child_that_is_killed_is_replaced_and_the_next_file_is_taken() -> None:
    intake.stop()
    intake.image(picture(), purpose=LOGO)
    os.kill(child_of_this_process(), signal.SIGKILL)

    with suppress(intake.DamagedFile):  # when the kill comes between the look and the send
        intake.image(picture(), purpose=LOGO)

    assert intake.image(picture(), purpose=LOGO).width == 40


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGUSR1), lambda: os._exit(3)])
def test_a_decoder_that_dies_is_a_refusal_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[], None]
) -> None:
    monkeypatch.setattr(server, "_answer", lambda _job, _data: end())

    facts, result = server._in_own_process({"job": "pdf"}, b"")

    assert (json.loads(facts), result) == ({"refused": "damaged"}, b"")


def test_a_decoder_that_never_ends_is_stopped_by_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_CPU_SECONDS", 1)
    monkeypatch.setattr(server, "_answer", lambda _job, _data: all(True for _ in itertools.count()))

    assert json.loads(server._in_own_process({"job": "pdf"}, b"")[0]) == {"refused": "too_much_work"}


def test_a_decoder_that_wants_too_much_memory_does_not_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_do", lambda _job, _data: ({}, bytes(4 * 1024**3)))

    assert json.loads(server._in_own_process({"job": "pdf"}, b"")[0]) == {"refused": "too_much_work"}


def test_a_usual_logo_costs_well_under_150_ms() -> None:
    data = picture("PNG", (800, 400), "RGBA")
    intake.image(data, purpose=LOGO)

    costs = []
    for _ in range(7):
        before = time.monotonic()
        intake.image(data, purpose=LOGO)
        costs.append(time.monotonic() - before)

    assert sorted(costs)[3] < 0.150


def test_many_threads_are_served_side_by_side() -> None:
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: seen.append(intake.image(picture(size=(10 + n, 9)), purpose=LOGO).width))
        for n in range(16)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == list(range(10, 26))


def test_a_forked_process_has_children_of_its_own() -> None:
    intake.image(picture(), purpose=LOGO)

    forked = os.fork()
    if forked == 0:  # pragma: no cover - runs in the child
        try:
            width = intake.image(picture(), purpose=LOGO).width
            intake.stop()
        except BaseException:  # noqa: BLE001 - the parent judges by the exit code
            os._exit(1)
        os._exit(width)

    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 40
    assert intake.image(picture(), purpose=LOGO).width == 40


def test_the_decoders_process_has_no_files_no_sockets_and_no_secrets(tmp_path: Path) -> None:
    probe = f"""
import os, socket, sys
sys.path.insert(0, {str(Path.cwd())!r})
from tcma.core.intake_child import server
server._limit(files=0)
tried = []
for attempt in (lambda: open("/etc/passwd"), lambda: open({str(tmp_path / "x")!r}, "w"), socket.socket):
    try:
        attempt()
    except OSError:
        continue
    tried.append(1)
os.write(1, bytes(str(tried), "ascii"))
"""

    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True)

    assert told.stdout == b"[]"
