"""A partner's first look: its logo, and colours taken from it."""

from datetime import datetime

from assets.library.brands import colours_of_logo, logo_from
from tcma.core.actor import Actor
from tcma.partners.models import BrandProfile
from tcma.partners.operations import set_logo, update_brand


def first_brand(*, logo: bytes, primary: str | None, by: Actor, now: datetime) -> BrandProfile:
    """Take a partner's logo; its colours are the logo's own, unless `primary` names another.

    What cannot be used as a logo is refused with the reason, and nothing is changed.
    """
    profile = set_logo(data=logo, by=by, now=now)
    prepared = logo_from(profile.logo_blob)
    colours = colours_of_logo(prepared) if prepared else {}
    if primary:
        colours["primary"] = primary
    return update_brand(by=by, now=now, languages=None, **colours) if colours else profile
