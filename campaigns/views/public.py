"""How public pages show a partner: colours as a stylesheet, name and address as the layout asks for them."""

from collections.abc import Mapping
from typing import Any

from assets.library.brands import brand_from

TOKENS = ("primary", "on_primary", "secondary", "on_secondary", "accent", "ink", "paper")


def brand_colours(values: Mapping[str, str]) -> str:
    """Return the stylesheet that gives a public page its partner's colours."""
    brand = brand_from({**values, "logo_blob": "", "logo_dark_blob": ""}, "en")
    lines = (f"--brand-{name.replace('_', '-')}: {brand.token(name).hex};" for name in TOKENS)
    return f":root {{ {' '.join(lines)} }}\n"


def public_brand(values: Mapping[str, str], *, logo_url: str) -> dict[str, Any]:
    """Return what the public layout shows of a partner."""
    brand = brand_from({**values, "logo_blob": "", "logo_dark_blob": ""}, "en")
    return {
        "name": brand.name,
        "logo_url": logo_url if values.get("logo_blob") or values.get("logo_dark_blob") else "",
        "website": brand.website,
        "phone": brand.phone,
        "email": brand.email,
        "claim": brand.claim,
        "address_lines": brand.address_lines,
    }
