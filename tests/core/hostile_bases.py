"""Valid files of every kind that is taken, with a place and a serial number in their notes."""

import io
from functools import cache
from pathlib import Path

import numpy as np
import xlsxwriter
from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from campaigns.manifest import read_kit, write_zip

SERIAL, PLACE = b"canary-serial-4711", b"canary-gps-52.5163N"
KIT = Path(__file__).parents[2] / "campaigns" / "kits" / "phishing-drill"


@cache
def valid_files() -> dict[str, bytes]:
    """Files as people have them, with a place and a serial number in whatever notes their format has."""
    soft = Image.merge("RGB", [Image.linear_gradient("L").resize((180, 120))] * 3)
    noisy = Image.fromarray(np.random.default_rng(7).integers(0, 255, (90, 140, 3), dtype=np.uint8))
    glass = noisy.convert("RGBA")
    glass.putalpha(Image.linear_gradient("L").resize(glass.size))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Serial", SERIAL.decode(), zip=True)
    notes.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    exif = _exif()
    return {
        "png": _saved(soft, "PNG", pnginfo=notes, exif=exif),
        "png of few colours": _saved(noisy.quantize(16), "PNG", pnginfo=notes, transparency=3),
        "png of deep grey": _saved(Image.linear_gradient("L").convert("I;16"), "PNG", pnginfo=notes),
        "jpeg": _saved(noisy, "JPEG", exif=exif, comment=SERIAL, quality=82),
        "progressive jpeg": _saved(soft, "JPEG", exif=exif, comment=PLACE, progressive=True),
        "jpeg for print": _saved(noisy.convert("CMYK"), "JPEG", exif=exif),
        "gif": _saved(noisy.quantize(32), "GIF", comment=SERIAL, save_all=True, append_images=[soft.quantize(8)] * 3),
        "webp": _saved(glass, "WEBP", exif=exif, xmp=PLACE, quality=70),
        "lossless webp": _saved(noisy, "WEBP", exif=exif, lossless=True),
        "moving webp": _saved(noisy, "WEBP", exif=exif, save_all=True, append_images=[soft.resize(noisy.size)] * 3),
        "avif": _saved(noisy, "AVIF", exif=exif, quality=60),
        "pdf": _document(_saved(noisy, "JPEG", exif=exif, comment=SERIAL)),
        "svg": _drawing(),
        "zip of a kit": write_zip(read_kit(KIT)),
        "csv": "E-Mail;Vorname;Ort\n".encode("utf-16") + "mia@example.com;Mia;Köln\n".encode("utf-16-le") * 60,
        "quoted csv": b'email,name,note\n"mia@example.com","Mia","a ""quoted"" word,\nand a line"\n' * 40,
        "xlsx": _sheet(),
    }


def _saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (IFDRational(52), IFDRational(31), IFDRational(12))
    exif.get_ifd(0x8769)[0xA431] = SERIAL.decode()
    return exif


def _document(photo: bytes) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 200), pageCompression=1)
    canvas.setAuthor(SERIAL.decode())
    canvas.setSubject(PLACE.decode())
    for number in range(3):
        canvas.drawString(20, 100, f"Page {number}")
        canvas.drawImage(ImageReader(io.BytesIO(photo)), 20, 20, 90, 60)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _drawing() -> bytes:
    shapes = "".join(f'<circle cx="{n * 7 % 90}" cy="{n * 11 % 60}" r="4" fill="#{n * 99999:06x}"/>' for n in range(40))
    return (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 100 60"><metadata>{SERIAL.decode()} {PLACE.decode()}</metadata><style>.a{{fill:red}}</style>'
        f'<defs><linearGradient id="g"><stop stop-color="#fff"/></linearGradient></defs>{shapes}'
        '<text x="4" y="20" class="a">Words</text><use xlink:href="#g"/></svg>'
    ).encode()


def _sheet() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(50):
            sheet.write_row(number, 0, ["E-Mail" if not number else f"p{number}@example.com", number, "=1+1"])
    return out.getvalue()
