"""What pages and other parts read of partners."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from assets.brand import Brand
from assets.colour import Rgba
from assets.guideline import Guideline
from assets.logos import PreparedLogo, prepare_logo
from tcma.core import runtime
from tcma.core.db import require, session
from tcma.identity.models import Membership, Organisation, Role, User
from tcma.partners.models import (
    BrandProfile,
    Partnership,
    PartnershipState,
    Programme,
    Site,
    Standing,
    Territory,
    Tier,
    VendorBrand,
)  # fmt: skip

NEEDED_FOR_A_LAUNCH = ("name", "street", "postcode", "city", "email", "phone", "sender_name")
PER_PAGE = 50
FIRST_COLOURS = {"primary": "#1d4ed8", "secondary": "#0f172a", "accent": "#f59e0b"}


def profile_of(partner_id: int) -> BrandProfile | None:
    """Return the partner's brand profile, if it has begun one."""
    return session.scalar(sa.select(BrandProfile).where(BrandProfile.partner_id == partner_id))


def missing_in(profile: BrandProfile | None) -> list[str]:
    """Return the names of the fields that a launch needs and the profile has not, a logo among them."""
    if profile is None:
        return [*NEEDED_FOR_A_LAUNCH, "logo"]
    missing = [name for name in NEEDED_FOR_A_LAUNCH if not getattr(profile, name)]
    return missing if profile.logo_blob else [*missing, "logo"]


def vendor_brand(vendor_id: int) -> VendorBrand | None:
    """Return how a vendor looks and speaks, as far as the one who acts may see it."""
    return session.scalar(sa.select(VendorBrand).where(VendorBrand.vendor_id == vendor_id).order_by(VendorBrand.id))


def vendor_look(vendor_id: int) -> dict[str, str]:
    """Return name and colours of a vendor's brand as its form shows them, begun from its company's name."""
    brand = vendor_brand(vendor_id)
    name = session.scalar(sa.select(Organisation.name).where(Organisation.id == vendor_id)) or ""
    if brand is None:
        return {"name": name, **FIRST_COLOURS}
    return {"name": brand.name, **FIRST_COLOURS, **{key: str(value) for key, value in brand.colours.items()}}


def guideline_of(vendor_id: int) -> Guideline:
    """Return the vendor's guideline for words; the empty one where it has none."""
    brand = vendor_brand(vendor_id)
    return Guideline.parse(brand.guideline) if brand is not None else Guideline()


def brand_values(profile: BrandProfile, site: Site | None = None) -> dict[str, str]:
    """Return the profile's words and colours, as they are frozen into a launch.

    With a branch they are as it says of itself: its address whole, and its telephone where it has one.
    """
    names = (
        "name", "claim", "primary", "secondary", "accent", "phone", "email", "website", "street", "postcode", "city",
        "country", "sender_name", "sender_email", "logo_blob", "logo_dark_blob",
    )  # fmt: skip
    said = {name: getattr(profile, name) or "" for name in names}
    if site is None:
        return said
    address = ("street", "postcode", "city", "country")
    own = {name: getattr(site, name) for name in address} if site.street or site.city else {}
    return said | own | ({"phone": site.phone} if site.phone else {})


@lru_cache(maxsize=256)
def _prepared(blob: str) -> PreparedLogo:
    return prepare_logo(runtime.store().get(blob))


def render_brand(values: Mapping[str, str], *, language: str) -> Brand:
    """Return the brand that the renderers take, from a profile's values or those frozen into a launch."""
    words = ("name", "claim", "phone", "email", "website", "street", "postcode", "city", "country", "sender_name")
    return Brand(
        **{word: values.get(word, "") for word in words},
        primary=Rgba.parse(values["primary"]),
        secondary=Rgba.parse(values["secondary"]),
        accent=Rgba.parse(values["accent"]),
        logo=_prepared(values["logo_blob"]) if values.get("logo_blob") else None,
        logo_dark=_prepared(values["logo_dark_blob"]) if values.get("logo_dark_blob") else None,
        language=language,
    )


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One line of the vendor's list of partners."""

    partnership: Partnership
    name: str
    country: str
    tier: str | None


