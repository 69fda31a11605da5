"""What people do with partners: enter a brand, invite a company, change what its partnership allows."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assets.guideline import Guideline
from tcma.core import audit, intake, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.tenancy import acting, crossing
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation, OrganisationKind, Role
from tcma.identity.operations.invitations import invite
from tcma.partners import queries
from tcma.partners.models import BrandProfile, Partnership, PartnershipState, Territory, VendorBrand
from tcma.partners.programmes import stand_on
from tcma.partners.queries import tiers_of

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
BRAND_WORDS = (
    "name", "claim", "phone", "email", "website", "street", "postcode", "city", "country", "sender_name",
    "sender_email",
)  # fmt: skip
BRAND_COLOURS = ("primary", "secondary", "accent")
ZONES = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "GB": "Europe/London", "IE": "Europe/Dublin",
    "FR": "Europe/Paris", "NL": "Europe/Amsterdam", "US": "America/New_York", "JP": "Asia/Tokyo", "AE": "Asia/Dubai",
    "ES": "Europe/Madrid", "IT": "Europe/Rome", "PL": "Europe/Warsaw", "BE": "Europe/Brussels",
}  # fmt: skip
LOGO_WIDTH = 1600  # pixels: sharp on a printed A4 page
LONGEST_LEGAL = 2_000
MOST_RULES, LONGEST_RULE = 500, 80
SMALLEST_LOGO = 60 * 60  # pixels in all: less is soft even on a phone


class OddColour(DomainError):
    """A colour is not written as #rrggbb."""


class TooLong(DomainError):
    """More words than can be kept and looked for."""


class AlreadyPartners(Conflict):
    """The two companies have a partnership."""


class OddTerritory(DomainError):
    """A territory names no country."""


# Which way a partnership may go; `archived` is the end.
MOVES: dict[PartnershipState, frozenset[PartnershipState]] = {
    PartnershipState.PROSPECT: frozenset(
        {PartnershipState.APPLIED, PartnershipState.INVITED, PartnershipState.ARCHIVED}
    ),
    PartnershipState.APPLIED: frozenset({PartnershipState.INVITED, PartnershipState.ACTIVE, PartnershipState.ARCHIVED}),
    PartnershipState.INVITED: frozenset({PartnershipState.ACTIVE, PartnershipState.ARCHIVED}),
    PartnershipState.ACTIVE: frozenset({PartnershipState.INACTIVE, PartnershipState.OFFBOARDING}),
    PartnershipState.INACTIVE: frozenset({PartnershipState.ACTIVE, PartnershipState.OFFBOARDING}),
    PartnershipState.OFFBOARDING: frozenset({PartnershipState.ARCHIVED, PartnershipState.ACTIVE}),
    PartnershipState.ARCHIVED: frozenset(),
}


def brand_profile(partner_id: int, *, now: datetime) -> BrandProfile:
    """Return the partner's brand profile, begun from what its organisation says when there is none yet."""
    found = session.scalar(sa.select(BrandProfile).where(BrandProfile.partner_id == partner_id))
    if found is not None:
        return found
    organisation = session.get_one(Organisation, partner_id)
    found = BrandProfile(
        partner_id=partner_id,
        name=organisation.name,
        country=organisation.country,
        languages=[organisation.language],
        zone=organisation.zone,
        sender_name=organisation.name,
        updated_at=now,
    )
    session.add(found)
    session.flush()
    return found


