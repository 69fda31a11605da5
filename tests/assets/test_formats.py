import io
import itertools

import pytest
from PIL import Image
from pypdf import PdfReader

from assets.layout import Values
from assets.rendering import FORMATS, complaints_about, render
from tests.assets.material import BANNER, FLYER, TEXTS, artwork, brand, design, one_layer
from tests.assets.pressing import codes

VALUES = Values(texts=TEXTS["en"], fields={"launch.page_url": "https://nordwind.example/drill"})
CODE, CHECK = "NW-4K2P-07", "https://vendor.example/f/NW-4K2P-07?a=1&b=2"
IMAGES = ("png", "jpeg", "webp")


def made(text, format_, **more):
    sheet = text if not isinstance(text, str) else design(text)
    return render(sheet, brand(), VALUES, "en", format_, artwork=artwork(), **more)


def dots(image):
    found = image.info.get("dpi") or (image.getexif().get(0x011A), image.getexif().get(0x011B))
    return tuple(round(float(each)) for each in found)


@pytest.mark.parametrize("format_", IMAGES)
@pytest.mark.parametrize(("scale", "size"), [(1, (600, 314)), (2, (1200, 628))])
def test_an_image_has_exactly_the_pixels_of_its_design_once_or_twice(format_, scale, size):
    file = made(BANNER, format_, scale=scale)
    image = Image.open(io.BytesIO(file.data))

    assert image.size == (file.width, file.height) == size
    assert image.format == format_.upper()
    assert dots(image) == (96 * scale, 96 * scale)


@pytest.mark.parametrize("format_", IMAGES)
@pytest.mark.parametrize(("scale", "size"), [(1, (794, 1123)), (2, (1587, 2245))])
def test_an_image_of_a_sheet_is_as_large_as_the_sheet_at_its_own_resolution(format_, scale, size):
    image = Image.open(io.BytesIO(made(FLYER, format_, scale=scale, page=2).data))

    assert image.size == size
    assert image.width / dots(image)[0] * 25.4 == pytest.approx(210, abs=0.2)
    assert image.height / dots(image)[1] * 25.4 == pytest.approx(297, abs=0.2)


def test_twice_as_large_is_drawn_anew_and_not_blown_up():
    small = Image.open(io.BytesIO(made(BANNER, "png").data))
    large = Image.open(io.BytesIO(made(BANNER, "png", scale=2).data))

    blown_up = small.resize(large.size, Image.Resampling.BICUBIC)
    headline = (60, 168, 700, 388)
    contrast = [max(_steps(image.crop(headline).convert("L"))) for image in (large, blown_up)]
    assert contrast[0] > 1.3 * contrast[1]


def _steps(image):
    row = list(image.crop((0, image.height // 2, image.width, image.height // 2 + 1)).getdata())
    return [abs(one - other) for one, other in itertools.pairwise(row)]


def test_every_format_carries_its_version_code_and_where_to_check_it():
    files = {format_: made(BANNER, format_, code=CODE, check_url=CHECK).data for format_ in FORMATS}

    png, jpeg, webp = (Image.open(io.BytesIO(files[format_])) for format_ in IMAGES)
    assert (png.text["tcma:code"], png.text["tcma:check_url"]) == (CODE, CHECK)
    assert jpeg.info["comment"] == CODE.encode()
    for image in (jpeg, webp):
        told = image.getxmp()["xmpmeta"]["RDF"]["Description"]
        assert (told["code"], told["check_url"]) == (CODE, CHECK)
    for format_ in ("pdf", "print_pdf"):
        reader = PdfReader(io.BytesIO(files[format_]))
        assert reader.metadata["/Keywords"] == CODE
        packet = reader.trailer["/Root"]["/Metadata"].get_data().decode()
        assert f"<tcma:code>{CODE}</tcma:code>" in packet
        assert CHECK.replace("&", "&amp;") in packet


@pytest.mark.parametrize("format_", FORMATS)
def test_a_code_changes_nothing_but_is_the_same_each_time(format_):
    once, again, other = (made(BANNER, format_, code=code, check_url=CHECK).data for code in (CODE, CODE, "NW-1"))

    assert once == again
    assert once != other
    if format_ in IMAGES:
        bare = Image.open(io.BytesIO(made(BANNER, format_).data)).convert("RGB")
        assert Image.open(io.BytesIO(once)).convert("RGB").tobytes() == bare.tobytes()


def test_a_file_without_a_code_says_none():
    image = Image.open(io.BytesIO(made(BANNER, "png").data))

    assert image.text == {}


CHECKED = one_layer(
    '{kind: qr, box: [10, 10, 180, 180], value: "{{ file.check_url }}"}',
    more='      - {kind: text, box: [200, 80, 190, 30], text: "{{ file.code }}", font: {size: 14}}\n',
)


def test_a_design_may_show_the_code_and_its_address():
    file = made(CHECKED, "pdf", code=CODE, check_url=CHECK)

    assert codes(file.data) == {CHECK}
    assert CODE in PdfReader(io.BytesIO(file.data)).pages[0].extract_text()
    assert file.complaints == ()


def test_without_an_address_its_qr_code_is_left_out_and_nobody_complains():
    assert codes(made(CHECKED, "pdf").data) == set()
    assert complaints_about(CHECKED, brand(), VALUES, "en", artwork=artwork()) == ()
