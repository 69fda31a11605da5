"""What a kit asks for before a task or a post comes: judged at its time, and credited to whoever did it."""

from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.manifest import read_kit
from campaigns.models import Launch, LaunchTask
from campaigns.operations import launches
from campaigns.queries.launch_tasks import tasks_of
from syndication.models import Post, PostState, Recipient, SocialAccount, Touch, Verdict
from syndication.sequences.tasking import look_at_tasks
from syndication.social.operations.posts import send_again
from syndication.social.operations.publishing import Job, pick_up
from syndication.social.reasons import Reason
from syndication.tracking.judging import Whose, tell_recorded
from tcma.contacts.operations import unsubscribe
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import STARTER, published, with_logo
from tests.contacts.rows import a_list, contact
from tests.factories import save
from tests.people import People
from tests.signing_in import signed_in

CALL = timedelta(days=13)  # the kit's call is due on the twelfth day
POST = """
      - {key: again, kind: social_post, post: offer, after: {days: 5, at: "10:00"}, when: {not_clicked: true}}

  - key: posts
"""


class Story:
    """A launch of the starter kit and what people do on it."""

    def __init__(self, people: People, now: datetime, *, persons: int = 2, folder: Path = STARTER) -> None:
        self.now, self.by = now, people.actor("alice")
        with_logo(people)
        version_id = published(people, now, read_kit(folder)).id
        customers = a_list(people.partner)
        self.contacts = [contact(people.partner, on=customers, first_name=name).id for name in ("Ada", "Ben")[:persons]]
        list_ids = [customers.id] if persons else []
        with acting(self.by):
            launch = launches.begin_launch(kit_version_id=version_id, by=self.by, now=now)
            launches.choose_look(launch_id=launch.id, language="en", left_out=["search-ads"], by=self.by, now=now)
            launches.choose_audience(launch_id=launch.id, list_ids=list_ids, by=self.by, now=now)
            launch = launches.launch_kit(launch_id=launch.id, by=self.by, now=now)
            self.id, self.public_id = launch.id, launch.public_id
            self.whose = Whose(launch.vendor_id, launch.partner_id, launch.id)
        session.commit()
        outbox.drain(now=now)

    def click(self, after: timedelta, who: int | None = None, verdict: Verdict = Verdict.HUMAN) -> None:
        """Somebody presses a link so long after the start: one of the contacts, or a stranger."""
        at = self.now + after
        with acting(Actor.system("test", vendor_id=self.whose.vendor_id, partner_id=self.whose.partner_id)):
            mine = sa.select(Recipient.id).where(Recipient.contact_id == (self.contacts[who] if who is not None else 0))
            session.add(
                Touch(
                    at=at, vendor_id=self.whose.vendor_id, partner_id=self.whose.partner_id, launch_id=self.id,
                    recipient_id=session.scalar(mine), tactic="mails" if who is not None else "posts",
                    step="first" if who is not None else "offer", channel="email" if who is not None else "x",
                    kind="click", verdict=verdict, rules_version=1,
                )
            )  # fmt: skip
            tell_recorded(self.whose, [at], now=at)
        session.commit()
        outbox.drain(now=at)

    def look(self, after: timedelta) -> None:
        look_at_tasks(now=self.now + after)

    def tasks(self) -> list[tuple[str, str]]:
        """The titles of the tasks as the partner reads them, with whom each is about."""
        session.expire_all()
        with acting(self.by):
            found, _total = tasks_of(session.get_one(Launch, self.id))
            return [(task.title, task.person.partition(" ")[0]) for task in found]


def test_a_call_is_asked_for_only_once_somebody_has_clicked_and_names_them(people: People, now: datetime) -> None:
    story = Story(people, now)
    story.look(CALL)
    assert story.tasks() == []

    story.click(CALL + timedelta(hours=1), who=0)

    assert story.tasks() == [("Call Ada: they looked at the phishing drill", "Ada")]
    with acting(story.by):
        row = session.scalars(sa.select(LaunchTask)).one()
        assert "Ada" not in row.title  # the vendor's side may read the row
        assert row.due_at == now + CALL + timedelta(hours=1, days=3)


