"""Small artwork, logos, brands and designs that the tests of co-branding share."""

import io
from functools import cache

import numpy as np
from PIL import Image

from assets.artwork import Artwork, load_artwork
from assets.brand import Brand
from assets.colour import Rgba
from assets.design import Design, load_design
from assets.logos import PreparedLogo, prepare_logo

MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 120"><rect x="20" y="20" width="360" height="80" fill="{}"/></svg>'

TEXTS = {
    "en": {"head": "Would your team click the link?", "body": "One **harmless** test mail shows it in a week."},
    "de": {"head": "Würde Ihr Team auf den Link klicken?", "body": "Eine **harmlose** Testmail zeigt es."},
    "fr": {"head": "Votre équipe cliquerait-elle ?", "body": "Un **message** inoffensif le montre."},
    "el": {"head": "Θα έκανε κλικ η ομάδα σας;", "body": "Ένα **ακίνδυνο** μήνυμα το δείχνει."},
    "uk": {"head": "Чи натисне ваша команда?", "body": "Один **безпечний** лист покаже це."},
    "ar": {"head": "هل سينقر فريقك على الرابط؟", "body": "رسالة **اختبار** واحدة تكشف ذلك."},
    "he": {"head": "האם הצוות שלך ילחץ על הקישור?", "body": "הודעת **בדיקה** אחת מראה זאת."},
    "hi": {"head": "क्या आपकी टीम लिंक पर क्लिक करेगी?", "body": "एक **हानिरहित** परीक्षण मेल दिखाता है।"},
    "th": {"head": "ทีมของคุณจะคลิกลิงก์หรือไม่", "body": "อีเมลทดสอบ **หนึ่งฉบับ** แสดงผลได้"},
    "ja": {"head": "そのメール、社内の何人が開きますか", "body": "無害な**訓練メール**で分かります。"},
    "zh-Hans": {"head": "您的团队会点击那个链接吗？", "body": "一封**无害**的测试邮件就能知道。"},
    "ko": {"head": "당신의 팀은 링크를 클릭할까요?", "body": "무해한 **테스트 메일** 한 통이면 됩니다."},
}

BANNER = """
format: 1
key: banner
unit: px
pages:
  - size: [600, 314]
    safe: 12
    mirror: true
    ground: {image: artwork/hero.jpg, fit: cover}
    layers:
      - {kind: shape, box: [0, 0, 380, 314], fill: "#0b1f3a"}
      - {kind: logo, zone: mark, of: partner, box: [30, 24, 130, 40], clear: 6}
      - {kind: text, id: head, zone: headline, box: [30, 84, 320, 110], text: {t: head}, font: {weight: 800, size: 34, min: 18, leading: 1.1}, colour: "#ffffff"}
      - {kind: rich_text, box: [30, auto, 320, 60], below: head, gap: 10, text: {t: body}, font: {size: 15, min: 10}, colour: "#ffffff"}
      - {kind: contact_block, zone: contact, box: [30, 270, 320, 24], lines: [phone, website], separator: " · ", valign: middle, font: {size: 13, min: 8}, colour: "#ffffff"}
zones:
  mark: {kind: logo}
  headline: {kind: text, editable: true, required: true, max_characters: 60}
  contact: {kind: contact_block}
"""

FLYER = """
format: 1
key: flyer
unit: mm
pages:
  - size: [210, 297]
    bleed: 3
    safe: 10
    ground: {image: artwork/hero.jpg, fit: cover}
    layers:
      - {kind: shape, box: [-3, 180, 216, 120], fill: brand.primary}
      - {kind: gradient, box: [-3, 100, 216, 80], from: {colour: "#000000", opacity: 0}, to: {colour: "#000000", opacity: 0.7}, angle: 90}
      - {kind: logo, of: partner, box: [16, 14, 70, 22]}
      - {kind: text, box: [16, 190, 178, 40], text: {t: head}, font: {weight: 800, size: 34, min: 18}, colour: brand.on_primary}
  - size: [210, 297]
    bleed: 3
    safe: 10
    layers:
      - {kind: rich_text, box: [16, 20, 178, 60], text: {t: body}, font: {size: 12, min: 9}}
      - {kind: qr, box: [16, 220, 40, 40], value: "{{ launch.page_url }}"}
      - {kind: contact_block, box: [70, 220, 120, 40], lines: [name, phone, email, address], font: {size: 11, min: 8, bold_first: true}}
"""


@cache
def photo(width: int = 660, height: int = 440) -> bytes:
    """A soft synthetic photograph as JPEG."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    noise = np.random.default_rng(3).normal(0, 6, (height, width, 1))
    pixels = np.stack([60 + across / width * 90, 80 + down / height * 60, 120 + 0 * across], -1) + noise
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=88)
    return stream.getvalue()


@cache
def artwork() -> dict[str, Artwork]:
    return {"artwork/hero.jpg": load_artwork("hero.jpg", photo())}


@cache
def logo(colour: str = "#0f5c4d") -> PreparedLogo:
    return prepare_logo(MARK.format(colour).encode())


def brand(**changes: object) -> Brand:
    known: dict[str, object] = {
        "name": "Nordwind Systeme",
        "logo": logo(),
        "logo_dark": logo("#ffffff"),
        "primary": Rgba(0x0F, 0x5C, 0x4D),
        "phone": "+49 30 1234 5678",
        "email": "hallo@nordwind.example",
        "website": "https://nordwind.example",
        "street": "Kastanienallee 12",
        "postcode": "10435",
        "city": "Berlin",
    }
    return Brand(**(known | changes))  # type: ignore[arg-type]


def design(text: str) -> Design:
    found, findings = load_design(text, "designs/test.yaml")
    assert found is not None, findings
    return found


def one_layer(layer: str, *, size: str = "[400, 200]", more: str = "") -> Design:
    """A px page with a single layer."""
    return design(f"format: 1\nkey: one\nunit: px\npages:\n  - size: {size}\n    layers:\n      - {layer}\n{more}")
