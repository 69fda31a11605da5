"""Leads go where they are served, to who can do the work and has room, in a fair order."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tcma.leads.routing import Candidate, Choice, RoutingIndex, Rule, RuleKind, Wanted, reason_in_words
from tests.factories import NOW


def candidate(number: int, **more: object) -> Candidate:
    values: dict = {
        "partnership_id": number,
        "partner_id": number,
        "territories": (("DE", ""),),
        "competencies": frozenset({"security"}),
        "tier_rank": 1,
        "capacity": 5,
        "open_leads": 0,
    }
    return Candidate(**{**values, **more})


BERLIN = Wanted("DE", "10115", frozenset({"security"}))


def test_a_lead_goes_to_who_serves_its_postcode() -> None:
    index = RoutingIndex([candidate(1, territories=(("DE", "80"),)), candidate(2, territories=(("DE", "101"),))])

    choice = index.choose(BERLIN)

    assert choice.partnership_id == 2
    assert choice.prefix == "101"


def test_a_lead_that_nobody_serves_goes_to_nobody_and_says_at_which_rule() -> None:
    choice = RoutingIndex([candidate(1, territories=(("AT", ""),))]).choose(BERLIN)

    assert choice.partnership_id is None
    assert [(step.rule, step.before, step.after) for step in choice.path] == [(RuleKind.TERRITORY, 1, 0)]


def test_an_optional_rule_that_leaves_nobody_is_passed_over() -> None:
    index = RoutingIndex([candidate(1, competencies=frozenset())])
    rules = (Rule(RuleKind.TERRITORY), Rule(RuleKind.COMPETENCY, required=False), Rule(RuleKind.CAPACITY))

    choice = index.choose(BERLIN, rules=rules)

    assert choice.partnership_id == 1
    assert choice.path[1].passed_over


def test_a_full_partner_gets_nothing() -> None:
    index = RoutingIndex([candidate(1, tier_rank=9, open_leads=5), candidate(2)])

    assert index.choose(BERLIN).partnership_id == 2


def test_nobody_gets_the_same_lead_twice() -> None:
    index = RoutingIndex([candidate(1), candidate(2)])

    assert index.choose(BERLIN, without=frozenset({1})).partnership_id == 2
    assert index.choose(BERLIN, without=frozenset({1, 2})).partnership_id is None


def test_the_higher_tier_comes_first_and_then_who_is_less_busy() -> None:
    index = RoutingIndex(
        [candidate(1, open_leads=2), candidate(2, open_leads=1), candidate(3, tier_rank=2, open_leads=4)]
    )

    assert index.choose(BERLIN).partnership_id == 3
    assert index.choose(BERLIN, without=frozenset({3})).partnership_id == 2


@settings(max_examples=50, deadline=None)
@given(count=st.integers(1, 12), leads=st.integers(1, 60))
def test_equal_partners_differ_by_at_most_one_lead(count: int, leads: int) -> None:
    index = RoutingIndex([candidate(number, capacity=1000) for number in range(1, count + 1)])
    got: Counter[int] = Counter()
    for _lead in range(leads):
        choice = index.choose(BERLIN)
        assert choice.partnership_id is not None
        index.assigned(choice.partnership_id, NOW)
        got[choice.partnership_id] += 1

    shares = [got[number] for number in range(1, count + 1)]
    assert max(shares) - min(shares) <= 1


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_index_chooses_what_a_plain_search_chooses(data: st.DataObject) -> None:
    places = st.tuples(st.sampled_from(["DE", "AT"]), st.sampled_from(["", "1", "10", "101", "80"]))
    skills = st.frozensets(st.sampled_from(["security", "cloud", "networking"]))
    candidates = [
        candidate(
            number,
            territories=tuple(data.draw(st.lists(places, min_size=1, max_size=3, unique=True))),
            competencies=data.draw(skills),
            tier_rank=data.draw(st.integers(0, 2)),
            capacity=data.draw(st.integers(0, 3)),
            open_leads=data.draw(st.integers(0, 3)),
        )
        for number in range(1, data.draw(st.integers(2, 15)))
    ]
    lead = Wanted("DE", data.draw(st.sampled_from(["10115", "80331", "1"])), data.draw(skills))

    fitting = [
        one
        for one in candidates
        if any(c == lead.country and lead.postcode.startswith(p) for c, p in one.territories)
        and lead.competencies <= one.competencies
        and one.open_leads < one.capacity
    ]
    best = min(fitting, key=lambda c: (-c.tier_rank, c.open_leads / max(c.capacity, 1), c.partnership_id), default=None)
    assert RoutingIndex(candidates).choose(lead).partnership_id == (best and best.partnership_id)


def test_the_reason_is_a_sentence(app: object) -> None:
    choice = RoutingIndex([candidate(1), candidate(2)]).choose(BERLIN)

    words = reason_in_words(BERLIN, choice, town="Berlin", tier="Gold")

    assert words.startswith("You serve Berlin, you know security, you have room for another lead.")
    assert "Of 2 partners who fit" in words
    assert isinstance(choice, Choice)
