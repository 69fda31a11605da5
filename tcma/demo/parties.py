"""Who is there: two vendors, their programmes and people, and the partners they share or do not."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from argon2 import PasswordHasher

from tcma.core.actor import Actor, ActorKind
from tcma.core.db import session, transaction
from tcma.core.models import Switch
from tcma.core.tenancy import acting
from tcma.demo.logos import PALETTES, svg_logo
from tcma.demo.names import COUNTRIES, LATIN, Country, company_name, country_of, domain_of
from tcma.identity.models import Membership, Organisation, OrganisationKind, Role, User
from tcma.identity.permissions import permissions_of
from tcma.partners import operations as partners
from tcma.partners.models import Partnership, PartnershipState, Period, Product, Programme, Territory, Tier, VendorBrand
from tcma.partners.programmes import stand_on

PASSWORD = "two-minutes"  # noqa: S105 - of the demo's people, printed at its start
SHARE_ACTIVE = 5  # one partner in so many runs campaigns
SHARE_SHARED = 6  # one partner in so many works with both vendors


@dataclass(frozen=True, slots=True)
class VendorPlan:
    """A vendor of the demo: what it sells, what its programme looks like, which kits it publishes."""

    name: str
    country: str
    kits: tuple[str, ...]
    products: tuple[tuple[str, str], ...]
    people: tuple[tuple[Role, str, str], ...]  # role, name, address
    colours: tuple[str, str, str]
    programme: str


VENDORS = (
    VendorPlan(
        "Nordwall",
        "DE",
        ("phishing-drill", "wifi-that-reaches"),
        (("managed-security", "Managed security"), ("business-wifi", "Business Wi-Fi")),
        (
            (Role.MARKETER, "Vera Lindqvist", "vera@nordwall.example"),
            (Role.ADMIN, "Nora Falk", "nora@nordwall.example"),
            (Role.CAM, "Conrad Meyer", "conrad@nordwall.example"),
            (Role.MDF_APPROVER, "Amir Haddad", "amir@nordwall.example"),
            (Role.FINANCE, "Fiona Castell", "fiona@nordwall.example"),
        ),
        ("#12355b", "#0b1f33", "#e07a5f"),
        "Nordwall Alliance",
    ),
    VendorPlan(
        "Vaultline",
        "GB",
        ("backup-that-restores",),
        (("cloud-backup", "Cloud backup"),),
        (
            (Role.MARKETER, "Victor Hale", "victor@vaultline.example"),
            (Role.ADMIN, "Maya Osborne", "maya@vaultline.example"),
            (Role.CAM, "Carla Byrne", "carla@vaultline.example"),
            (Role.MDF_APPROVER, "Arun Pillai", "arun@vaultline.example"),
            (Role.FINANCE, "Frank Doyle", "frank@vaultline.example"),
        ),
        ("#264653", "#14262d", "#e9c46a"),
        "Vaultline Circle",
    ),
)
NAMES = (
    ("North", "Silver", "Clear", "Stone", "Bright", "Open", "Deep", "Grey", "High", "Iron"),
    ("gate", "field", "bridge", "lock", "wave", "line", "harbour", "forge", "beacon", "spring"),
)
TIERS = (("registered", "Registered", 1), ("silver", "Silver", 2), ("gold", "Gold", 3))
TYPES = ("msp", "reseller", "dealer", "si", "reseller", "msp")
COMPETENCIES = ("security", "networking", "cloud", "healthcare", "managed-services")


@dataclass(slots=True)
class Vendor:
    """A vendor of the demo with its people as actors."""

    plan: VendorPlan
    id: int
    actors: dict[Role, Actor]
    tiers: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class Partner:
    """A partner of the demo: its company, its actor, and whether it runs campaigns."""

    id: int
    name: str
    country: Country
    actor: Actor
    email: str
    active: bool
    vendors: tuple[int, ...]
    domain: str
    partner_type: str


@dataclass(slots=True)
class Cast:
    """Everybody in the demo."""

    vendors: list[Vendor]
    partners: list[Partner]


def hashed_password() -> str:
    """Return the hash of the password that all people of the demo have."""
    return PasswordHasher().hash(PASSWORD)


def _company(kind: OrganisationKind, name: str, country: Country, now: datetime) -> Organisation:
    company = Organisation(
        kind=kind, name=name, country=country.code, language=country.language, zone=country.zone, created_at=now
    )
    session.add(company)
    session.flush()  # everything else names it
    return company


def _person(
    organisation: Organisation, role: Role, name: str, email: str, *, password: str, locale: str, now: datetime
) -> Actor:
    user = User(email=email, name=name, password=password, locale=locale, zone=organisation.zone, created_at=now)
    session.add(user)
    session.flush()  # the membership names it
    membership = Membership(user_id=user.id, org_id=organisation.id, role=role, created_at=now)
    session.add(membership)
    session.flush()  # the actor names it
    return actor_of(membership, organisation)


def actor_of(membership: Membership, organisation: Organisation) -> Actor:
    """Return the actor that this member is when signed in."""
    is_vendor = organisation.kind is OrganisationKind.VENDOR
    return Actor(
        kind=ActorKind.MEMBER,
        label=f"member:{membership.id}",
        user_id=membership.user_id,
        membership_id=membership.id,
        vendor_id=organisation.id if is_vendor else None,
        partner_id=None if is_vendor else organisation.id,
        permissions=frozenset(permissions_of(organisation.kind, membership.role)),
    )


def make_vendors(count: int, *, began: datetime, today: date) -> list[Vendor]:
    """Make the first `count` vendors with programme, tiers, products, fiscal quarters and people."""
    return [_make_vendor(plan, began=began, today=today) for plan in plans(count)]


def plans(count: int) -> list[VendorPlan]:
    """Return the plans of `count` vendors: those with a story of their own, and then as many like them as asked."""
    return [*VENDORS, *(_one_more(number) for number in range(len(VENDORS), count))][:count]


def _one_more(number: int) -> VendorPlan:
    like = VENDORS[number % len(VENDORS)]
    first, second = divmod(number - len(VENDORS), len(NAMES[1]))
    name = f"{NAMES[0][first % len(NAMES[0])]}{NAMES[1][second]}"
    name += f" {first // len(NAMES[0]) + 1}" if first >= len(NAMES[0]) else ""
    domain = f"{name.lower().replace(' ', '-')}.example"
    people = tuple((role, person, f"{person.split()[0].lower()}@{domain}") for role, person, _address in like.people)
    return replace(
        like, name=name, people=people, colours=PALETTES[number % len(PALETTES)], programme=f"{name} Partners"
    )


def _make_vendor(plan: VendorPlan, *, began: datetime, today: date) -> Vendor:
    country = country_of(plan.country)
    with transaction():
        organisation = _company(OrganisationKind.VENDOR, plan.name, country, began)
        password = hashed_password()
        actors = {
            role: _person(organisation, role, name, email, password=password, locale="en", now=began)
            for role, name, email in plan.people
        }
        vendor = Vendor(plan, organisation.id, actors)
        with acting(actors[Role.ADMIN]) as admin:
            _furnish(vendor, today)
            _draw_mark(plan, by=admin, now=began)
    return vendor


def _furnish(vendor: Vendor, today: date) -> None:
    primary, ink, accent = vendor.plan.colours
    session.add(
        VendorBrand(
            vendor_id=vendor.id,
            name=vendor.plan.name,
            colours={"primary": primary, "ink": ink, "accent": accent},
            legal={"en": f"{vendor.plan.name} and its mark belong to their owner."},
            guideline={"banned": [{"word": "guaranteed", "instead": ""}, {"word": "100 %", "instead": ""}]},
        )
    )
    programme = Programme(vendor_id=vendor.id, name=vendor.plan.programme)
    session.add(programme)
    session.flush()  # the tiers name it
    tiers = [Tier(vendor_id=vendor.id, programme_id=programme.id, key=k, name=n, rank=r) for k, n, r in TIERS]
    session.add_all(tiers)
    session.add_all(Product(vendor_id=vendor.id, key=key, name=name) for key, name in vendor.plan.products)
    for quarter in range(-3, 3):
        start = _quarter(today, quarter)
        end = _quarter(today, quarter + 1) - timedelta(days=1)
        session.add(
            Period(
                vendor_id=vendor.id, name=f"{start.year} Q{(start.month - 1) // 3 + 1}", starts_on=start, ends_on=end
            )
        )
    session.flush()  # the tiers' keys are read
    vendor.tiers = [[tier.id for tier in tiers]]


def _draw_mark(plan: VendorPlan, *, by: Actor, now: datetime) -> None:
    for dark in (False, True):
        logo = svg_logo(plan.name, plan.colours, Random(f"logo of {plan.name}"), dark=dark)  # noqa: S311 - the same look each time
        partners.set_vendor_logo(data=logo, dark=dark, by=by, now=now)


def _quarter(today: date, ahead: int) -> date:
    number = today.year * 4 + (today.month - 1) // 3 + ahead
    return date(number // 4, number % 4 * 3 + 1, 1)


def make_partner(
    number: int, vendors: list[Vendor], *, rng: Random, password: str, joined: datetime, hero: "Hero | None" = None
) -> Partner:
    """Make one partner: company, first person, partnerships with territory and skills, and a brand if it is active."""
    country = country_of(hero.country) if hero else rng.choice(COUNTRIES)
    name = hero.name if hero else company_name(country, rng)
    domain = domain_of(name, number)
    active = hero.complete if hero else number % SHARE_ACTIVE == 0
    mine = _vendors_of(number, vendors, hero)
    town, postcode = hero.town if hero else rng.choice(country.towns)
    partner_type = hero.partner_type if hero else TYPES[number % len(TYPES)]
    company = _company(OrganisationKind.PARTNER, name, country, joined)
    session.add(company)
    session.flush()  # everything else names it
    person = hero.person if hero else f"{rng.choice(country.first_names)} {rng.choice(country.families)}"
    email = hero.email if hero else f"office@{domain}"
    locale = country.language if country.language in {"en", "de", "ar"} else "en"
    actor = _person(company, Role.ADMIN, person, email, password=password, locale=locale, now=joined)
    partner = Partner(company.id, name, country, actor, email, active, tuple(v.id for v in mine), domain, partner_type)
    for vendor in mine:
        _join(vendor, partner, postcode, rng=rng, joined=joined, hero=hero is not None)
    if active:
        _brand(partner, town, postcode, rng=rng, now=joined)
    return partner


@dataclass(frozen=True, slots=True)
class Hero:
    """A partner with a sign-in card."""

    name: str
    country: str
    town: tuple[str, str]
    person: str
    email: str
    partner_type: str
    vendors: tuple[int, ...]  # places in the list of vendors
    complete: bool = True


ACTIVE = Hero(
    "Bergmann IT-Systeme", "DE", ("Berlin", "10115"), "Anna Bergmann", "anna@bergmann-it.example", "msp", (0,)
)
NEW = Hero(
    "Penrose Networks",
    "GB",
    ("Bristol", "BS1"),
    "Harry Penrose",
    "harry@penrose.example",
    "reseller",
    (0,),
    complete=False,
)
BOTH = Hero("Whitaker Managed IT", "US", ("Boston", "02108"), "Emily Whitaker", "emily@whitaker.example", "msp", (0, 1))
HEROES = (ACTIVE, NEW, BOTH)


def _vendors_of(number: int, vendors: list[Vendor], hero: Hero | None) -> list[Vendor]:
    if hero:
        return [vendors[place] for place in hero.vendors if place < len(vendors)]
    if number % SHARE_SHARED == 0 and len(vendors) > 1:
        return [vendors[number % len(vendors)], vendors[(number + 1) % len(vendors)]]
    return [vendors[number % len(vendors)]]


def _join(vendor: Vendor, partner: Partner, postcode: str, *, rng: Random, joined: datetime, hero: bool) -> None:
    with acting(vendor.actors[Role.CAM]):
        partnership = Partnership(
            vendor_id=vendor.id,
            partner_id=partner.id,
            state=PartnershipState.ACTIVE if hero or rng.random() < 0.9 else PartnershipState.INVITED,
            partner_type=partner.partner_type,
            competencies=["healthcare", "networking", "security"]
            if hero
            else sorted(rng.sample(COMPETENCIES, rng.randint(1, 3))),
            industries=["healthcare"] if rng.random() < 0.5 else [],
            lead_capacity=12 if hero else rng.randint(2, 8),
            cam_membership_id=vendor.actors[Role.CAM].membership_id,
            joined_at=joined,
            created_at=joined,
        )
        session.add(partnership)
        session.flush()  # its tiers and its territory name it
        stand_on(partnership, [each[2 if hero else min(rng.randrange(5) // 2, 2)] for each in vendor.tiers])
        prefix = postcode[:2] if partner.country.code in LATIN else ""
        session.add(
            Territory(
                vendor_id=vendor.id,
                partner_id=partner.id,
                partnership_id=partnership.id,
                country=partner.country.code,
                postcode_prefix=prefix,
            )
        )


def _skills(rng: Random, *, hero: bool) -> list[str]:
    return ["healthcare", "networking", "security"] if hero else sorted(rng.sample(COMPETENCIES, rng.randint(1, 3)))


def _brand(partner: Partner, town: str, postcode: str, *, rng: Random, now: datetime) -> None:
    palette = PALETTES[partner.id % len(PALETTES)]
    with acting(partner.actor) as actor:
        partners.update_brand(
            name=partner.name, claim="", primary=palette[0], secondary=palette[1], accent=palette[2],
            phone=f"{partner.country.dial} {rng.randint(100, 999)} {rng.randint(1000, 9999)}",
            email=f"hello@{partner.domain}", website=f"https://www.{partner.domain}",
            street=f"{rng.choice(partner.country.streets)} {rng.randint(1, 99)}", postcode=postcode, city=town,
            country=partner.country.code, sender_name=partner.name, languages=[partner.country.language],
            zone=partner.country.zone, by=actor, now=now,
        )  # fmt: skip
        look = rng.randrange(1 << 30)
        for dark in (False, True):
            logo = svg_logo(partner.name, palette, Random(look), language=partner.country.language, dark=dark)  # noqa: S311
            partners.set_logo(data=logo, dark=dark, by=actor, now=now)


def write_cards(vendors: list[Vendor], *, now: datetime) -> None:
    """Let the sign-in page of the demo show a card for each of the people that can be tried."""
    people = {role: address for role, _name, address in vendors[0].plan.people}
    cards = [
        (ACTIVE.email, "Active partner", "Bergmann IT runs campaigns in Berlin: leads, funds and results."),
        (NEW.email, "New partner", "Penrose Networks was invited yesterday and has launched nothing yet."),
        (
            BOTH.email,
            "Partner of both vendors",
            "Whitaker works with Nordwall and Vaultline, with a wall between them.",
        ),
        (people[Role.MARKETER], "Vendor marketer", "Makes kits, publishes them and looks at what came of it."),
        (people[Role.CAM], "Channel account manager", "Looks after partners and the leads they get."),
        (people[Role.MDF_APPROVER], "MDF approver", "Decides on requests and claims."),
        (people[Role.FINANCE], "Finance", "Releases settlements and reads the ledger."),
    ]
    shown = [{"email": email, "label": label, "text": text} for email, label, text in cards]
    session.add(Switch(name="demo_cards", value={"cards": shown}, updated_at=now))