def update_brand(*, by: Actor, now: datetime, languages: list[str] | None = None, **words: str) -> BrandProfile:
    """Let the partner's brand say `words` (names, contact data, `#rrggbb` colours); what is left out stays.

    Every piece made from now on shows it; finished pieces stay as they are. Refused: `OddColour`.
    """
    unknown = set(words) - {*BRAND_WORDS, *BRAND_COLOURS, "zone"}
    if unknown:
        raise TypeError(f"a brand has no {', '.join(sorted(unknown))}")
    for key in BRAND_COLOURS:
        if key in words and not HEX_COLOUR.fullmatch(words[key]):
            raise OddColour(_("Write the colour as # and six figures, such as #1d4ed8."), field=key)
    profile = brand_profile(_partner(by), now=now)
    before = {key: getattr(profile, key) for key in words}
    for key, value in words.items():
        setattr(profile, key, value.strip().lower() if key in BRAND_COLOURS else value.strip())
    if languages is not None:
        profile.languages = languages
    _changed(profile, by=by, now=now, action="brand.updated", before=before, after=dict(words))
    return profile


def set_logo(*, data: bytes, dark: bool = False, by: Actor, now: datetime) -> BrandProfile:
    """Take a logo (PNG, JPEG, WebP, GIF, AVIF or SVG bytes) for light grounds, or for `dark` ones.

    The file is decoded in a child process and kept as a clean PNG. What cannot be used is refused by
    `tcma.core.intake` with the reason; the former logo then stays.
    """
    profile = brand_profile(_partner(by), now=now)
    clean = intake.image(data, purpose=intake.Purpose.LOGO, min_pixels=SMALLEST_LOGO, svg_width=LOGO_WIDTH)
    blob = runtime.uploads().keep(profile.partner_id, clean.bytes)
    if dark:
        profile.logo_dark_blob = blob.path
    else:
        profile.logo_blob = blob.path
    _changed(profile, by=by, now=now, action="brand.logo_set", before=None, after={"sha256": blob.sha256, "dark": dark})
    return profile


def _changed(
    profile: BrandProfile,
    *,
    by: Actor,
    now: datetime,
    action: str,
    before: dict[str, str] | None,
    after: dict[str, object],
) -> None:
    profile.updated_at = now
    audit.record(
        by=by, action=action, object_type="brand_profile", object_id=profile.id, before=before, after=after, now=now
    )
    outbox.tell("brand.updated", profile_id=profile.id, partner_id=profile.partner_id, now=now)


def vendor_brand(*, by: Actor) -> VendorBrand:
    """Return the acting vendor's brand, begun from what its organisation says when there is none yet."""
    vendor_id = _vendor(by)
    found = queries.vendor_brand(vendor_id)
    if found is None:
        name = session.get_one(Organisation, vendor_id).name[:120]
        found = VendorBrand(vendor_id=vendor_id, name=name, colours={}, legal={}, guideline={})
        session.add(found)
        session.flush()  # the audit row names it
    return found


def update_vendor_brand(
    *, name: str, colours: Mapping[str, str], legal: Mapping[str, str], by: Actor, now: datetime
) -> VendorBrand:
    """Let the vendor's brand have this name, these `#rrggbb` colours and this legal block by language.

    Whatever partners make from now on shows it. Refused: `OddColour`, `TooLong`.
    """
    for key, value in colours.items():
        if not HEX_COLOUR.fullmatch(value):
            raise OddColour(_("Write the colour as # and six figures, such as #1d4ed8."), field=key)
    if any(len(text) > LONGEST_LEGAL for text in legal.values()):
        raise TooLong(_("A legal block has %(most)d characters at most.", most=LONGEST_LEGAL), field="name")
    brand = vendor_brand(by=by)
    before = {"name": brand.name, "colours": dict(brand.colours), "legal": dict(brand.legal)}
    brand.name = name.strip()
    brand.colours = {**brand.colours, **{key: value.lower() for key, value in colours.items()}}
    kept = {**brand.legal, **{language: text.strip() for language, text in legal.items()}}
    brand.legal = {language: text for language, text in kept.items() if text}
    after = {"name": brand.name, "colours": dict(brand.colours), "legal": dict(brand.legal)}
    _vendor_brand_changed(brand, "vendor_brand.updated", before, after, by=by, now=now)
    return brand


