"""Whose look a kit is shown in: a partner's own, one that a vendor picks for a preview, or one of three samples."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from assets.library.samples import sample_mark
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.tenancy import acting, crossing
from tcma.partners.models import BrandProfile, Partnership, PartnershipState, Site
from tcma.partners.queries import brand_values

_ADDRESS = {"phone": "+49 30 5550120", "street": "Am Wall 12", "postcode": "28195", "city": "Bremen", "country": "DE"}

SAMPLES: Mapping[str, Mapping[str, str]] = {
    "short": {
        "name": "Nordwind IT",
        "primary": "#0f766e",
        "secondary": "#134e4a",
        "accent": "#f59e0b",
        "email": "hallo@nordwind.example",
        "website": "https://nordwind.example",
        "sender_name": "Anna Lindqvist",
        "claim": "We answer the telephone",
        "logo_blob": sample_mark("ring", "#0f766e", "#f59e0b"),
        "logo_dark_blob": sample_mark("ring", "#ffffff", "#f59e0b"),
        **_ADDRESS,
    },
    "long": {
        "name": "Steinhauser & Breitenbacher Systemtechnik Gesellschaft mbH",
        "primary": "#9f1239",
        "secondary": "#4c0519",
        "accent": "#fbbf24",
        "email": "kontakt@steinhauser-breitenbacher.example",
        "website": "https://www.steinhauser-breitenbacher.example",
        "sender_name": "Maximiliane Steinhauser-Breitenbacher",
        "claim": "Sicherheit aus einer Hand seit 1974",
        "logo_blob": sample_mark("wide", "#9f1239", "#4c0519"),
        "logo_dark_blob": sample_mark("wide", "#fbbf24", "#ffffff"),
        **_ADDRESS,
    },
    "plain": {
        "name": "K2 Net",
        "primary": "#facc15",
        "email": "info@k2.example",
        "sender_name": "K2 Net",
        **_ADDRESS,
    },
}


def _abroad(*said: str) -> dict[str, str]:
    name, claim, person, city, mark, primary, accent = said
    return {
        "name": name,
        "claim": claim,
        "sender_name": person,
        "primary": primary,
        "accent": accent,
        "email": "info@partner.example",
        "website": "https://partner.example",
        "logo_blob": sample_mark(mark, primary, accent),
        "logo_dark_blob": sample_mark(mark, "#ffffff", accent),
        **_ADDRESS,
        "city": city,
    }


HARD: Mapping[str, Mapping[str, str]] = {
    "pale": {**SAMPLES["short"], "name": "Blass & Hell", "primary": "#fdf6d8", "secondary": "#f4f1ea",
             "accent": "#fff3b0", "logo_blob": sample_mark("peak", "#f3ead0", "#fff3b0"), "logo_dark_blob": ""},
    "dark": {**SAMPLES["short"], "name": "Nachtwerk", "primary": "#0b0d10", "secondary": "#000000",
             "accent": "#1b1f26", "logo_blob": sample_mark("bars", "#0b0d10", "#1b1f26"), "logo_dark_blob": ""},
}  # fmt: skip
SCRIPTS: Mapping[str, Mapping[str, str]] = {
    "el": _abroad("Αιγαίο Πληροφορική", "Απαντάμε αμέσως", "Ελένη Παππά", "Αθήνα", "peak", "#1d4ed8", "#f59e0b"),
    "ru": _abroad("Северный Ветер", "Всегда на связи", "Анна Орлова", "Таллин", "ring", "#7c2d12", "#0ea5e9"),
    "ar": _abroad("شركة النور للتقنية", "نحن نجيب دائماً", "ليلى حداد", "دبي", "bars", "#065f46", "#eab308"),
    "he": _abroad("רוח צפונית", "אנחנו תמיד עונים", "נועה לוי", "תל אביב", "ring", "#1e3a8a", "#f97316"),
    "hi": _abroad("उत्तरी हवा प्रौद्योगिकी", "हम हमेशा जवाब देते हैं", "अनन्या शर्मा", "मुंबई", "peak", "#9a3412", "#14b8a6"),
    "th": _abroad("ลมเหนือเทคโนโลยี", "เราตอบทุกสาย", "สุดา ศรีสุข", "กรุงเทพฯ", "bars", "#6d28d9", "#f43f5e"),
    "ja": _abroad("北風情報システム株式会社", "電話にすぐ出ます", "佐藤 美咲", "東京", "ring", "#b91c1c", "#334155"),
    "zh": _abroad("北风信息技术有限公司", "随时为您服务", "李 娜", "上海", "peak", "#0e7490", "#dc2626"),
    "ko": _abroad("북풍정보기술", "언제나 답합니다", "김 민지", "서울", "bars", "#4338ca", "#ea580c"),
}
LOOKS: Mapping[str, Mapping[str, str]] = {**SAMPLES, **HARD, **SCRIPTS}
"""Every look that comes with the product: three to begin with, and those in which designs break first."""


def own_brand(partner_id: int, site: Site | None = None) -> dict[str, str]:
    """Return what the acting partner's profile says, with the address and telephone of a branch where there is one."""
    profile = session.scalar(sa.select(BrandProfile).where(BrandProfile.partner_id == partner_id))
    return brand_values(profile, site) if profile is not None else {}


def brand_for_preview(sample: str, *, by: Actor) -> dict[str, str]:
    """Return the look that a vendor chose for a preview: a sample, or one of its own partners by public id."""
    if sample in LOOKS:
        return dict(LOOKS[sample])
    chosen = sa.select(Partnership.partner_id).where(
        Partnership.public_id == sample, Partnership.state == PartnershipState.ACTIVE
    )
    return brand_of_partner(require(session.scalar(chosen)), by=by)


def brand_of_partner(partner_id: int, *, by: Actor) -> dict[str, str]:
    """Return the look of a partner of the acting vendor: name, colours, logo and contact data, nothing else.

    This is a door in the wall: what a kit looks like for each partner is the vendor's to check before it
    publishes. The partnership was found in the vendor's own reach, or the answer is as if there were none.
    """
    known = session.scalar(sa.select(Partnership.id).where(Partnership.partner_id == partner_id))
    require(known)
    with crossing(vendor_id=by.vendor_id, partner_id=partner_id):
        profile = session.scalar(sa.select(BrandProfile).where(BrandProfile.partner_id == partner_id))
        return brand_values(profile) if profile is not None else {}


def brands_of_partners(partner_ids: Sequence[int], *, by: Actor) -> dict[int, dict[str, str]]:
    """Return the looks of many of the acting vendor's partners at once; those without a profile are left out.

    The same door in the wall: whoever is no partner of this vendor is as absent as one that never was.
    """
    mine = session.scalars(sa.select(Partnership.partner_id).where(Partnership.partner_id.in_(partner_ids))).all()
    with acting(Actor.reader(f"looks for {by.label}")):
        profiles = session.scalars(sa.select(BrandProfile).where(BrandProfile.partner_id.in_(mine))).all()
        found = {profile.partner_id: brand_values(profile) for profile in profiles}
        for profile in profiles:
            session.expunge(profile)  # out of reach again behind this door
    return found
