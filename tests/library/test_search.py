"""The library: pieces are found by need, product, language and format, and only those that fit are there."""

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.models import KitState, KitVersion
from campaigns.queries.library import Wanted, pieces_for
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.people import People
from tests.signing_in import signed_in


@pytest.fixture(autouse=True)
def published(people: People) -> None:
    """The starter kit is on offer to both partners."""
    rows.offered(people)
    session.commit()


def found(people: People, wanted: Wanted, who: str = "alice") -> set[str]:
    by = people.actor(who)
    with acting(by):
        pieces, total = pieces_for(partner_id=by.partner_id or 0, wanted=wanted, today=clock.now().date())
    assert total == len(pieces)
    return {one.design.key for one in pieces}


def test_everything_that_fits_is_there_without_a_word(people: People) -> None:
    assert {"banner", "card", "flyer"} <= found(people, Wanted())


def test_every_word_that_is_typed_must_be_said_somewhere_in_the_piece(people: People) -> None:
    assert found(people, Wanted(words="SECURITY"))
    assert found(people, Wanted(words="security unicorns")) == set()


@pytest.mark.parametrize(
    ("wanted", "is_there"),
    [
        (Wanted(product="managed-security"), True),
        (Wanted(product="managed"), False),
        (Wanted(language="de"), True),
        (Wanted(language="fr"), False),
        (Wanted(format="pdf"), True),
        (Wanted(words="100%"), False),
    ],
)
def test_product_language_and_format_narrow_what_is_found(people: People, wanted: Wanted, is_there: bool) -> None:
    assert bool(found(people, wanted)) is is_there


def test_a_format_keeps_pieces_that_cannot_be_had_in_it_out(people: People) -> None:
    assert found(people, Wanted(format="print_pdf")) == {"flyer"}
    assert "banner" in found(people, Wanted(format="png"))


def test_a_paused_kit_is_not_in_the_library(people: People) -> None:
    with acting(people.actor("vera")):
        session.scalars(sa.select(KitVersion)).one().state = KitState.PAUSED
        session.commit()

    assert found(people, Wanted()) == set()


def test_the_page_shows_the_pieces_as_the_partners_own_and_a_stranger_none(app: Flask, people: People) -> None:
    page = signed_in(app.test_client(), people.alice).get("/campaigns/library?q=security&format=png")
    nothing = signed_in(app.test_client(), people.alice).get("/campaigns/library?q=unicorns")

    assert page.status_code == 200
    assert "/pieces/banner" in page.text
    assert "Nothing found" in nothing.text
    assert signed_in(app.test_client(), people.vera).get("/campaigns/library").status_code == 404
