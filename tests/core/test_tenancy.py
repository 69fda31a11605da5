"""The walls between tenants hold in the ORM, and on PostgreSQL behind it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.cli import verify
from tcma.core import tenancy, unwalled
from tcma.core.actor import Actor
from tcma.core.db import Base, session
from tcma.core.tenancy import CrossTenantWrite, Scope, acting, crossing
from tcma.core.unwalled import Unwalled
from tcma.partners.models import BrandProfile, Partnership
from tests.factories import NOW
from tests.people import People


def test_every_model_declares_one_scope(app: Flask) -> None:
    assert {mapper.class_.__scope__ for mapper in Base.registry.mappers} == set(Scope)


def test_a_model_without_a_scope_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from tcma.core.models import Switch

    monkeypatch.delattr(tenancy.PlatformScoped, "__scope__")

    with pytest.raises(TypeError, match=Switch.__name__):
        tenancy.check_models()


def test_nobody_sees_no_tenant_row(people: People) -> None:
    with acting(Actor.anonymous()):
        assert session.scalars(sa.select(Partnership)).all() == []
        assert session.scalars(sa.select(BrandProfile)).all() == []


def test_a_partner_sees_its_own_rows_only(people: People) -> None:
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(BrandProfile.name)).all() == ["Alice's company"]
        assert session.scalars(sa.select(Partnership.id)).all() == [people.partnership.id]


def test_a_query_compiled_for_one_partner_serves_the_next_with_its_own_rows(people: People) -> None:
    question = sa.select(BrandProfile.name)
    whose = {"alice": "Alice's company", "charlie": "Charlie's company"}

    for name in ("alice", "charlie", "alice", "charlie"):
        with acting(people.actor(name)):
            assert session.scalars(question).all() == [whose[name]]


def test_only_conditions_of_one_form_have_one_key(app: Flask) -> None:
    question = sa.select(Partnership)

    def key_for(vendor_id: int, partner_id: int) -> tuple[object, list[object]]:
        found = question.options(*tenancy._criteria(vendor_id, partner_id))._generate_cache_key()
        assert found is not None
        return found.key, [one.value for one in found.bindparams]

    key, values = key_for(1, 2)
    assert key_for(3, 4) == (key, [{1: 3, 2: 4}.get(one, one) if isinstance(one, int) else [3, 4] for one in values])
    assert len({key, key_for(1, tenancy.NOBODY)[0], key_for(tenancy.NOBODY, 2)[0]}) == 3


def test_a_vendor_sees_its_partnerships_and_no_partners_profile(people: People) -> None:
    with acting(people.actor("vera")):
        assert len(session.scalars(sa.select(Partnership)).all()) == 2
        assert session.scalars(sa.select(BrandProfile)).all() == []
    with acting(people.actor("viktor")):
        assert session.scalars(sa.select(Partnership)).all() == []


def test_writing_a_row_of_another_tenant_is_refused(people: People) -> None:
    with acting(people.actor("alice")):
        session.add(
            Partnership(
                vendor_id=people.vendor.id, partner_id=people.other_partner.id, created_at=people.alice.created_at
            )
        )

        with pytest.raises(CrossTenantWrite):
            session.flush()
        session.rollback()


def test_a_door_in_the_wall_closes_behind_the_one_who_used_it(people: People) -> None:
    with acting(people.actor("vera")):
        with crossing(partner_id=people.partner.id):
            assert session.scalar(sa.select(BrandProfile.name)) == "Alice's company"

        assert session.scalars(sa.select(BrandProfile)).all() == []


def test_an_update_reaches_only_rows_in_reach(people: People) -> None:
    with acting(people.actor("alice")):
        changed = session.execute(sa.update(BrandProfile).values(claim="ours"))

    assert changed.rowcount == 1  # type: ignore[attr-defined]


def test_what_stands_without_a_policy_is_on_the_published_list_and_says_nothing(app: Flask) -> None:
    assert unwalled.breaches() == []


def test_a_table_or_a_word_in_the_open_that_the_list_does_not_know_is_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {**unwalled.UNWALLED, "public_address": Unwalled("slugs are forgotten"), "contact": Unwalled("in vain")}
    del listed["due"]
    monkeypatch.setattr(unwalled, "UNWALLED", listed)

    assert unwalled.breaches() == [
        "due has no row security and is not on the published list",
        "contact is on the published list and is no table in the open",
        "public_address.slug holds words and stands in the open",
        "public_address.purpose holds words and stands in the open",
    ]
    assert verify.breaches("tenancy", NOW)["tenancy"][:4] == unwalled.breaches()
