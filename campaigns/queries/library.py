"""Single pieces of all kits that fit a partner, found by what they are for, say, and can be had as."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from assets.library.models import Design, DesignState
from campaigns.models import KitGrant, KitVersion
from campaigns.queries.kits import SEEN_BY_PARTNERS
from tcma.core.db import session
from tcma.identity.models import Organisation
from tcma.partners.models import Product

PER_PAGE = 24
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; what is empty is not asked for."""

    words: str = ""
    product: str = ""
    language: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a kit that fits the partner."""

    design: Design
    version: KitVersion
    vendor: str


def pieces_for(*, partner_id: int, wanted: Wanted, today: date, page: int = 1) -> tuple[list[Found], int]:
    """Return a page of the pieces that a partner may use today, the newest first, and how many there are."""
    chosen = _in_reach(partner_id, today).add_columns(KitVersion, Organisation.name)
    chosen = chosen.join(Organisation, Organisation.id == KitVersion.vendor_id).where(*_as_wanted(wanted))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.options(joinedload(KitVersion.kit)).order_by(KitVersion.published_at.desc(), Design.id)
    rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [Found(row[0], row[1], row[2]) for row in rows], total


def _in_reach(partner_id: int, today: date) -> sa.Select[tuple[Design]]:
    return (
        sa.select(Design)
        .join(KitVersion, KitVersion.id == Design.kit_version_id)
        .join(KitGrant, KitGrant.kit_id == KitVersion.kit_id)
        .where(
            KitGrant.partner_id == partner_id,
            KitGrant.fits,
            Design.state == DesignState.AVAILABLE,
            KitVersion.state.in_(SEEN_BY_PARTNERS),
            sa.or_(KitVersion.available_from.is_(None), KitVersion.available_from <= today),
            sa.or_(KitVersion.available_until.is_(None), KitVersion.available_until >= today),
        )
    )


def _as_wanted(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = [Design.words.contains(word, autoescape=True) for word in wanted.words.lower().split()[:MOST_WORDS]]
    for value, column in ((wanted.product, KitVersion.products), (wanted.language, KitVersion.languages)):
        if value:
            found.append(_holds(column, value))
    if wanted.format:
        found.append(_holds(Design.outputs, wanted.format, is_start=True))
    return found


def _holds(column: Any, value: str, *, is_start: bool = False) -> sa.ColumnElement[bool]:
    """Whether a list in JSON holds a word; `is_start` takes `png` for `png-2` too."""
    text = sa.cast(column, sa.Text)
    return text.contains(f'"{value}' if is_start else f'"{value}"', autoescape=True)


def choices_for(*, partner_id: int, today: date) -> tuple[Sequence[tuple[str, str]], Sequence[str]]:
    """Return the products (key and name) and the languages that a partner's pieces come in."""
    versions = _in_reach(partner_id, today).with_only_columns(KitVersion.products, KitVersion.languages).distinct()
    products, languages = set[str](), set[str]()
    for row in session.execute(versions):
        products.update(row.products)
        languages.update(row.languages)
    named = sa.select(Product.key, Product.name).where(Product.key.in_(products)).order_by(Product.name)
    names = {row.key: row.name for row in session.execute(named)}
    return [(key, names.get(key, key)) for key in sorted(products)], sorted(languages)