def set_vendor_logo(*, data: bytes, dark: bool = False, by: Actor, now: datetime) -> VendorBrand:
    """Take the vendor's logo for light grounds, or for `dark` ones; decoded in a child process and kept clean."""
    clean = intake.image(data, purpose=intake.Purpose.LOGO, min_pixels=SMALLEST_LOGO, svg_width=LOGO_WIDTH)
    brand = vendor_brand(by=by)
    blob = runtime.uploads().keep(brand.vendor_id, clean.bytes)
    if dark:
        brand.logo_dark_blob = blob.path
    else:
        brand.logo_blob = blob.path
    _vendor_brand_changed(brand, "vendor_brand.logo_set", None, {"sha256": blob.sha256, "dark": dark}, by=by, now=now)
    return brand


def update_guideline(*, guideline: Guideline, by: Actor, now: datetime) -> VendorBrand:
    """Let this be the vendor's guideline for words, from now on. Refused: `TooLong`."""
    words = [*(each.word for each in guideline.banned), *guideline.spellings, *guideline.required]
    if len(words) > MOST_RULES or any(len(word) > LONGEST_RULE for word in words):
        message = _("A guideline has %(rules)d words at most, each of %(most)d letters at most.",
                    rules=MOST_RULES, most=LONGEST_RULE)  # fmt: skip
        raise TooLong(message, field="spellings")
    brand = vendor_brand(by=by)
    before, brand.guideline = brand.guideline, guideline.as_dict()
    _vendor_brand_changed(brand, "guideline.updated", before, brand.guideline, by=by, now=now)
    return brand