def partners_page(
    *,
    words: str = "",
    state: str = "",
    tier_id: int | None = None,
    sort: str = "name",
    descending: bool = False,
    page: int = 1,
) -> tuple[list[PartnerRow], int]:
    """Return a page of the acting vendor's partners, and how many there are in all."""
    best = best_rank().label("rank")
    chosen = sa.select(Partnership, Organisation.name, Organisation.country, best).join(
        Organisation, Organisation.id == Partnership.partner_id
    )
    if words:
        chosen = chosen.where(Organisation.name.icontains(words, autoescape=True))
    if state in set(PartnershipState):
        chosen = chosen.where(Partnership.state == state)
    if tier_id is not None:
        chosen = chosen.where(sa.exists().where(Standing.partnership_id == Partnership.id, Standing.tier_id == tier_id))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    columns = {"name": sa.func.lower(Organisation.name), "country": Organisation.country, "tier": best,
               "joined": Partnership.joined_at, "leads": Partnership.open_leads}  # fmt: skip
    column = columns.get(sort, columns["name"])
    chosen = chosen.order_by(column.desc() if descending else column, Partnership.id)
    rows = session.execute(chosen.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    held = tiers_of(row[0].id for row in rows)
    return [PartnerRow(row[0], row[1], row[2], _names(held[row[0].id])) for row in rows], total


def _names(held: Sequence[Tier]) -> str | None:
    return ", ".join(tier.name for tier in held) or None


def best_rank() -> sa.ScalarSelect[int]:
    """Return, for a query of partnerships, the rank of the best tier that each is on; null where it is on none."""
    return (
        sa.select(sa.func.max(Tier.rank))
        .join(Standing, Standing.tier_id == Tier.id)
        .where(Standing.partnership_id == Partnership.id)
        .correlate(Partnership)
        .scalar_subquery()
    )


def tiers_of(partnership_ids: Iterable[int]) -> Mapping[int, list[Tier]]:
    """Return the tiers that each partnership is on, best first; an empty list for one that is on none."""
    found: dict[int, list[Tier]] = defaultdict(list)
    chosen = (
        sa.select(Standing.partnership_id, Tier)
        .join(Tier, Tier.id == Standing.tier_id)
        .where(Standing.partnership_id.in_(list(partnership_ids)))
        .order_by(Tier.rank.desc(), Tier.id)
    )
    for partnership_id, tier in session.execute(chosen):
        found[partnership_id].append(tier)
    return found


def partnership_by(public_id: str) -> Partnership:
    """Return the partnership at this address, in reach of who acts, or answer as if there were none."""
    chosen = sa.select(Partnership).where(Partnership.public_id == public_id)
    return require(session.scalar(chosen.options(joinedload(Partnership.partner))))


def country_of(org_id: int | None) -> str:
    """Return the country of a company."""
    return session.scalar(sa.select(Organisation.country).where(Organisation.id == org_id)) or ""


def territories_of(partnership_id: int) -> Sequence[Territory]:
    """Return where a partner serves the vendor's customers."""
    chosen = sa.select(Territory).where(Territory.partnership_id == partnership_id)
    return session.scalars(chosen.order_by(Territory.country, Territory.postcode_prefix)).all()


def programmes() -> Sequence[Programme]:
    """Return the programmes in reach, the oldest first."""
    return session.scalars(sa.select(Programme).order_by(Programme.id)).all()


def programme_by(public_id: str) -> Programme:
    """Return the programme at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(Programme).where(Programme.public_id == public_id)))


def tiers() -> Sequence[Tier]:
    """Return the tiers of the programmes in reach, best first."""
    return session.scalars(sa.select(Tier).order_by(Tier.rank.desc(), Tier.id)).all()


def members_by_tier() -> Mapping[int, int]:
    """Return how many partners in reach are on each tier."""
    chosen = sa.select(Standing.tier_id, sa.func.count()).group_by(Standing.tier_id)
    return {row[0]: row[1] for row in session.execute(chosen)}


def account_managers(vendor_id: int) -> list[tuple[int, str]]:
    """Return membership id and name of the vendor's channel account managers."""
    chosen = (
        sa.select(Membership.id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.org_id == vendor_id, Membership.role == Role.CAM, Membership.active)
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in session.execute(chosen)]


def vendors_of(partner_id: int) -> Sequence[Partnership]:
    """Return the partner's partnerships, oldest first."""
    chosen = sa.select(Partnership).where(Partnership.partner_id == partner_id).options(joinedload(Partnership.vendor))
    return session.scalars(chosen.order_by(Partnership.id)).all()
