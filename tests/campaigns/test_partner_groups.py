"""Groups of partners by rules, and the kits that are limited to them."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from campaigns.models import Kit, KitGrant, KitGroup, KitVersion
from campaigns.operations import kits as kit_operations
from campaigns.operations.granting import limit_kit
from campaigns.queries.fit import partner_facts
from campaigns.queries.kits import offered_kits
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, Role
from tcma.partners import groups
from tcma.partners.groups import GroupInUse, OddGroup, Rule, Rules, checked
from tcma.partners.models import PartnerGroup, Partnership, Territory
from tcma.partners.programmes import save_programme, stand_on
from tcma.partners.queries import tiers
from tests import factories
from tests.campaigns.kits import published, with_logo
from tests.campaigns.test_api import keyed
from tests.contacts.test_room import statements
from tests.people import People
from tests.signing_in import Browser, signed_in


def rules(*rows: tuple[str, str, str], any_of_them: bool = False) -> Rules:
    found = [Rule(about, how, tuple(values.split(","))) for about, how, values in rows]
    return checked(found, any_of_them=any_of_them)


def set_up(people: People, now: datetime) -> None:
    """Alice's company: a gold MSP in Germany that serves Austria; Charlie's: a reseller in France, on no tier."""
    with acting(people.actor("vera")) as by:
        save_programme(name="Alliance", tiers=["Silver", "Gold"], by=by, now=now)
        mine = session.get_one(Partnership, people.partnership.id)
        mine.partner_type, mine.competencies, mine.industries = "msp", ["Security", "Große Netze"], ["schools"]
        stand_on(mine, [tier.id for tier in tiers() if tier.key == "gold"])
        session.add(
            Territory(vendor_id=mine.vendor_id, partner_id=mine.partner_id, partnership_id=mine.id, country="AT")
        )
        other = session.get_one(Partnership, people.other_partnership.id)
        other.partner_type, other.competencies = "reseller", ["cloud"]
        session.get_one(Organisation, people.partner.id).country = "DE"
        session.get_one(Organisation, people.partner.id).language = "de-AT"
        theirs = session.get_one(Organisation, people.other_partner.id)
        theirs.country, theirs.language = "FR", "fr"
        session.flush()


@pytest.mark.parametrize(
    ("rows", "any_of_them", "who"),
    [
        ([("partner_type", "is", "MSP, si")], False, "alice"),
        ([("partner_type", "is_not", "msp")], False, "charlie"),
        ([("tier", "is", "Gold")], False, "alice"),
        ([("tier", "is_not", "gold,silver")], False, "charlie"),
        ([("competency", "is", "security")], False, "alice"),
        ([("competency", "is", "große netze")], False, "alice"),
        ([("competency", "is", "secur")], False, ""),
        ([("country", "is", "at")], False, "alice"),
        ([("country", "is", "fr,at")], False, "alice charlie"),
        ([("language", "is", "de")], False, "alice"),
        ([("language", "is", "fr,de")], False, "alice charlie"),
        ([("industry", "is", "Schools")], False, "alice"),
        ([("tier", "is", "gold"), ("country", "is", "fr")], False, ""),
        ([("tier", "is", "gold"), ("country", "is", "fr")], True, "alice charlie"),
    ],
)
def test_rules_say_who_is_in_a_group(
    people: People, now: datetime, rows: list[tuple[str, str, str]], any_of_them: bool, who: str
) -> None:
    set_up(people, now)
    asked = rules(*rows, any_of_them=any_of_them)
    names = {people.partner.id: "alice", people.other_partner.id: "charlie"}

    with acting(people.actor("vera")):
        found = {names[one] for one, (fits,) in groups.which_fit([asked], names).items() if fits}
        count = groups.count_by_rules(asked)

    assert (found, count) == (set(who.split()), len(who.split()))


def test_all_groups_are_counted_at_once_and_each_as_by_itself(people: People, now: datetime) -> None:
    set_up(people, now)
    asked = {"Gold": ("tier", "is", "gold"), "Austria": ("country", "is", "at"), "None": ("country", "is", "jp")}

    with acting(people.actor("vera")) as by:
        assert groups.groups_counted() == []
        for name, rule in asked.items():
            groups.save_group(name=name, rules=rules(rule), by=by, now=now)
        session.flush()
        with statements() as seen:
            counted = {group.name: count for group, count in groups.groups_counted()}
        alone = {name: groups.count_by_rules(rules(rule)) for name, rule in asked.items()}
    with acting(people.actor("viktor")):
        assert groups.groups_counted() == []

    assert counted == alone
    assert set(counted.values()) == {0, 1}
    assert len(seen) == 2


def test_as_many_groups_as_there_may_be_of_the_longest_rules_are_counted(people: People, now: datetime) -> None:
    words = tuple(f"große Netze {number}" for number in range(groups.MOST_VALUES))
    longest = checked([Rule("competency", "is", words)] * (groups.MOST_WORDS // groups.MOST_VALUES), any_of_them=True)
    with pytest.raises(OddGroup):
        checked([*longest.rules, Rule("country", "is", ("de",))], any_of_them=True)
    set_up(people, now)
    with acting(people.actor("vera")) as by:
        for number in range(21):
            groups.save_group(name=f"Group {number}", rules=longest, by=by, now=now)

        counted = groups.groups_counted()
        fits = groups.which_fit([longest] * 21, [people.partner.id])

    assert [count for _group, count in counted] == [0] * 21
    assert fits == {people.partner.id: [False] * 21}


@pytest.mark.parametrize("odd", [[], [Rule("tier", "is", (" ",))], [Rule("shoe size", "is", ("44",))], [Rule("tier", "has", ("a",))]])  # fmt: skip
def test_a_rule_that_does_not_say_what_it_means_is_refused(odd: list[Rule]) -> None:
    with pytest.raises(OddGroup):
        checked(odd, any_of_them=False)


def test_a_group_has_a_name_of_its_own(people: People, now: datetime) -> None:
    with acting(people.actor("vera")) as by:
        groups.save_group(name="Gold", rules=rules(("tier", "is", "gold")), by=by, now=now)

        for name in (" ", "Gold"):
            with pytest.raises(OddGroup):
                groups.save_group(name=name, rules=rules(("tier", "is", "gold")), by=by, now=now)
    with acting(people.actor("viktor")):
        assert groups.groups() == []


def test_no_partner_reads_a_group(people: People, now: datetime) -> None:
    with acting(people.actor("vera")) as by:
        groups.save_group(name="Weak ones", rules=rules(("tier", "is", "gold")), by=by, now=now)
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(PartnerGroup)).all() == []


def offered(people: People, now: datetime) -> set[str]:
    """Who is offered a kit now."""
    session.commit()
    outbox.drain(now=now)
    found = set()
    for name in ("alice", "charlie"):
        with acting(people.actor(name)) as actor:
            assert actor.partner_id
            if offered_kits(partner_id=actor.partner_id, today=now.date())[1]:
                found.add(name)
    return found


@pytest.fixture
def kit_id(people: People, now: datetime) -> int:
    """A kit on offer to both partners: one gold in Germany, one on no tier in France."""
    set_up(people, now)
    with_logo(people)
    with acting(people.actor("vera")):
        session.get_one(Organisation, people.other_partner.id).language = "en"
    return published(people, now).kit_id


def limited(people: People, kit_id: int, now: datetime, *asked: Rules) -> list[str]:
    """Limit the kit to groups by these rules, and return their addresses."""
    with acting(people.actor("vera")) as by:
        made = [
            groups.save_group(name=f"Group {place}", rules=one, by=by, now=now).public_id
            for place, one in enumerate(asked)
        ]
        limit_kit(kit=session.get_one(Kit, kit_id), groups=made, by=by, now=now)
    return made


def test_a_kit_that_is_limited_goes_to_the_group_alone_and_says_so(people: People, now: datetime, kit_id: int) -> None:
    before = offered(people, now)

    limited(people, kit_id, now, rules(("tier", "is", "gold")))
    after = offered(people, now)

    with acting(people.actor("alice")):
        (row,), _total = offered_kits(partner_id=people.partner.id, today=now.date())
    assert (before, after) == ({"alice", "charlie"}, {"alice"})
    assert "group" in {reason.code for reason in row.reasons}


def test_a_kit_that_is_limited_to_several_groups_goes_to_those_in_any(
    people: People, now: datetime, kit_id: int
) -> None:
    limited(people, kit_id, now, rules(("tier", "is", "gold")), rules(("country", "is", "FR")))

    assert offered(people, now) == {"alice", "charlie"}


def test_the_groups_of_other_kits_are_not_asked_for_the_fit_of_one(people: People, now: datetime, kit_id: int) -> None:
    (address,) = limited(people, kit_id, now, rules(("tier", "is", "gold")))
    with acting(people.actor("vera")) as by:
        other = Kit(vendor_id=people.vendor.id, slug="another", theme="cloud", created_at=now)
        germans = groups.save_group(name="Germans", rules=rules(("country", "is", "DE")), by=by, now=now)
        session.add(other)
        session.flush()
        session.add(KitGroup(vendor_id=people.vendor.id, kit_id=other.id, group_id=germans.id))
        session.flush()

        (mine,) = partner_facts(partner_id=people.partner.id, kit_id=kit_id)
        (all_of_them,) = partner_facts(partner_id=people.partner.id)

    assert mine.groups == {address}
    assert all_of_them.groups == {address, germans.public_id}


def test_a_kit_moves_with_the_rules_of_its_group_and_with_the_partner(
    people: People, now: datetime, kit_id: int
) -> None:
    (address,) = limited(people, kit_id, now, rules(("tier", "is", "gold")))
    first = offered(people, now)
    with acting(people.actor("vera")) as by:
        found = groups.group_by(address)
        groups.save_group(
            group=found, name="Resellers", rules=rules(("partner_type", "is", "reseller")), by=by, now=now
        )
    second = offered(people, now)
    with acting(people.actor("vera")):
        session.get_one(Partnership, people.partnership.id).partner_type = "reseller"
        outbox.tell(
            "partnership.changed", partnership_id=people.partnership.id, vendor_id=people.vendor.id,
            partner_id=people.partner.id, now=now,
        )  # fmt: skip
    third = offered(people, now)

    assert (first, second, third) == ({"alice"}, {"charlie"}, {"alice", "charlie"})


def test_a_kit_whose_groups_changed_while_it_was_paused_comes_back_to_whom_it_fits(
    people: People, now: datetime, kit_id: int
) -> None:
    with acting(people.actor("vera")) as by:
        version_id = session.scalars(sa.select(KitVersion.id).where(KitVersion.kit_id == kit_id)).one()
        kit_operations.pause_version(version_id=version_id, by=by, now=now)
    limited(people, kit_id, now, rules(("tier", "is", "gold")))
    with acting(people.actor("vera")) as by:
        kit_operations.resume_version(version_id=version_id, by=by, now=now)

    assert offered(people, now) == {"alice"}


def test_a_group_stays_while_a_kit_is_limited_to_it(people: People, now: datetime, kit_id: int) -> None:
    (address,) = limited(people, kit_id, now, rules(("tier", "is", "gold")))

    with acting(people.actor("vera")) as by:
        with pytest.raises(GroupInUse, match="phishing-drill"):
            groups.remove_group(group=groups.group_by(address), by=by, now=now)
        limit_kit(kit=session.get_one(Kit, kit_id), groups=[], by=by, now=now)
        groups.remove_group(group=groups.group_by(address), by=by, now=now)
        session.flush()
        assert groups.groups() == []
    assert offered(people, now) == {"alice", "charlie"}


def test_a_kit_is_limited_to_ones_own_groups_alone(people: People, now: datetime, kit_id: int) -> None:
    with acting(people.actor("viktor")) as by:
        theirs = groups.save_group(name="Theirs", rules=rules(("tier", "is", "gold")), by=by, now=now).public_id

    with acting(people.actor("vera")) as by, pytest.raises(NotFound):
        limit_kit(kit=session.get_one(Kit, kit_id), groups=[theirs], by=by, now=now)


def test_a_group_is_made_from_its_page_with_the_number_beside_it(
    people: People, now: datetime, kit_id: int, browser: Browser
) -> None:
    signed_in(browser, people.vera)
    row = {"about": ["tier", ""], "how": ["is", "is"], "values": ["Gold", ""], "any": "0"}

    counted = browser.post("/partners/groups/count", data=row).text
    odd = browser.post("/partners/groups/count", data={**row, "values": ["", ""]}).text
    nameless = browser.post("/partners/groups/new", data={**row, "name": ""})
    made = browser.post("/partners/groups/new", data={**row, "name": "Golden"})
    listed = browser.get("/partners/groups").text
    with acting(people.actor("vera")):
        address = groups.groups()[0].public_id
        kit = session.get_one(Kit, kit_id).public_id
    settings = browser.get(f"/kits/{kit}/groups").text
    browser.post(f"/kits/{kit}/groups", data={"groups": [address]})

    assert ">1<" in counted.replace(" ", "").replace("\n", "")
    assert "needs a word" in odd
    assert (nameless.status_code, made.status_code) == (422, 303)
    assert "Golden" in listed
    assert "1 partner now" in listed
    assert "Golden" in settings
    assert "Golden" in browser.get(f"/kits/{kit}").text
    assert offered(people, clock.now()) == {"alice"}
    assert browser.post(f"/partners/groups/{address}/remove").headers["Location"].endswith(address)


def test_a_viewer_makes_no_group_and_another_vendor_finds_none(people: People, now: datetime, browser: Browser) -> None:
    with acting(people.actor("vera")) as by:
        made = groups.save_group(name="Gold", rules=rules(("tier", "is", "gold")), by=by, now=now).public_id
    viewer = factories.member(people.vendor, Role.VIEWER, name="Vic")

    signed_in(browser, viewer)
    assert browser.get("/partners/groups").status_code == 403
    signed_in(browser, people.viktor)
    assert browser.get(f"/partners/groups/{made}").status_code == 404


def test_the_api_makes_counts_limits_and_removes(people: People, now: datetime, kit_id: int, browser: Browser) -> None:
    keyed(browser, people, "vera")
    with acting(people.actor("vera")):
        kit = session.get_one(Kit, kit_id).public_id
    asked = {"rules": [{"about": "tier", "how": "is", "values": ["Gold"]}]}

    counted = browser.post("/api/v1/partner-groups/count", json=asked).json
    made = browser.post("/api/v1/partner-groups", json={**asked, "name": "Golden"}).json
    put = browser.put(f"/api/v1/kits/{kit}/groups", json={"groups": [made["id"]]}).json
    kept = browser.delete(f"/api/v1/partner-groups/{made['id']}")
    browser.put(f"/api/v1/kits/{kit}/groups", json={"groups": []})
    gone = browser.delete(f"/api/v1/partner-groups/{made['id']}")

    assert counted == {"partners": 1}
    assert (made["partners"], made["rules"][0]["values"]) == (1, ["gold"])
    assert put == {"groups": [made["id"]], "working_out": {"done": 0, "total": 2}}
    assert (kept.status_code, gone.status_code) == (409, 200)
    assert browser.get("/api/v1/partner-groups").json == {"items": []}
    with acting(people.actor("vera")):
        assert session.scalar(sa.select(sa.func.count()).select_from(KitGrant)) == 2