def test_whoever_clicked_before_the_calls_day_is_called_on_it_and_once(people: People, now: datetime) -> None:
    story = Story(people, now)
    story.click(timedelta(days=1), who=1)
    assert story.tasks() == []

    story.look(CALL)
    story.look(CALL + timedelta(days=2))
    story.click(CALL + timedelta(days=3), who=1)

    assert [person for _title, person in story.tasks()] == ["Ben"]


def test_neither_a_machine_nor_a_stranger_is_called(people: People, now: datetime) -> None:
    story = Story(people, now)
    story.click(timedelta(days=1), who=0, verdict=Verdict.MACHINE)
    story.click(timedelta(days=2))

    story.look(CALL)

    assert story.tasks() == []


def test_without_contacts_the_first_click_of_anybody_makes_one_task(people: People, now: datetime) -> None:
    story = Story(people, now, persons=0)
    story.look(CALL)
    assert story.tasks() == []

    story.click(CALL + timedelta(hours=1))
    story.click(CALL + timedelta(hours=2))

    assert story.tasks() == [("Call the contact: they looked at the phishing drill", "")]


def test_whoever_wants_no_more_mail_is_not_called_for_an_old_click(people: People, now: datetime) -> None:
    story = Story(people, now)
    story.click(timedelta(days=1), who=0)
    with acting(story.by):
        unsubscribe(partner_id=story.whose.partner_id, contact_id=story.contacts[0], by=story.by, now=now)
    session.commit()

    story.look(CALL)

    assert story.tasks() == []


def test_a_stopped_campaign_asks_for_no_calls(people: People, now: datetime) -> None:
    story = Story(people, now)
    story.click(timedelta(days=1), who=0)
    with acting(story.by):
        launches.stop_launch(launch_id=story.id, by=story.by, now=now + timedelta(days=2))
    session.commit()

    story.look(CALL)

    assert story.tasks() == []


def test_the_page_of_a_campaign_shows_a_call_to_its_partner_alone(app: Flask, people: People, now: datetime) -> None:
    readers = {name: signed_in(app.test_client(), getattr(people, name)) for name in ("alice", "charlie", "vera")}
    story = Story(people, now)
    story.click(timedelta(days=1), who=0)
    story.look(CALL)

    seen = {name: reader.get(f"/campaigns/launches/{story.public_id}") for name, reader in readers.items()}

    assert "Call Ada: they looked at the phishing drill" in seen["alice"].text
    assert (seen["charlie"].status_code, seen["vera"].status_code) == (404, 403)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The starter kit, with a post that comes again on the fifth day unless somebody has clicked."""
    folder = Path(copytree(STARTER, tmp_path / "kit"))
    manifest = folder / "kit.yaml"
    manifest.write_text(manifest.read_text().replace("\n  - key: posts\n", POST, 1))
    return folder


def the_post(people: People, now: datetime, kit: Path) -> tuple[Story, int]:
    account = {"network": "x", "name": "Alice", "remote_id": "7", "connected_at": now, "token_sealed": b"x"}
    save(SocialAccount(partner_id=people.partner.id, **account))
    story = Story(people, now, folder=kit)
    with acting(story.by):
        return story, session.scalars(sa.select(Post.id).where(Post.key == "again", Post.network == "x")).one()


def stands(story: Story, post_id: int) -> tuple[PostState, str | None]:
    session.expire_all()
    with acting(story.by):
        post = session.get_one(Post, post_id)
        return post.state, post.reason


def test_a_post_whose_condition_holds_goes_out_at_its_hour(people: People, now: datetime, kit: Path) -> None:
    story, post_id = the_post(people, now, kit)

    with acting(story.by):
        job = pick_up(post_id=post_id, now=now + timedelta(days=6))

    assert isinstance(job, Job)


def test_a_post_whose_condition_does_not_hold_stays_in_and_a_person_may_send_it_anyway(
    people: People, now: datetime, kit: Path
) -> None:
    story, post_id = the_post(people, now, kit)
    story.click(timedelta(days=1))
    with acting(story.by):
        pick_up(post_id=post_id, now=now + timedelta(days=6))
    session.commit()
    assert stands(story, post_id) == (PostState.EXPIRED, Reason.NOT_MET)

    with acting(story.by):
        send_again(post_id=post_id, by=story.by, now=now + timedelta(days=6))
        job = pick_up(post_id=post_id, now=now + timedelta(days=6))

    assert isinstance(job, Job)
