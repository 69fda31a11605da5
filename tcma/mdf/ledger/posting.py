"""The double-entry ledger under every fund: append-only, balanced per currency, never below zero.

A balance is the sum of its entries; the figure on the account's row is a copy kept under the same lock. Positive
is money that stands at a purpose, and `funding` (where a budget comes from) is the only side that goes below zero
besides `exchange`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Conflict, DomainError
from tcma.core.money import Money
from tcma.core.words import lazy_gettext as _
from tcma.mdf.ledger.places import BELOW_ZERO, Place, at_place
from tcma.mdf.models import LedgerAccount, LedgerEntry, LedgerTransaction


class FundsExhausted(DomainError):
    """There is less money at this place than is to be moved from it."""


class Unbalanced(ValueError):
    """The sides of a transaction do not add up to zero. A fault in the program, never an answer."""


class KeyUsedOtherwise(Conflict):
    """The key of a transaction was used before, for something else."""


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that leaves one place for another, in one currency."""

    source: Place
    target: Place
    amount: Money


def post(
    moves: Sequence[Move],
    *,
    vendor_id: int,
    key: str,
    reason: str,
    object_type: str,
    object_id: int | None,
    by: Actor,
    now: datetime,
    reverses_id: int | None = None,
) -> LedgerTransaction:
    """Write one transaction that carries out all `moves`, or none of them.

    `key` names the occasion for ever: the same key with the same moves answers with the first transaction and
    posts nothing. Refused: `FundsExhausted` when a place would fall below zero, `KeyUsedOtherwise`.
    """
    sides = _sides(moves)
    accounts = _locked(vendor_id, sides)
    known = session.scalar(
        sa.select(LedgerTransaction).where(LedgerTransaction.vendor_id == vendor_id, LedgerTransaction.key == key)
    )
    if known is not None:
        return _same_or_refused(known, sides, accounts)
    transaction = LedgerTransaction(
        vendor_id=vendor_id,
        key=key,
        reason=reason,
        object_type=object_type,
        object_id=object_id,
        reverses_id=reverses_id,
        posted_by=by.label,
        posted_at=now,
    )
    session.add(transaction)
    session.flush()  # its entries name it
    for (place, currency), minor in sides.items():
        _enter(transaction, accounts[place, currency], minor)
    session.flush()  # the database's own checks speak now, not at the end of the request
    _check_balance_now()
    return transaction


def reverse(transaction: LedgerTransaction, *, key: str, reason: str, by: Actor, now: datetime) -> LedgerTransaction:
    """Write the opposite of a transaction as a new one that names it; nothing is changed or removed."""
    rows = session.execute(
        sa.select(LedgerAccount, LedgerEntry.amount_minor)
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .where(LedgerEntry.transaction_id == transaction.id)
        .order_by(LedgerEntry.id)
    ).all()
    gained = [(account, minor) for account, minor in rows if minor > 0]
    given = [(account, -minor) for account, minor in rows if minor < 0]
    return post(
        _paired(gained, given),
        vendor_id=transaction.vendor_id,
        key=key,
        reason=reason,
        object_type=transaction.object_type,
        object_id=transaction.object_id,
        by=by,
        now=now,
        reverses_id=transaction.id,
    )


Sides = dict[tuple[Place, str], int]


def _sides(moves: Sequence[Move]) -> Sides:
    sides: defaultdict[tuple[Place, str], int] = defaultdict(int)
    for move in moves:
        if move.amount.minor <= 0:
            raise Unbalanced("an amount to move is above zero")
        sides[move.source, move.amount.currency] -= move.amount.minor
        sides[move.target, move.amount.currency] += move.amount.minor
    kept = {side: minor for side, minor in sides.items() if minor}
    if not kept:
        raise Unbalanced("a transaction moves something")
    return kept


def _locked(vendor_id: int, sides: Sides) -> dict[tuple[Place, str], LedgerAccount]:
    """Return the accounts, made where missing, locked in one order so that two posters never wait in a ring."""
    ids = {}
    for place, currency in sorted(sides, key=_order):
        ids[place, currency] = _account_id(place, vendor_id=vendor_id, currency=currency)
    rows = session.scalars(
        sa.select(LedgerAccount)
        .where(LedgerAccount.id.in_(ids.values()))
        .order_by(LedgerAccount.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_id = {row.id: row for row in rows}
    return {side: by_id[account_id] for side, account_id in ids.items()}


def _order(side: tuple[Place, str]) -> tuple[int, int, str, str]:
    place, currency = side
    return place.fund_id, place.partner_id, place.purpose, currency


def _account_id(place: Place, *, vendor_id: int, currency: str) -> int:
    values = {
        "vendor_id": vendor_id,
        "fund_id": place.fund_id,
        "partner_id": place.partner_id,
        "currency": currency,
        "purpose": place.purpose,
    }
    chosen = sa.select(LedgerAccount.id).where(*at_place(place, vendor_id=vendor_id, currency=currency))
    found = session.scalar(chosen)
    if found is None:
        # Two posters may make the same account at once; the constraint lets one of them win.
        session.execute(_insert_if_new(values))
        found = session.scalar(chosen)
    if found is None:
        raise Unbalanced(f"no account for {place} in reach")
    return found


def _insert_if_new(values: dict[str, object]) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(LedgerAccount).values(balance_minor=0, **values).on_conflict_do_nothing()


def _enter(transaction: LedgerTransaction, account: LedgerAccount, minor: int) -> None:
    left = account.balance_minor + minor
    if left < 0 and account.purpose not in BELOW_ZERO:
        raise FundsExhausted(
            _(
                "There is not enough money left: %(left)s remain and %(wanted)s are needed.",
                left=Money(account.balance_minor, account.currency),
                wanted=Money(-minor, account.currency),
            )
        )
    account.balance_minor = left
    session.add(
        LedgerEntry(
            vendor_id=transaction.vendor_id,
            transaction_id=transaction.id,
            account_id=account.id,
            amount_minor=minor,
            currency=account.currency,
        )
    )


def _check_balance_now() -> None:
    """Let PostgreSQL look at the sums while the tenant whose entries they are is in reach; at commit it may not be."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET CONSTRAINTS balanced IMMEDIATE"))
        session.execute(sa.text("SET CONSTRAINTS balanced DEFERRED"))


def _same_or_refused(
    known: LedgerTransaction, sides: Sides, accounts: dict[tuple[Place, str], LedgerAccount]
) -> LedgerTransaction:
    entries = session.execute(
        sa.select(LedgerEntry.account_id, LedgerEntry.amount_minor).where(LedgerEntry.transaction_id == known.id)
    )
    posted = {row.account_id: row.amount_minor for row in entries}
    if posted != {accounts[side].id: minor for side, minor in sides.items()}:
        raise KeyUsedOtherwise(_("This was booked before with other amounts."))
    return known


def _paired(gained: list[tuple[LedgerAccount, int]], given: list[tuple[LedgerAccount, int]]) -> list[Move]:
    """Return moves that take back what was gained and return what was given, currency by currency."""
    moves: list[Move] = []
    left = dict(enumerate(minor for _account, minor in given))
    for source, amount in gained:
        open_minor = amount
        for number, (target, _minor) in enumerate(given):
            part = min(open_minor, left[number])
            if part and target.currency == source.currency:
                moves.append(Move(_place(source), _place(target), Money(part, source.currency)))
                left[number] -= part
                open_minor -= part
    return moves


def _place(account: LedgerAccount) -> Place:
    return Place(account.fund_id, account.purpose, account.partner_id)
