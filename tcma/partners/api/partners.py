"""The API of partners: a partner's own brand, and the companies that a vendor works with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tcma.core import clock
from tcma.core.api import Answer, Body, Paged, PageQuery, decoded_file, page_of
from tcma.core.db import require
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import operations, queries
from tcma.partners.api.ground import PLAIN, blueprint
from tcma.partners.models import BrandProfile, Partnership, PartnershipState, Programme, Tier
from tcma.partners.programmes import LONGEST_NAME, MOST_TIERS, save_programme

Word = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
Short = Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)]
Address = Annotated[str, StringConstraints(max_length=320, pattern=PLAIN)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
LARGEST_LOGO = 12 * 1024 * 1024


class BrandOut(Answer):
    """A brand profile. `missing` names what a campaign still needs; the addresses of logos hold for a short while."""

    name: str
    claim: str
    phone: str
    email: str
    website: str
    street: str
    postcode: str
    city: str
    country: str
    sender_name: str
    sender_email: str
    primary: str
    secondary: str
    accent: str
    languages: list[str]
    logo_url: str | None
    logo_dark_url: str | None
    missing: list[str]


class BrandChange(Body):
    """What of a brand is to change; what is left out stays."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)] | None = None
    claim: Word | None = None
    phone: Short | None = None
    email: Address | None = None
    website: Word | None = None
    street: Word | None = None
    postcode: Annotated[str, StringConstraints(max_length=20, pattern=PLAIN)] | None = None
    city: Annotated[str, StringConstraints(max_length=120, pattern=PLAIN)] | None = None
    country: Country | None = None
    sender_name: Annotated[str, StringConstraints(max_length=120, pattern=PLAIN)] | None = None
    sender_email: Address | None = None
    primary: Colour | None = None
    secondary: Colour | None = None
    accent: Colour | None = None
    languages: list[Language] | None = Field(None, min_length=1, max_length=10)


class LogoIn(Body):
    """A logo in base64: PNG, JPEG, WebP, GIF, AVIF or SVG, for a light or a dark ground."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_LOGO)]
    ground: Literal["light", "dark"] = "light"


class PartnerOut(Answer):
    """A partner as its vendor sees it. `id` is the partnership, `partner` the company."""

    id: str
    partner: str
    name: str
    country: str
    state: PartnershipState
    partner_type: str
    tiers: list[str]
    competencies: list[str]
    lead_capacity: int
    open_leads: int
    joined_at: datetime | None


class TierOut(Answer):
    """A level of a programme; kits ask for it by its key, and a higher rank is better."""

    key: str
    name: str
    rank: int


class ProgrammeOut(Answer):
    """A programme and its tiers, the lowest first."""

    id: str
    name: str
    tiers: list[TierOut]


class ProgrammePage(Answer):
    """All programmes of a vendor; there are few."""

    items: list[ProgrammeOut]


class ProgrammeIn(Body):
    """A programme and the names of its tiers, the lowest first."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=PLAIN)]
    tiers: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=PLAIN)]],
        Field(min_length=1, max_length=MOST_TIERS),
    ]


class PartnerPage(Paged[PartnerOut]):
    """A page of partners."""


class PartnerQuery(PageQuery):
    """Which partners."""

    per_page: int = Field(queries.PER_PAGE, ge=queries.PER_PAGE, le=queries.PER_PAGE)
    q: Word = ""
    state: PartnershipState | None = None


class Invite(Body):
    """A company to invite, and the address of its first person."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
    email: Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    country: Country
    language: Language = "en"
    partner_type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = "reseller"


def _brand_out(profile: BrandProfile) -> BrandOut:
    def logo(ground: str, blob: str | None) -> str | None:
        return address_of("partners.brand_logo", ground=ground) if blob else None

    words = {name: getattr(profile, name) or "" for name in (*operations.BRAND_WORDS, *operations.BRAND_COLOURS)}
    return BrandOut(
        **words,
        languages=profile.languages,
        logo_url=logo("light", profile.logo_blob),
        logo_dark_url=logo("dark", profile.logo_dark_blob),
        missing=queries.missing_in(profile),
    )


def _partner_out(found: Partnership, tiers: Sequence[Tier]) -> PartnerOut:
    return PartnerOut(
        id=found.public_id,
        partner=found.partner.public_id,
        name=found.partner.name,
        country=found.partner.country,
        state=found.state,
        partner_type=found.partner_type,
        tiers=[tier.name for tier in tiers],
        competencies=found.competencies,
        lead_capacity=found.lead_capacity,
        open_leads=found.open_leads,
        joined_at=found.joined_at,
    )


@blueprint.get("/brand")
@requires(Permission.BRAND_WRITE)
@blueprint.output(BrandOut)
def brand() -> BrandOut:
    """Show the partner's own brand."""
    return _brand_out(require(queries.profile_of(require(current_actor().partner_id))))


