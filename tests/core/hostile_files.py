"""Files that mean harm, each made anew from its number: valid ones bent, cut, grown, nested and disguised."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tests.core.hostile_bases import valid_files

Bent = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True, slots=True)
class HostileFile:
    """One upload: what it was made from, what was done to it, and the name it claims."""

    number: int
    base: str
    trick: str
    name: str
    data: bytes


def hostile_file(number: int, seed: int) -> HostileFile:
    """The file of that number; the same each time."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - the same files each time
    if chance.random() < 0.25:
        trick = chance.choice(list(MADE))
        data = MADE[trick](chance)
        return HostileFile(number, "made", trick, _name(chance), data)
    base = chance.choice(list(valid_files()))
    trick = chance.choice(list(BENT))
    data = BENT[trick](chance, valid_files()[base])
    if chance.random() < 0.2:
        again = chance.choice(list(BENT))
        trick, data = f"{trick}, {again}", BENT[again](chance, data)
    return HostileFile(number, base, trick, _name(chance), data[: 24 * 1024 * 1024])


def _name(chance: random.Random) -> str:
    return chance.choice(
        (
            "logo.png", "logo.jpg", "brochure.pdf", "mark.svg", "kit.zip", "people.csv", "people.xlsx", "font.ttf",
            "../../etc/passwd.png", "logo.png.html", "logo.png\x00.php", "C:\\x.png", "CON.png", "a" * 300 + ".png",
            "логотип.png", "logo.php", "", ".htaccess",
        )
    )  # fmt: skip


# What is done to a valid file.


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _bits(chance: random.Random, data: bytes) -> bytes:
    bent = bytearray(data)
    for _ in range(chance.choice((1, 3, 20, 200)) if bent else 0):
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
    return bytes(bent)


def _head_bits(chance: random.Random, data: bytes) -> bytes:
    return _bits(chance, data[:200]) + data[200:]


def _figures(chance: random.Random, data: bytes) -> bytes:
    bent = bytearray(data)
    for _ in range(chance.choice((1, 2, 8))):
        figure = chance.choice(
            (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0", b"\xff\xff", b"\0")
        )
        at = chance.randrange(max(1, min(len(bent), chance.choice((60, 400, 1 << 30)))))
        bent[at : at + len(figure)] = figure
    return bytes(bent)


def _hole(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 4, 64, 2000)) :]


def _twice(chance: random.Random, data: bytes) -> bytes:
    first, last = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    return data[:last] + data[first : first + 200_000] * chance.choice((1, 2, 9)) + data[last:]


def _noise(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 16, 700))) + data[at:]


def _spliced(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(list(valid_files().values()))
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def _second_file_behind(chance: random.Random, data: bytes) -> bytes:
    return data + chance.choice((*valid_files().values(), b"<script>alert(1)</script>", b"<?php system($_GET[0]);"))


def _second_file_in_front(chance: random.Random, data: bytes) -> bytes:
    return chance.choice((b"\xef\xbb\xbf", b"GIF89a", b"%PDF-1.7\n", b"\xff\xd8\xff", b"<svg>", b"\n" * 900)) + data


def _as_it_is(_chance: random.Random, data: bytes) -> bytes:
    return data


def _huge(chance: random.Random, data: bytes) -> bytes:
    """Say that a picture is far larger than it is, with every check sum right."""
    side = chance.choice((20_000, 65_535, 2**31 - 1))
    if data.startswith(b"\x89PNG"):
        head = b"IHDR" + struct.pack(">II", side, side) + data[24:29]
        return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]
    if data.startswith(b"GIF8"):
        return data[:6] + struct.pack("<HH", side & 0xFFFF, side & 0xFFFF) + data[10:]
    for marker in (b"\xff\xc0", b"\xff\xc2"):
        if data.startswith(b"\xff\xd8") and (at := data.find(marker)) > 0:
            return data[: at + 5] + struct.pack(">HH", side & 0xFFFF, side & 0xFFFF) + data[at + 9 :]
    if (at := data.find(b"ispe")) > 0:
        return data[: at + 8] + struct.pack(">II", side & 0x7FFFFFFF, side & 0x7FFFFFFF) + data[at + 16 :]
    return data.replace(b"/MediaBox [ 0 0 300 200 ]", b"/MediaBox [ 0 0 %d %d ]" % (side, side)).replace(
        b'viewBox="0 0 100 60"', b'width="%d" height="%d"' % (side, side)
    )


