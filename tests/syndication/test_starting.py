"""What a campaign is looked over for before it starts: its posts as the networks count, its mails as filters read."""

from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.manifest import read_kit
from campaigns.models import Launch
from campaigns.operations import launches
from campaigns.operations.launches import NotReadyToLaunch
from tcma.core import checks, clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tests.campaigns.kits import DARK_LOGO, LOGO, STARTER, published, with_logo
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import signed_in

FIRST_SUBJECT = '"Who would click at {{ contact.company | your office }}?"'
BUTTON, SHOWN = "button: See how a drill works", 'button: "{{ partner.website }}"'


def begun(people: People, now: datetime, kit: Path = STARTER, *, to_people: bool = True, logo: bytes = LOGO) -> Launch:
    """A campaign of Alice's company that is ready to start, to one person."""
    with_logo(people, logo=logo)
    version_id = published(people, now, read_kit(kit)).id
    by = people.actor("alice")
    customers = a_list(people.partner)
    contact(people.partner, on=customers)
    with acting(by):
        launch = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        picked = [customers.id] if to_people else []
        launches.choose_audience(launch_id=launch.id, list_ids=picked, by=by, now=now)
        session.flush()
    return launch


def changed(tmp_path: Path, before: str, after: str) -> Path:
    """The starter kit with other English words."""
    kit = Path(copytree(STARTER, tmp_path / "kit"))
    words = kit / "texts" / "en.yaml"
    text = words.read_text()
    assert before in text
    words.write_text(text.replace(before, after))
    return kit


def refusal(people: People, launch: Launch, now: datetime) -> list[str]:
    by = people.actor("alice")
    with acting(by), pytest.raises(NotReadyToLaunch) as refused:
        launches.launch_kit(launch_id=launch.id, by=by, now=now)
    return refused.value.reasons


def test_a_post_that_the_partners_own_name_makes_too_long_keeps_the_campaign_from_starting(
    people: People, now: datetime, tmp_path: Path
) -> None:
    launch = begun(people, now, changed(tmp_path, "Would your team open it?", "{{ partner.name }}:"))
    with acting(Actor.system("test", partner_id=people.partner.id)):
        session.scalars(sa.select(BrandProfile)).one().name = "Schmidt " * 18
        session.flush()

    assert any("characters too long for x with your name in it" in one for one in refusal(people, launch, now))


def test_a_mail_whose_link_shows_another_address_keeps_the_campaign_from_starting(
    people: People, now: datetime, tmp_path: Path
) -> None:
    launch = begun(people, now, changed(tmp_path, BUTTON, SHOWN))

    reasons = refusal(people, launch, now)

    assert reasons == ["Three looks before a click: A link shows partner.example and leads to localhost."]


def test_without_people_to_mail_the_mails_are_no_reason(people: People, now: datetime, tmp_path: Path) -> None:
    launch = begun(people, now, changed(tmp_path, BUTTON, SHOWN), to_people=False)
    by = people.actor("alice")

    with acting(by):
        launches.launch_kit(launch_id=launch.id, by=by, now=now)


def test_words_that_filters_mistrust_are_shown_and_do_not_stop_anybody(
    people: People, app: Flask, tmp_path: Path
) -> None:
    launch = begun(people, clock.now(), changed(tmp_path, FIRST_SUBJECT, '"Act now!!"'))
    address, by = launch.public_id, people.actor("alice")
    browser = signed_in(app.test_client(), people.alice)

    page = browser.get(f"/campaigns/launches/{address}/review").get_data(as_text=True)

    assert "Worth a look before you start" in page
    assert "The subject has words that filters take for spam" in page
    assert "Before you can start" not in page
    with acting(by):
        found = session.scalars(sa.select(Launch)).one()
        assert checks.reasons_against("launch.start", launch_id=found.id, by=by, now=clock.now()) == []


def test_a_logo_that_dark_mail_programs_hide_is_told_once_before_the_start(people: People, now: datetime) -> None:
    launch = begun(people, now, logo=DARK_LOGO)

    with acting(people.actor("alice")):
        (said,) = checks.reasons_against("launch.worth_a_look", launch_id=launch.id)

    assert "programs that turn mails dark hide it" in said


def test_the_starter_kit_gives_nothing_to_look_at(people: People, now: datetime) -> None:
    launch = begun(people, now)

    with acting(people.actor("alice")) as by:
        assert checks.reasons_against("launch.start", launch_id=launch.id, by=by, now=now) == []
        assert checks.reasons_against("launch.worth_a_look", launch_id=launch.id) == []
