"""What a printer's check looks at in a PDF: colours, transparency, typefaces, boxes, keys."""

import io

import pypdfium2
import zxingcpp
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, StreamObject

MM = 72 / 25.4
_SCREEN_OPERATORS = {b"rg", b"RG", b"cs", b"CS", b"sc", b"SC", b"scn", b"SCN"}
_SCREEN_SPACES = {"/DeviceRGB", "/CalRGB", "/Lab", "/ICCBased"}


def reasons_not_to_print(data: bytes) -> list[str]:
    """Everything in the file that a press in four inks and without transparency cannot take."""
    reader = PdfReader(io.BytesIO(data))
    return [
        *(reason for thing in everything(reader) for reason in _reasons(thing)),
        *_missing_keys(reader),
        *(
            f"page {number} paints with {operator.decode()}"
            for number, page in enumerate(reader.pages, start=1)
            for _, operator in ContentStream(page["/Contents"], reader).operations
            if operator in _SCREEN_OPERATORS
        ),
    ]


def everything(reader: PdfReader) -> list[DictionaryObject]:
    """Every dictionary and stream that can be reached from the trailer."""
    found, seen, waiting = [], set(), [reader.trailer]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            found.append(thing)
            waiting += list(thing.values())
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)
    return found


def _reasons(thing: DictionaryObject) -> list[str]:
    reasons = []
    if thing.get("/SMask", "/None") != "/None":
        reasons.append("a soft mask")
    if thing.get("/S") == "/Transparency":
        reasons.append("a transparency group")
    if float(thing.get("/ca", 1)) < 1 or float(thing.get("/CA", 1)) < 1:
        reasons.append("an opacity")
    if thing.get("/BM", "/Normal") not in ("/Normal", "/Compatible"):
        reasons.append("a blend mode")
    space = thing.get("/ColorSpace")
    spaces = space if isinstance(space, ArrayObject) else [space]
    reasons += [f"the colours of {name}" for name in spaces if name in _SCREEN_SPACES]
    if thing.get("/Type") == "/Font" and thing.get("/Subtype") != "/Type0" and "/FontDescriptor" not in thing:
        reasons.append(f"{thing.get('/BaseFont')} is not embedded")
    if thing.get("/Type") == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(thing):
        reasons.append(f"{thing.get('/FontName')} is not embedded")
    if thing.get("/Subtype") == "/Image" and isinstance(thing, StreamObject) and "/ImageMask" not in thing:
        reasons += [] if thing.get("/ColorSpace") in ("/DeviceCMYK", "/DeviceGray") else ["an image without inks"]
    return reasons


def _missing_keys(reader: PdfReader) -> list[str]:
    intents = reader.trailer["/Root"].get("/OutputIntents", [])
    info = reader.trailer["/Info"]
    wanted = {
        "an output intent by registry name": [each.get_object()["/OutputConditionIdentifier"] for each in intents]
        == ["FOGRA39"],
        "GTS_PDFXVersion": info.get("/GTS_PDFXVersion") == "PDF/X-1a:2003",
        "Trapped": info.get("/Trapped") == "/False",
        "a title": bool(info.get("/Title")),
        "dates": {"/CreationDate", "/ModDate"} <= set(info),
        "an identity": len(reader.trailer["/ID"]) == 2,
        "version 1.4": reader.pdf_header == "%PDF-1.4",
    }
    return [f"no {name}" for name, there in wanted.items() if not there]


def codes(data: bytes, page: int = 1, dpi: int = 200) -> set[str]:
    """What the QR codes on the page say."""
    document = pypdfium2.PdfDocument(data)
    try:
        image = document[page - 1].render(scale=dpi / 72).to_pil().convert("L")
    finally:
        document.close()
    return {found.text for found in zxingcpp.read_barcodes(image)}


def pixels(data: bytes, page: int = 1, dpi: int = 72):
    """The page as a viewer shows it."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()