BENT: dict[str, Bent] = {
    "cut off": _cut,
    "bits turned": _bits,
    "bits turned in its head": _head_bits,
    "figures at their limits": _figures,
    "a hole": _hole,
    "parts twice": _twice,
    "noise put in": _noise,
    "spliced with another": _spliced,
    "a second file behind": _second_file_behind,
    "a second file in front": _second_file_in_front,
    "a huge size": _huge,
    "as it is": _as_it_is,
}


# What is made to harm from the start.


@cache
def _packed(data: bytes, times: int) -> bytes:
    return zlib.compress(data * times, 9)


def _png_bomb(chance: random.Random) -> bytes:
    side = chance.choice((6_200, 9_000, 30_000))
    head = struct.pack(">IIBBBBB", side, side, 8, chance.choice((0, 2, 6)), 0, 0, 0)
    body = _packed(b"\0", chance.choice((4_000_000, 32_000_000)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"zTXt", b"k\0\0" + body), (b"IDAT", body), (b"IEND", b""))
    )


def _gif_bomb(_chance: random.Random) -> bytes:
    frame = b"\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0"
    return b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff" + frame * 3_000 + b"\x3b"


def _entities(chance: random.Random) -> bytes:
    many = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    outside = f'<!ENTITY a9 SYSTEM "{chance.choice(("file:///etc/passwd", "http://127.0.0.1/x", "/dev/zero"))}">'
    return f'<!DOCTYPE svg [{chance.choice((many, outside))}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a9;</text></svg>'.encode()


def _svg(chance: random.Random) -> bytes:
    inner = chance.choice(
        (
            "<script>alert(1)</script>",
            '<g onload="alert(1)"/>',
            '<image href="http://127.0.0.1:9/x.png" width="9" height="9"/>',
            '<image href="file:///etc/passwd" width="9" height="9"/>',
            '<use href="/etc/passwd#a"/>',
            "<foreignObject><iframe src='javascript:alert(1)'/></foreignObject>",
            "<style>@import url(http://127.0.0.1/x.css);</style>",
            "<style>@font-face{font-family:x;src:url(data:font/ttf;base64,AAEAAAA)}</style>",
            '<animate attributeName="href" to="javascript:alert(1)"/>',
            "<g>" * 20_000 + "</g>" * 20_000,
            "<path d='" + "M0 0h1v1z" * 60_000 + "'/>",
            "<rect width='9' height='9' filter='url(#f)'/><filter id='f'><feGaussianBlur stdDeviation='9999999'/></filter>",
            "".join(f"<g id='g{n}'>" + f"<use href='#g{n - 1}'/>" * 12 + "</g>" for n in range(1, 12))
            + "<path id='g0' d='M0 0h9'/>",
            "<pattern id='p' width='.0001' height='.0001'><path d='M0 0h1'/></pattern><rect width='9' height='9' fill='url(#p)'/>",
            "<a><set attributeName='onclick' to='x'/></a>",
            "<text font-size='1e30'>" + "w" * 4_000 + "</text>",
        )
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inner}</svg>'.encode()


def _pdf(chance: random.Random) -> bytes:
    packed = _packed(b"0 0 m 1 1 l S\n", 400_000)
    extra = chance.choice(
        (
            b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            b"/AA << /O << /S /Launch /F (cmd.exe) >> >>",
            b"/Names << /EmbeddedFiles << /Names [(x) << /EF << >> >>] >> >>",
            b"/AcroForm << /XFA (x) >>",
            b"/OpenAction << /S /URI /URI (http://127.0.0.1) >>",
            b"/Extends 1 0 R /Parent 1 0 R",
            b"/X " + b"[" * 3_000 + b"]" * 3_000,
            b"",
        )
    )
    kids = chance.choice((b"3 0 R", b"2 0 R", b"3 0 R " * 400, b"9 0 R"))
    count = chance.choice((b"1", b"2147483647", b"-1"))
    packing = chance.choice((b"/FlateDecode", b"[/FlateDecode /FlateDecode /FlateDecode]", b"/JBIG2Decode", b"/Crypt"))
    return b"".join(
        (
            b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R " + extra + b" >> endobj\n",
            b"2 0 obj << /Type /Pages /Kids [" + kids + b"] /Count " + count + b" >> endobj\n",
            b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >> endobj\n",
            b"4 0 obj << /Filter " + packing + b" /Length " + str(len(packed)).encode() + b" >> stream\n",
            packed + b"\nendstream endobj\ntrailer << /Root 1 0 R /Size 5 >>\n%%EOF\n",
        )
    )


