"""How much stands where: of a partner's shares, of a vendor's funds, and the movements behind the figures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from tcma.core.db import require, session
from tcma.core.money import Money
from tcma.core.tenancy import crossing
from tcma.identity.models import Organisation
from tcma.mdf.ledger import NOBODY
from tcma.mdf.models import (
    Activity,
    Allocation,
    Claim,
    Fund,
    FundRequest,
    FundState,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Purpose,
    Settlement,
)

PER_PAGE = 50
OF_PARTNERS = (Purpose.ALLOCATED, Purpose.RESERVED, Purpose.PAYABLE, Purpose.PAID, Purpose.EXPIRED)
OF_FUNDS = (Purpose.UNALLOCATED, *OF_PARTNERS)


@dataclass(frozen=True, slots=True)
class Share:
    """A partner's share of one fund: where its money stands, and when what is free lapses."""

    fund: Fund
    partner: Organisation
    vendor: str
    lapses_on: date
    stands: dict[Purpose, Money]

    @property
    def left(self) -> Money:
        """What may still be asked for."""
        return self.stands[Purpose.ALLOCATED]

    @property
    def total(self) -> Money:
        """All that was given."""
        return Money.total(self.stands.values(), self.fund.currency)


def shares_of_partner(partner_id: int, *, vendor_id: int | None = None) -> list[Share]:
    """Return the partner's shares, what lapses first on top."""
    chosen = (
        sa.select(Allocation, Fund, Organisation.name)
        .join(Fund, Fund.id == Allocation.fund_id)
        .join(Organisation, Organisation.id == Fund.vendor_id)
        .where(Allocation.partner_id == partner_id)
        .order_by(Allocation.lapses_on, Allocation.id)
        .limit(100)
    )
    if vendor_id is not None:
        chosen = chosen.where(Allocation.vendor_id == vendor_id)
    rows = session.execute(chosen).all()
    partner = session.get_one(Organisation, partner_id)
    stands = _stands_of_partner(partner_id, {fund.vendor_id for _a, fund, _name in rows})
    return [
        Share(fund, partner, name, allocation.lapses_on, _full(stands[fund.id], fund.currency, OF_PARTNERS))
        for allocation, fund, name in rows
    ]


def share_to_draw(partner_id: int, *, vendor_id: int, currency: str) -> Share | None:
    """Return the share that an activity in this currency would draw from: of the open funds, where most is left."""
    shares = [
        share
        for share in shares_of_partner(partner_id, vendor_id=vendor_id)
        if share.fund.currency == currency and share.fund.state is FundState.OPEN
    ]
    return max(shares, key=lambda share: share.left.minor, default=None)


def share_of(fund: Fund, partner_id: int) -> Share | None:
    """Return a partner's share of one fund, or None where it has none."""
    found = [share for share in shares_of_partner(partner_id, vendor_id=fund.vendor_id) if share.fund.id == fund.id]
    return found[0] if found else None


def _stands_of_partner(partner_id: int, vendor_ids: Iterable[int]) -> defaultdict[int, dict[Purpose, int]]:
    """The ledger is the vendor's; a partner reads its own accounts in it, and no others."""
    found: defaultdict[int, dict[Purpose, int]] = defaultdict(dict)
    for vendor_id in sorted(vendor_ids):
        with crossing(vendor_id=vendor_id):
            rows = session.execute(
                sa.select(LedgerAccount.fund_id, LedgerAccount.purpose, LedgerAccount.balance_minor).where(
                    LedgerAccount.partner_id == partner_id
                )
            )
            for row in rows:
                found[row.fund_id][row.purpose] = row.balance_minor
    return found


def _full(stands: dict[Purpose, int], currency: str, purposes: Iterable[Purpose]) -> dict[Purpose, Money]:
    return {purpose: Money(stands.get(purpose, 0), currency) for purpose in purposes}


def fund_by(public_id: str) -> Fund:
    """Return a fund in reach; anything else answers as if it never existed."""
    return require(session.scalar(sa.select(Fund).where(Fund.public_id == public_id)))


@dataclass(frozen=True, slots=True)
class FundStands:
    """A vendor's fund with the sum of where its money stands."""

    fund: Fund
    stands: dict[Purpose, Money]
    partners: int

    @property
    def total(self) -> Money:
        """The budget."""
        return Money.total(self.stands.values(), self.fund.currency)


def funds_of_vendor() -> list[FundStands]:
    """Return the acting vendor's funds, those that close last on top."""
    funds = session.scalars(sa.select(Fund).order_by(Fund.claims_until.desc(), Fund.id.desc()).limit(100)).all()
    return stands_of(funds)


def stands_of(funds: Sequence[Fund]) -> list[FundStands]:
    """Return where the money of these funds stands."""
    ids = [fund.id for fund in funds]
    stands: defaultdict[int, dict[Purpose, int]] = defaultdict(dict)
    for row in session.execute(
        sa.select(LedgerAccount.fund_id, LedgerAccount.purpose, sa.func.sum(LedgerAccount.balance_minor).label("minor"))
        .where(LedgerAccount.fund_id.in_(ids))
        .group_by(LedgerAccount.fund_id, LedgerAccount.purpose)
    ):
        stands[row.fund_id][row.purpose] = int(row.minor)
    counted = (
        sa.select(Allocation.fund_id, sa.func.count()).where(Allocation.fund_id.in_(ids)).group_by(Allocation.fund_id)
    )
    partners: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
    return [
        FundStands(fund, _full(stands[fund.id], fund.currency, OF_FUNDS), partners.get(fund.id, 0)) for fund in funds
    ]


