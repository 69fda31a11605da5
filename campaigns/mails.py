"""A kit's mail in one brand and language, as MJML that is ready to be compiled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from re import DOTALL, Match
from re import compile as compile_pattern

from assets.brand import Brand
from campaigns.content import Content
from campaigns.manifest.model import EmailStep
from tcma.core.db import require

ImageUrl = Callable[[str], str]
"""Where a picture of the kit is fetched from: `artwork/…`, `collateral:<key>`, `brand:logo`, `brand:logo_dark`."""

_COLOUR = compile_pattern(r'="brand\.(primary|on_primary|secondary|on_secondary|accent|on_accent|ink|paper)"')
_SOURCE = compile_pattern(r'\bsrc="(artwork/[^"]+|collateral:[^"]+|brand:logo(?:_dark)?)"')
_LOGO = compile_pattern(r'<mj-image\b[^>]*\bsrc="brand:logo(?:_dark)?"[^>]*?(?:/>|>\s*</mj-image>)', DOTALL)
_WIDTH = compile_pattern(r'\bwidth="(\d+)px"')
_LOGO_HEIGHT = 64  # pixels: a square or tall logo is no larger than a wide one
_NAME_FOR_LOGO = '<mj-text font-size="22px" font-weight="700">{{ partner.name }}</mj-text>'


class MailLook(StrEnum):
    """How a mail is shown before it is sent: as its own styles say, or as programs make it that know better."""

    LIGHT = "light"
    DARK = "dark"
    INVERTED = "inverted"


@dataclass(frozen=True, slots=True)
class MailParts:
    """One mail of a kit: words still hold merge fields, colours and pictures are the partner's."""

    step: str
    language: str
    subject: str
    preheader: str
    mjml: str
    texts: Mapping[str, str]


def mail_step(content: Content, key: str) -> EmailStep:
    """Return a mail of the kit by its key; answers as if it never existed when there is none."""
    return require(next((step for step in content.mails if step.key == key), None))


def picture_sources(mjml: str) -> list[str]:
    """Return the pictures that a mail shows, as its MJML names them."""
    return [found[1] for found in _SOURCE.finditer(mjml)]


def mail_parts(content: Content, step: EmailStep, language: str, *, brand: Brand, image_url: ImageUrl) -> MailParts:
    """Return a mail with the partner's colours and addresses of pictures put in."""
    return MailParts(
        step=step.key,
        language=language,
        subject=content.words(step.subject, language),
        preheader=content.words(step.preheader, language),
        mjml=_dressed(content.kit.mails.get(step.body, ""), brand, image_url),
        texts=content.texts(language),
    )


def _dressed(mjml: str, brand: Brand, image_url: ImageUrl) -> str:
    logo = brand.logo or brand.logo_dark
    mjml = _LOGO.sub(_NAME_FOR_LOGO, mjml) if logo is None else _LOGO.sub(_no_taller(logo.aspect), mjml)

    def colour(found: Match[str]) -> str:
        return f'="{brand.token(found[1]).hex}"'

    def source(found: Match[str]) -> str:
        return f'src="{escape(image_url(found[1]))}"'

    return _SOURCE.sub(source, _COLOUR.sub(colour, mjml))


def _no_taller(aspect: float) -> Callable[[Match[str]], str]:
    """Return what keeps the width that a kit gives a logo, unless the logo would stand too tall with it."""
    widest = max(1, round(_LOGO_HEIGHT * aspect))

    def narrowed(found: Match[str]) -> str:
        return _WIDTH.sub(lambda width: f'width="{min(int(width[1]), widest)}px"', found[0])

    return narrowed