def _zip(chance: random.Random) -> bytes:
    out = io.BytesIO()
    method = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(
            "kit.yaml",
            chance.choice((b"format: 1\nslug: x\n", b"a: &a [*a]\n", b"!!python/object:os.system x", b"\xff")),
        )
        for _ in range(chance.choice((1, 3))):
            name = chance.choice(
                ("../../evil.txt", "/etc/cron.d/x", "artwork/a.png", "ARTWORK/A.png", "artwork/x.ttf", "a" * 400, "con.png",
                 "artwork/in.zip", "x/" * 30 + "y", "artwork\\b.png", "texts/en.yaml", "artwork/page.html", "artwork/f.jpg")
            )  # fmt: skip
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            archive.NameToInfo.clear()  # two of one name are meant
            if chance.random() < 0.2:
                entry.external_attr = 0o120777 << 16  # a link
            archive.writestr(entry, _inside(chance))
    return out.getvalue()


def _inside(chance: random.Random) -> bytes:
    return chance.choice(
        (
            b"/etc/passwd", bytes(30_000_000), *valid_files().values(), _svg(chance), _font(chance),
            _entities(chance), b"<html><script>alert(1)</script>", gzip.compress(bytes(1_000_000)),
        )
    )  # fmt: skip


def _workbook(chance: random.Random) -> bytes:
    """A workbook whose first sheet is not what it should be."""
    sheet = chance.choice(
        (
            b"<worksheet><sheetData>"
            + b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>' * 3
            + b"</sheetData></worksheet>",
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>',
            b"<worksheet>" * 5_000,
            bytes(60_000_000),
            b"\xff" * 500,
        )
    )
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(valid_files()["xlsx"])) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for entry in good.infolist():
            bad.writestr(entry.filename, sheet if "sheet1" in entry.filename else good.read(entry))
    return out.getvalue()


def _table(chance: random.Random) -> bytes:
    return chance.choice(
        (
            b"a" * 3_000_000,
            b"," * 900_000,
            b'"' + b"x\n" * 200_000,
            b"email\n" + b"\0" * 5_000,
            "email\n".encode("utf-32") + b"\xff" * 9,
            b"sep=x\r\nx" + chance.randbytes(300),
            b"email;name\n" + b"=cmd|'/c calc'!A0;x\n" * 50,
            b"\xef\xbb\xbf" * 40,
        )
    )


@cache
def _a_font() -> bytes:
    return next(iter(sorted(Path(np.__file__).parents[1].glob("fontpkg*/files/*.ttf")))).read_bytes()


def _font(chance: random.Random) -> bytes:
    made = chance.choice((_a_font(), b"wOF2" + chance.randbytes(900), b"OTTO" + chance.randbytes(900)))
    return _bits(chance, made) if chance.random() < 0.5 else made


def _stranger(chance: random.Random) -> bytes:
    return chance.choice(
        (
            b"", b"\0", b"<html><script>alert(1)</script></html>", b"#!/bin/sh\nrm -rf /\n", b"MZ" + chance.randbytes(400),
            b"\x7fELF" + chance.randbytes(400), gzip.compress(bytes(5_000_000)), b"BM" + b"\xff" * 60, b"II*\0" + b"\xff" * 200,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), chance.randbytes(chance.choice((1, 60, 9_000))),
            b"\0\0\0\x0cjP  \r\n\x87\n" + chance.randbytes(200), b"%!PS-Adobe-3.0\n(/etc/passwd) run\n", b"8BPS" + bytes(40),
            b"\x76\x2f\x31\x01" + chance.randbytes(100), b"qoif\xff\xff\xff\xff\xff\xff\xff\xff\x04\0",
        )
    )  # fmt: skip


MADE: dict[str, Callable[[random.Random], bytes]] = {
    "a PNG bomb": _png_bomb,
    "a GIF bomb": _gif_bomb,
    "entities": _entities,
    "an SVG with tricks": _svg,
    "a PDF with tricks": _pdf,
    "a zip with tricks": _zip,
    "a workbook with tricks": _workbook,
    "a table with tricks": _table,
    "a font": _font,
    "a stranger": _stranger,
}
