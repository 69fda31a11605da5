"""A partner in the open: the colours and the mark that public pages show, by an address that says nothing."""

import io
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, send_file, url_for

from assets.brand import Brand
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.origins import address_of, serves_file
from tcma.core.tenancy import acting
from tcma.identity.access import public
from tcma.identity.models import Organisation, OrganisationKind
from tcma.partners.models import BrandProfile
from tcma.partners.queries import brand_values, profile_of, render_brand

blueprint = Blueprint("brands", __name__)

TOKENS = ("primary", "on_primary", "secondary", "on_secondary", "accent", "ink", "paper")
KEPT_FOR = 300  # seconds


@blueprint.get("/b/<public_id>.css")
@public
def stylesheet(public_id: str) -> Response:
    """The partner's colours, with tones on them that can be read."""
    brand = _brand(_profile(public_id))
    lines = (f"--brand-{name.replace('_', '-')}: {brand.token(name).hex};" for name in TOKENS)
    response = Response(f":root {{ {' '.join(lines)} }}\n", mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    return response


@blueprint.get("/b/<public_id>/logo.png")
@public
@serves_file
def logo(public_id: str) -> Response:
    """The partner's mark: our own re-encoded PNG."""
    profile = _profile(public_id)
    blob = require(profile.logo_blob or profile.logo_dark_blob)
    response = send_file(io.BytesIO(runtime.store().get(blob)), mimetype="image/png")
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    return response


def public_values(partner_id: int) -> dict[str, Any]:
    """Return what the public layout shows of a partner: `brand` and `brand_stylesheet_url`."""
    company = require(session.get(Organisation, partner_id))
    profile = profile_of(partner_id)
    if profile is None:
        return {"brand": {"name": company.name}, "brand_stylesheet_url": None}
    brand = _brand(profile)
    marked = profile.logo_blob or profile.logo_dark_blob
    return {
        "brand": {
            "name": brand.name,
            "logo_url": address_of("brands.logo", public_id=company.public_id) if marked else "",
            "website": brand.website,
            "phone": brand.phone,
            "email": brand.email,
            "claim": brand.claim,
            "address_lines": brand.address_lines,
        },
        "brand_stylesheet_url": url_for("brands.stylesheet", public_id=company.public_id),
    }


def _profile(public_id: str) -> BrandProfile:
    """Return the profile behind a public address, read in the reach of its own partner."""
    company = require(
        session.scalar(
            sa.select(Organisation).where(
                Organisation.public_id == public_id, Organisation.kind == OrganisationKind.PARTNER
            )
        )
    )
    with acting(Actor.system("brand", partner_id=company.id)):
        return require(profile_of(company.id))


def _brand(profile: BrandProfile) -> Brand:
    return render_brand({**brand_values(profile), "logo_blob": "", "logo_dark_blob": ""}, language="en")
