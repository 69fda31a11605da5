"""Running a campaign again: with what the last one was made of."""

import pytest
import sqlalchemy as sa

from assets.library.models import ZoneChoice
from assets.library.queries import designs_of
from campaigns.manifest.times import Window
from campaigns.models import KitState, KitVersion, Launch, LaunchState
from campaigns.operations import launches
from campaigns.operations.launches import KitNotOpen
from campaigns.operations.repeating import begin_again
from campaigns.queries.launches import lists_of
from campaigns.windows import as_choice, own_window
from tcma.core import clock
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def last(people: People) -> Launch:
    """A campaign in German without posts, to one list, with a headline of Alice's own; it was stopped."""
    launch, by, now = rows.open_launch(people), people.actor("alice"), clock.now()
    customers = a_list(people.partner)
    contact(people.partner, on=customers)
    with acting(by):
        launches.choose_look(launch_id=launch.id, language="de", left_out=["posts"], by=by, now=now)
        launches.choose_audience(launch_id=launch.id, list_ids=[customers.id], by=by, now=now)
        design = designs_of(launch.kit_version_id)["banner"]
        session.add(
            ZoneChoice(
                vendor_id=launch.vendor_id, partner_id=launch.partner_id, design_id=design.id, launch_id=launch.id,
                language="de", zone="headline", value="Fragen Sie Alice", updated_at=now,
            )
        )  # fmt: skip
        launches.launch_kit(launch_id=launch.id, by=by, now=now)
        launches.stop_launch(launch_id=launch.id, by=by, now=now)
        session.flush()
    session.commit()
    with acting(by):
        return session.get_one(Launch, launch.id)


def test_it_has_the_language_pieces_words_and_lists_of_the_last(people: People, last: Launch) -> None:
    by, now = people.actor("bob"), clock.now()

    with acting(by):
        again = begin_again(launch_id=last.id, by=by, now=now)
        words = session.scalars(sa.select(ZoneChoice.value).where(ZoneChoice.launch_id == again.id)).all()

        assert again.id != last.id
        assert again.state is LaunchState.READY
        assert (again.language, again.choices["left_out"]) == ("de", ["posts"])
        assert lists_of(again.id) == lists_of(last.id)
        assert words == ["Fragen Sie Alice"]


def test_a_kit_that_is_not_on_offer_is_not_run_again(people: People, last: Launch) -> None:
    with acting(people.actor("vera")):
        session.scalars(sa.select(KitVersion)).one().state = KitState.PAUSED
        session.flush()
    by = people.actor("alice")

    with acting(by), pytest.raises(KitNotOpen):
        begin_again(launch_id=last.id, by=by, now=clock.now())


def test_nobody_runs_the_campaign_of_another_again(people: People, last: Launch) -> None:
    launch_id, by = last.id, people.actor("charlie")

    with acting(by), pytest.raises(NotFound):
        begin_again(launch_id=launch_id, by=by, now=clock.now())


def test_from_its_page_it_is_one_press_to_the_review(people: People, last: Launch, browser: Browser) -> None:
    with acting(people.actor("alice")):
        address = last.public_id
    signed_in(browser, people.alice)

    page = browser.get(f"/campaigns/launches/{address}")
    pressed = browser.post(f"/campaigns/launches/{address}/again")

    assert "Run it again" in page.text
    assert browser.get(pressed.location).status_code == 200
    assert pressed.location.endswith("/review")


def test_the_hours_that_the_partner_chose_come_along(people: People, last: Launch) -> None:
    by, now = people.actor("bob"), clock.now()
    window = Window(from_="10:00", until="16:00", days="weekdays")

    with acting(by):
        session.get_one(Launch, last.id).choices = {**last.choices, "window": as_choice(window)}
        session.flush()
        again = begin_again(launch_id=last.id, by=by, now=now)

        assert own_window(again.choices) == window


def test_hours_that_the_kit_does_not_allow_any_more_stay_behind(
    people: People, last: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, now = people.actor("bob"), clock.now()
    locked = Window(from_="08:00", until="12:00", days="working", lock=("hours",))
    monkeypatch.setattr("campaigns.windows.windows_of", lambda _manifest: {"first": locked})

    with acting(by):
        chosen = as_choice(Window(from_="10:00", until="16:00", days="working"))
        session.get_one(Launch, last.id).choices = {**last.choices, "window": chosen}
        session.flush()
        again = begin_again(launch_id=last.id, by=by, now=now)

        assert again.choices["audience_chosen"]
        assert own_window(again.choices) is None