def shares_of_fund(fund: Fund, *, words: str = "", page: int = 1) -> tuple[list[Share], int]:
    """Return one page of the partners' shares of a fund, by name, and how many there are."""
    chosen = (
        sa.select(Allocation, Organisation)
        .join(Organisation, Organisation.id == Allocation.partner_id)
        .where(Allocation.fund_id == fund.id)
    )
    if words:
        chosen = chosen.where(Organisation.name.icontains(words, autoescape=True))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rows = session.execute(
        chosen.order_by(Organisation.name, Organisation.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    ids = [partner.id for _allocation, partner in rows]
    stands: defaultdict[int, dict[Purpose, int]] = defaultdict(dict)
    for account in session.scalars(
        sa.select(LedgerAccount).where(LedgerAccount.fund_id == fund.id, LedgerAccount.partner_id.in_(ids))
    ):
        stands[account.partner_id][account.purpose] = account.balance_minor
    return [
        Share(fund, partner, "", allocation.lapses_on, _full(stands[partner.id], fund.currency, OF_PARTNERS))
        for allocation, partner in rows
    ], total


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement: what left one place for another, when, why and about what."""

    at: datetime
    reason: str
    about: str
    partner: str
    source: Purpose
    target: Purpose
    amount: Money
    reverses: bool


def statement(
    fund: Fund, *, partner_id: int | None = None, page: int = 1, per_page: int = PER_PAGE
) -> tuple[list[Movement], int]:
    """Return one page of a fund's movements, or of one partner's, the newest first, and how many there are."""
    with crossing(vendor_id=fund.vendor_id):
        moved = sa.select(LedgerEntry.transaction_id).join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        moved = moved.where(LedgerAccount.fund_id == fund.id)
        if partner_id is not None:
            moved = moved.where(LedgerAccount.partner_id == partner_id)
        chosen = sa.select(LedgerTransaction).where(LedgerTransaction.id.in_(moved))
        total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
        found = session.scalars(
            chosen.order_by(LedgerTransaction.posted_at.desc(), LedgerTransaction.id.desc())
            .limit(per_page)
            .offset((page - 1) * per_page)
        ).all()
        return _movements(fund, found), total


def _movements(fund: Fund, found: Sequence[LedgerTransaction]) -> list[Movement]:
    sides: defaultdict[int, list[tuple[LedgerAccount, int]]] = defaultdict(list)
    for entry, account in session.execute(
        sa.select(LedgerEntry, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerEntry.transaction_id.in_([one.id for one in found]))
        .order_by(LedgerEntry.id)
    ):
        sides[entry.transaction_id].append((account, entry.amount_minor))
    names = _partner_names(account.partner_id for rows in sides.values() for account, _minor in rows)
    titles = _titles(found)
    return [_movement(one, sides[one.id], fund, names, titles) for one in found]


def _movement(
    one: LedgerTransaction,
    sides: list[tuple[LedgerAccount, int]],
    fund: Fund,
    names: dict[int, str],
    titles: dict[tuple[str, int], str],
) -> Movement:
    source = next(account for account, minor in sides if minor < 0)
    target, minor = next((account, minor) for account, minor in sides if minor > 0)
    return Movement(
        at=one.posted_at,
        reason=one.reason,
        about=titles.get((one.object_type, one.object_id or 0), ""),
        partner=names.get(target.partner_id) or names.get(source.partner_id, ""),
        source=source.purpose,
        target=target.purpose,
        amount=Money(minor, fund.currency),
        reverses=one.reverses_id is not None,
    )


def _partner_names(ids: Iterable[int]) -> dict[int, str]:
    wanted = set(ids) - {NOBODY}
    rows = session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _titles(found: Sequence[LedgerTransaction]) -> dict[tuple[str, int], str]:
    """Return what transactions are about: the title of their activity."""
    of_activity = [one.object_id for one in found if one.object_type == "mdf_activity"]
    of_settlement = [one.object_id for one in found if one.object_type == "settlement"]
    titles = {
        ("mdf_activity", row.id): row.title
        for row in session.execute(sa.select(Activity.id, Activity.title).where(Activity.id.in_(of_activity)))
    }
    rows = session.execute(
        sa.select(Settlement.id, Activity.title)
        .join(Claim, Claim.id == Settlement.claim_id)
        .join(Activity, Activity.id == Claim.activity_id)
        .where(Settlement.id.in_(of_settlement))
    )
    return titles | {("settlement", row.id): row.title for row in rows}


def funds_to_ask(partner_id: int, *, vendor_id: int | None = None) -> list[Fund]:
    """Return the open funds that a partner may ask: those it has a share of first."""
    mine = sa.select(Allocation.fund_id).where(Allocation.partner_id == partner_id)
    chosen = sa.select(Fund).where(Fund.state == FundState.OPEN)
    chosen = chosen.order_by(Fund.id.in_(mine).desc(), Fund.requests_until, Fund.id)
    if vendor_id is not None:
        chosen = chosen.where(Fund.vendor_id == vendor_id)
    return list(session.scalars(chosen.limit(50)))


def fund_of(request: FundRequest) -> Fund:
    """Return the fund of a request."""
    return session.get_one(Fund, request.fund_id)
