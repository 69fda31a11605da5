"""Pictures of a mail that would vanish where a mail program shows it on a dark ground."""

from collections.abc import Iterator
from functools import lru_cache

from assets.artwork import Picture
from assets.brand import Brand
from assets.logos import PreparedLogo, prepare_logo
from campaigns.content import Content
from campaigns.mails import picture_sources
from campaigns.manifest.model import EmailStep
from tcma.core.words import lazy_gettext as _

DARK_LUMINANCE = 0.01
"""Of about #1a1a1a, as dark as mail programs paint."""

LEAST_SEEN = 0.5


def lost_in_dark(content: Content, step: EmailStep, *, brand: Brand) -> list[str]:
    """Return what should be known about a mail's logo and pictures where they lie on a dark ground, and how to mend it.

    A picture is lost if it has a transparent ground and less than half of it stands out from a dark one (a contrast
    of 2:1). Programs that turn the colours of a mail leave its pictures as they are, so its own styles do not help.
    """
    return list(dict.fromkeys(str(words) for words in _losses(content, step, brand)))


def _losses(content: Content, step: EmailStep, brand: Brand) -> Iterator[object]:
    for source in picture_sources(content.kit.mails.get(step.body, "")):
        if source in {"brand:logo", "brand:logo_dark"}:
            first, other = brand.logo, brand.logo_dark
            logo = (other or first) if source == "brand:logo_dark" else (first or other)
            if logo is not None and is_lost(logo):
                yield _(
                    "The logo is dark and its ground transparent: programs that turn mails dark hide it. "
                    "Give the file a light ground or a light outline."
                )
        elif isinstance(picture := content.artwork.get(source), Picture) and is_lost_picture(picture):
            yield _(
                "“%(path)s” is dark and its ground transparent: programs that turn mails dark hide it. "
                "Give the file a light ground.",
                path=source,
            )


def is_lost(logo: PreparedLogo) -> bool:
    """Whether a logo or picture cannot be seen where the ground behind it turns dark."""
    return logo.ground is None and logo.legible_share(DARK_LUMINANCE) < LEAST_SEEN


@lru_cache(maxsize=256)
def is_lost_picture(picture: Picture) -> bool:
    """Whether a picture of a kit cannot be seen where the ground behind it turns dark."""
    return picture.has_alpha and is_lost(prepare_logo(picture.data))