@blueprint.patch("/brand")
@requires(Permission.BRAND_WRITE)
@blueprint.input(BrandChange)
@blueprint.output(BrandOut)
def change_brand(json_data: BrandChange) -> BrandOut:
    """Change the partner's brand; everything made from now on shows it."""
    given = json_data.model_dump(exclude_none=True)
    languages = given.pop("languages", None)
    return _brand_out(operations.update_brand(languages=languages, by=current_actor(), now=clock.now(), **given))


@blueprint.put("/brand/logo")
@requires(Permission.BRAND_WRITE)
@blueprint.input(LogoIn)
@blueprint.output(BrandOut)
def put_logo(json_data: LogoIn) -> BrandOut:
    """Take a logo; it is decoded apart from everything else and kept as a clean picture."""
    data, is_dark = decoded_file(json_data.file), json_data.ground == "dark"
    return _brand_out(operations.set_logo(data=data, dark=is_dark, by=current_actor(), now=clock.now()))


@blueprint.get("/partners")
@requires(Permission.PARTNERS_READ)
@blueprint.input(PartnerQuery, location="query")
@blueprint.output(PartnerPage)
def partners(query_data: PartnerQuery) -> dict[str, Any]:
    """List the vendor's partners by name, fifty at a time."""
    rows, total = queries.partners_page(words=query_data.q, state=query_data.state or "", page=query_data.page)
    held = queries.tiers_of(row.partnership.id for row in rows)
    found = [_partner_out(row.partnership, held[row.partnership.id]) for row in rows]
    return page_of(found, total=total, query=query_data)


@blueprint.get("/partners/<partnership_id>")
@requires(Permission.PARTNERS_READ)
@blueprint.output(PartnerOut)
def partner(partnership_id: str) -> PartnerOut:
    """Show one partner."""
    return _shown(queries.partnership_by(partnership_id))


@blueprint.post("/partners")
@requires(Permission.PARTNERS_WRITE)
@blueprint.input(Invite)
@blueprint.output(PartnerOut, status_code=201)
def invite(json_data: Invite) -> PartnerOut:
    """Invite a company and its first person."""
    made = operations.invite_partner(**json_data.model_dump(), by=current_actor(), now=clock.now())
    return _shown(queries.partnership_by(made.public_id))


@blueprint.get("/programmes")
@requires(Permission.PARTNERS_READ)
@blueprint.output(ProgrammePage)
def programmes() -> dict[str, Any]:
    """List the vendor's programmes with their tiers, the lowest first."""
    tiers = queries.tiers()
    return {"items": [_programme_out(one, tiers) for one in queries.programmes()]}


@blueprint.post("/programmes")
@requires(Permission.PARTNERS_WRITE)
@blueprint.input(ProgrammeIn)
@blueprint.output(ProgrammeOut, status_code=201)
def add_programme(json_data: ProgrammeIn) -> ProgrammeOut:
    """Add a programme with its tiers, the lowest first."""
    made = save_programme(name=json_data.name, tiers=json_data.tiers, by=current_actor(), now=clock.now())
    return _programme_out(made, queries.tiers())


@blueprint.put("/programmes/<programme_id>")
@requires(Permission.PARTNERS_WRITE)
@blueprint.input(ProgrammeIn)
@blueprint.output(ProgrammeOut)
def change_programme(programme_id: str, json_data: ProgrammeIn) -> ProgrammeOut:
    """Change a programme's name and tiers; a tier that partners are on cannot be left out."""
    changed = save_programme(
        programme=queries.programme_by(programme_id),
        name=json_data.name,
        tiers=json_data.tiers,
        by=current_actor(),
        now=clock.now(),
    )
    return _programme_out(changed, queries.tiers())


def _programme_out(programme: Programme, tiers: Sequence[Tier]) -> ProgrammeOut:
    own = sorted((tier for tier in tiers if tier.programme_id == programme.id), key=lambda tier: tier.rank)
    return ProgrammeOut(
        id=programme.public_id,
        name=programme.name,
        tiers=[TierOut(key=tier.key, name=tier.name, rank=tier.rank) for tier in own],
    )


def _shown(found: Partnership) -> PartnerOut:
    return _partner_out(found, queries.tiers_of([found.id])[found.id])