def _vendor_brand_changed(
    brand: VendorBrand, action: str, before: dict[str, Any] | None, after: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    audit.record(
        by=by, action=action, object_type="vendor_brand", object_id=brand.id, before=before, after=after, now=now
    )


def invite_partner(
    *,
    name: str,
    email: str,
    country: str,
    language: str = "en",
    zone: str | None = None,
    partner_type: str = "reseller",
    tier_ids: Collection[int] = (),
    by: Actor,
    now: datetime,
) -> Partnership:
    """Make a company and its partnership with the acting vendor, and invite its first person, who administers it.

    Companies of the same name stay apart: whether one is known already is nobody's business but its own.
    The partnership is active as soon as that person joins.
    """
    company = Organisation(
        kind=OrganisationKind.PARTNER,
        name=name.strip(),
        country=country,
        language=language,
        zone=zone or zone_of(country),
        created_at=now,
    )
    session.add(company)
    session.flush()  # the partnership needs its key
    partnership = join(partner_id=company.id, partner_type=partner_type, tier_ids=tier_ids, by=by, now=now)
    with crossing(partner_id=company.id):
        invite(org_id=company.id, email=email, role=Role.ADMIN, by=by, now=now)
    return partnership


def zone_of(country: str) -> str:
    """Return the time zone of a country's capital or largest part; a partner changes it in its profile."""
    return ZONES.get(country.upper(), "UTC")


def welcome(*, membership_id: int, org_id: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a listener's signature
    """Let the partnerships that wait for a company's first person be active, now that somebody has joined."""
    company = session.get_one(Organisation, org_id)
    if company.kind is not OrganisationKind.PARTNER:
        return
    actor = by.at(partner_id=company.id)
    with acting(actor):
        waiting = sa.select(Partnership).where(Partnership.state == PartnershipState.INVITED)
        for partnership in session.scalars(waiting.order_by(Partnership.id)).all():
            move_partnership(partnership=partnership, to=PartnershipState.ACTIVE, by=actor, now=now)


def join(
    *, partner_id: int, partner_type: str = "reseller", tier_ids: Collection[int] = (), by: Actor, now: datetime
) -> Partnership:
    """Make the partnership of the acting vendor with a company; refused when there is one (`AlreadyPartners`)."""
    vendor_id = _vendor(by)
    known = session.scalar(sa.select(Partnership.id).where(Partnership.partner_id == partner_id))
    if known is not None:
        raise AlreadyPartners(_("This company is your partner already."))
    partnership = Partnership(vendor_id=vendor_id, partner_id=partner_id, partner_type=partner_type, created_at=now)
    session.add(partnership)
    session.flush()  # the audit row names it, and so do its tiers
    stand_on(partnership, tier_ids)
    audit.record(
        by=by, action="partnership.invited", object_type="partnership", object_id=partnership.id,
        after={"partner_type": partner_type}, now=now,
    )  # fmt: skip
    _partnership_changed(partnership, now)
    return partnership


def move_partnership(*, partnership: Partnership, to: PartnershipState, by: Actor, now: datetime) -> Partnership:
    """Let the partnership be in state `to`; refused where the table of moves does not lead there (`Conflict`)."""
    if to not in MOVES[partnership.state]:
        raise Conflict(_("The partnership has moved on in the meantime. Load the page again."))
    before = partnership.state
    partnership.state = to
    if to is PartnershipState.ACTIVE and partnership.joined_at is None:
        partnership.joined_at = now
    audit.record(
        by=by, action="partnership.moved", object_type="partnership", object_id=partnership.id,
        before={"state": before}, after={"state": to}, now=now,
    )  # fmt: skip
    _partnership_changed(partnership, now)
    return partnership


def update_partnership(
    *,
    partnership: Partnership,
    tier_ids: Collection[int],
    competencies: list[str],
    industries: list[str],
    lead_capacity: int,
    territories: list[tuple[str, str]],
    cam_membership_id: int | None,
    by: Actor,
    now: datetime,
) -> Partnership:
    """Let the partnership have these tiers, skills, territory (country, postcode prefix) and lead capacity.

    Kits and leads follow within a minute: who may read a kit and who gets a lead is worked out anew.
    """
    if any(len(country) != len("DE") for country, _prefix in territories):
        raise OddTerritory(_("Name a country for each territory, such as DE."), field="territories")
    before = {
        "tiers": [tier.key for tier in tiers_of([partnership.id])[partnership.id]],
        "competencies": list(partnership.competencies),
        "lead_capacity": partnership.lead_capacity,
    }
    stand_on(partnership, tier_ids)
    session.flush()  # what is told of the tiers below is what stands now
    partnership.competencies = sorted(set(competencies))
    partnership.industries = sorted(set(industries))
    partnership.lead_capacity = lead_capacity
    partnership.cam_membership_id = cam_membership_id
    _set_territories(partnership, territories)
    audit.record(
        by=by, action="partnership.updated", object_type="partnership", object_id=partnership.id, before=before,
        after={
            "tiers": [tier.key for tier in tiers_of([partnership.id])[partnership.id]],
            "competencies": competencies,
            "lead_capacity": lead_capacity,
        },
        now=now,
    )  # fmt: skip
    _partnership_changed(partnership, now)
    return partnership


def _set_territories(partnership: Partnership, wanted: list[tuple[str, str]]) -> None:
    kept = session.scalars(sa.select(Territory).where(Territory.partnership_id == partnership.id)).all()
    there = {(row.country, row.postcode_prefix): row for row in kept}
    for key in there.keys() - set(wanted):
        session.delete(there[key])
    for country, prefix in dict.fromkeys(wanted):
        if (country, prefix) not in there:
            session.add(
                Territory(
                    vendor_id=partnership.vendor_id,
                    partner_id=partnership.partner_id,
                    partnership_id=partnership.id,
                    country=country,
                    postcode_prefix=prefix,
                )
            )


def _partnership_changed(partnership: Partnership, now: datetime) -> None:
    outbox.tell(
        "partnership.changed",
        partnership_id=partnership.id,
        vendor_id=partnership.vendor_id,
        partner_id=partnership.partner_id,
        now=now,
    )


def _partner(by: Actor) -> int:
    return require(by.partner_id)


def _vendor(by: Actor) -> int:
    return require(by.vendor_id)
