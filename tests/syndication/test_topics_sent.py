"""What a campaign is about, and that who declined it gets no mail of it: when it starts, and while it runs."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.models import Kit, KitTopic, Launch, LaunchTopic
from campaigns.operations.topics import choose_topic, choose_topic_of_kit
from campaigns.queries.topics import topic_of
from syndication.sending import gate, work
from tcma.contacts import operations
from tcma.contacts.models import Topic
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tests.campaigns.rows import open_launch
from tests.contacts.rows import a_list, contact
from tests.contacts.test_topics import named
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink


def about(people: People, launch_id: int) -> str:
    with acting(people.actor("alice")):
        return topic_of(session.get_one(Launch, launch_id))


def test_a_campaign_is_about_its_own_topic_else_that_of_its_kit_else_the_theme(people: People, now: datetime) -> None:
    one, two = named(people, "Printing", now), named(people, "Phones", now)
    launch, by = open_launch(people), people.actor("alice")
    said = [about(people, launch.id)]
    with acting(by):
        kit = session.get_one(Kit, launch.kit_id)
        choose_topic_of_kit(kit=kit, topic=session.get_one(Topic, one.id), by=by, now=now)
        said.append(about(people, launch.id))
        choose_topic(launch_id=launch.id, topic=session.get_one(Topic, two.id), by=by, now=now)
        said.append(about(people, launch.id))
        operations.remove_topic(topic_id=two.id, by=by, now=now)
        said.append(about(people, launch.id))

    assert said == ["security", one.key, two.key, one.key]


def test_what_a_campaign_is_about_cannot_be_changed_once_it_runs(people: People, now: datetime) -> None:
    launch = frozen(people, now)
    topic, by = named(people, "Printing", now), people.actor("alice")

    with acting(by), pytest.raises(Conflict):
        choose_topic(launch_id=launch.id, topic=session.get_one(Topic, topic.id), by=by, now=now)


def decline(people: People, launch: Running, contact_id: int, now: datetime, topic: str) -> None:
    with acting(launch.by):
        operations.choose_topics(
            partner_id=launch.partner_id, contact_id=contact_id, wanted={topic: False}, language=None, by=launch.by,
            now=now,
        )  # fmt: skip
    session.commit()


@pytest.mark.real("smtp")
def test_who_declines_the_topic_after_the_start_gets_nothing(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    decline(people, launch, launch.contacts[1], now, "security")
    decline(people, launch, launch.contacts[0], now, "backup")

    send(now)

    assert sorted(mail.recipient for mail in relayed.mails) == ["person0@customer.example", "person2@customer.example"]
    assert sorted((one.state.value, one.reason) for one in launch.deliveries() if one.reason) == [("skipped", "topic")]


@pytest.mark.real("smtp")
def test_who_declines_between_claim_and_sending_gets_nothing(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = frozen(people, now)
    monkeypatch.setattr(gate, "FRESH", -1.0)  # as if the claim had been longer ago than its answer counts
    monkeypatch.setattr(work, "take_batch", _and_then(work.take_batch, people, launch, now))

    send(now, budget=0.01)

    assert sorted(mail.recipient for mail in relayed.mails) == ["person0@customer.example", "person1@customer.example"]


def _and_then(take: Callable[..., object], people: People, launch: Running, now: datetime) -> Callable[..., object]:
    def taken(*args: object, **more: object) -> object:
        batch = take(*args, **more)
        decline(people, launch, launch.contacts[2], now, "security")
        return batch

    return taken


def test_the_topic_is_chosen_on_the_audience_page_and_no_vendor_sees_it(client: FlaskClient, people: People) -> None:
    launch = open_launch(people)
    address, launch_id = launch.public_id, launch.id
    the_list = a_list(people.partner)
    contact(people.partner, on=the_list)
    topic = named(people, "Printing", launch.created_at)
    session.commit()
    alice = signed_in(client, people.alice)
    page = f"/campaigns/launches/{address}/audience"
    form = {"execution": "platform", "lists": the_list.public_id, "topic": topic.public_id}

    assert "As its kit says: Security" in alice.get(page).text
    assert alice.post(page, data=form).status_code == 303
    assert about(people, launch_id) == topic.key
    alice.post(page, data={**form, "of_kit": "y"})

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(LaunchTopic)).all() == []
        assert session.scalars(sa.select(KitTopic.topic_id)).all() == [topic.id]
    assert "As its kit says: Printing" in signed_in(client, people.bob).get(page).text
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(KitTopic)).all() == []
        assert session.scalars(sa.select(Topic)).all() == []
    assert signed_in(client, people.charlie).get(page).status_code == 404
    assert signed_in(client, people.vera).get(page).status_code in {403, 404}


def test_the_reach_is_counted_for_the_topic_that_is_chosen_now_and_not_for_the_saved_one(
    client: FlaskClient, people: People
) -> None:
    launch = open_launch(people)
    page, now = f"/campaigns/launches/{launch.public_id}/audience/count", launch.created_at
    the_list = a_list(people.partner)
    contact(people.partner, on=the_list)
    no_printing = contact(people.partner, email="no-printing@customer.example", on=the_list)
    topic = named(people, "Printing", now)
    by = people.actor("alice")
    with acting(by):
        operations.choose_topics(
            partner_id=launch.partner_id, contact_id=no_printing.id, wanted={topic.key: False}, language=None, by=by,
            now=now,
        )  # fmt: skip
    session.commit()
    alice = signed_in(client, people.alice)
    form = {"execution": "platform", "lists": the_list.public_id}

    def reach(**more: str) -> str:
        return alice.post(page, data={**form, **more}).text

    assert "people get your mails" in reach()
    assert "people get your mails" in reach(topic="")
    assert "person gets your mails" in reach(topic=topic.public_id)
    assert "do not want to read about this topic" in reach(topic=topic.public_id)
    assert alice.post(page, data={**form, "topic": "top_nobody"}).status_code == 404
