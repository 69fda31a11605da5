"""A partner is on one tier in each programme of a vendor; kits and leads go by all of them."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from campaigns.queries.fit import partner_facts
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tcma.leads.candidates import candidates
from tcma.partners.models import Partnership, Standing, Tier
from tcma.partners.programmes import OddProgramme, TierInUse, TwoTiers, key_of, save_programme, stand_on
from tcma.partners.queries import partners_page, programmes, tiers_of
from tests.people import People
from tests.signing_in import Browser, signed_in

LEVELS = ["Registered", "Silver", "Gold"]


@pytest.fixture
def tiers(people: People, now: datetime) -> dict[str, int]:
    """The tiers of Vera's two programmes, by programme and key."""
    with acting(people.actor("vera")) as by:
        found = {}
        for name, levels in (("Alliance", LEVELS), ("Cloud", ["Member", "Gold"])):
            programme = save_programme(name=name, tiers=levels, by=by, now=now)
            own = session.scalars(sa.select(Tier).where(Tier.programme_id == programme.id))
            found |= {f"{name} {tier.key}": tier.id for tier in own}
    session.commit()
    return found


def put(people: People, *tier_ids: int) -> None:
    with acting(people.actor("vera")):
        stand_on(session.get_one(Partnership, people.partnership.id), tier_ids)
    session.commit()


def keys(people: People) -> list[str]:
    with acting(people.actor("vera")):
        return [tier.key for tier in tiers_of([people.partnership.id])[people.partnership.id]]


def test_kits_leads_and_lists_go_by_every_programme(people: People, tiers: dict[str, int]) -> None:
    put(people, tiers["Alliance silver"], tiers["Cloud member"])

    with acting(people.actor("vera")):
        partner_id = people.partner.id
        facts = {one.partner_id: one.tiers for one in partner_facts()}
        ranks = {one.partner_id: one.tier_rank for one in candidates()}
        names = {row.name: row.tier for row in partners_page(sort="tier", descending=True)[0]}
        on_silver = partners_page(tier_id=tiers["Alliance silver"])[1]
    assert facts[partner_id] == {"silver", "member"}
    assert ranks[partner_id] == 2
    assert names["Alice's company"] == "Silver, Member"
    assert on_silver == 1


def test_a_partner_is_on_one_tier_of_a_programme_and_moves_within_it(people: People, tiers: dict[str, int]) -> None:
    put(people, tiers["Alliance silver"])
    put(people, tiers["Alliance gold"], tiers["Cloud member"])
    assert keys(people) == ["gold", "member"]

    with pytest.raises(TwoTiers):
        put(people, tiers["Alliance silver"], tiers["Alliance gold"])
    session.rollback()
    put(people)
    assert keys(people) == []


def test_a_tier_of_another_vendor_answers_as_if_there_were_none(
    people: People, tiers: dict[str, int], now: datetime
) -> None:
    with acting(people.actor("viktor")) as by:
        save_programme(name="Theirs", tiers=["Gold"], by=by, now=now)
        theirs = session.scalars(sa.select(Tier.id)).one()
    session.commit()

    with pytest.raises(NotFound):
        put(people, theirs)


def test_a_programme_that_is_changed_keeps_the_tiers_that_stay(
    people: People, tiers: dict[str, int], now: datetime
) -> None:
    put(people, tiers["Alliance silver"])

    with acting(people.actor("vera")) as by:
        alliance = programmes()[0]
        save_programme(programme=alliance, name="Alliance 2", tiers=["Bronze", "silver", "Gold"], by=by, now=now)
        ranked = {
            tier.key: (tier.id, tier.name, tier.rank)
            for tier in session.scalars(sa.select(Tier).where(Tier.programme_id == alliance.id))
        }
        assert ranked["silver"] == (tiers["Alliance silver"], "silver", 2)
        assert ranked["bronze"][1:] == ("Bronze", 1)
        assert "registered" not in ranked
        with pytest.raises(TierInUse, match="silver"):
            save_programme(programme=alliance, name="Alliance", tiers=["Gold"], by=by, now=now)


@pytest.mark.parametrize(
    ("name", "levels"),
    [(" ", LEVELS), ("P", []), ("P", ["Gold", "gold "]), ("P", ["x" * 81]), ("P", [f"Level {n}" for n in range(13)])],
)
def test_a_programme_that_cannot_be_told_apart_is_refused(
    people: People, now: datetime, name: str, levels: list[str]
) -> None:
    with acting(people.actor("vera")) as by:
        with pytest.raises(OddProgramme):
            save_programme(name=name, tiers=levels, by=by, now=now)
        session.rollback()
        assert programmes() == []


def test_keys_are_plain_whatever_the_script() -> None:
    assert key_of("Premier Plus+") == "premier-plus"
    assert key_of("Größte") == "grote"
    assert key_of("金銀").startswith("tier-")
    assert key_of("金銀") != key_of("銀金")


def test_a_vendor_makes_programmes_on_its_page_and_puts_a_partner_on_a_tier(people: People, client: Browser) -> None:
    partner = f"/partners/{people.partnership.public_id}"
    vera = signed_in(client, people.vera)
    refused = vera.post("/partners/programmes", data={"name": "Alliance", "tiers": "Gold\nGOLD"})
    assert refused.status_code == 422
    assert "too much like another tier" in refused.text
    assert vera.post("/partners/programmes", data={"name": "Alliance", "tiers": "Silver\nGold"}).status_code == 303
    with acting(people.actor("vera")):
        programme = programmes()[0].public_id
        gold = session.scalars(sa.select(Tier.id).where(Tier.key == "gold")).one()
    session.commit()

    saved = vera.post(partner, data={f"tier-{programme}": str(gold), "cam": 0, "lead_capacity": 3})
    assert saved.status_code == 303
    page = vera.get(partner).text
    assert f'<option value="{gold}" selected>Gold</option>' in page
    for odd in ("999999999999999999999", "gold", "-1"):
        answer = vera.post(partner, data={f"tier-{programme}": odd, "cam": 0, "lead_capacity": 3})
        assert answer.status_code == 303
        assert f'<option value="{gold}" selected>Gold</option>' in vera.get(partner).text
    assert "1 partner" in vera.get("/partners/programmes").text
    assert vera.post(f"/partners/programmes/{programme}", data={"name": "A", "tiers": "Silver"}).status_code == 422
    assert signed_in(client, people.viktor).get(f"/partners/programmes/{programme}").status_code == 404
    assert signed_in(client, people.alice).get("/partners/programmes").status_code == 403
    with acting(people.actor("alice")):
        assert session.scalar(sa.select(sa.func.count()).select_from(Standing)) == 1
    with acting(people.actor("charlie")):
        assert session.scalar(sa.select(sa.func.count()).select_from(Standing)) == 0
