"""Posts of a campaign: made with words, link and picture; approved, changed and refused by people."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from campaigns.models import Launch
from campaigns.operations.launches import stop_launch
from campaigns.values import page_address
from syndication.channels.social import versions_that_end
from syndication.channels.social.linkedin import little_text, plain_text
from syndication.models import AccountState, Link, LinkSet, Post, PostState, SocialAccount, SubscriptionMode
from syndication.social.operations import posts as operations
from syndication.social.operations.making import make_posts, posts_too_long
from syndication.social.reasons import Reason
from syndication.social.streams import subscribe
from tcma.core import outbox, runtime
from tcma.core.db import session
from tcma.core.links import Purpose
from tcma.core.models import AuditEntry, Due, Message
from tcma.core.tenancy import acting
from tcma.identity.models import User
from tests.factories import save
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import Running, running
from tests.syndication.social_network import posts_of


def account(people: People, network: str, now: datetime, **more: object) -> SocialAccount:
    values = {"name": "Alice's company", "remote_id": "77", "connected_at": now, "token_sealed": b"x", **more}
    return save(SocialAccount(partner_id=people.partner.id, network=network, **values))


def begun(people: People, now: datetime, **more: object) -> Running:
    """A launch whose posts have been made."""
    launch = running(people, now, persons=0, **more)  # type: ignore[arg-type]
    outbox.drain(now=now)
    return launch


def test_a_launch_makes_each_post_for_each_account_with_its_own_link(people: People, now: datetime) -> None:
    account(people, "linkedin", now)
    account(people, "x", now)

    made = posts_of(launch := begun(people, now))

    assert {(post.network, post.state) for post in made} == {
        ("linkedin", PostState.SCHEDULED),
        ("x", PostState.SCHEDULED),
        ("facebook", PostState.HELD),
    }
    assert {post.reason for post in made if post.network == "facebook"} == {Reason.NO_ACCOUNT}
    assert all(post.link_url in post.text and "{{" not in post.text for post in made)
    assert len({post.link_url for post in made}) == len(made)
    assert any(post.rendition_id for post in made)
    with acting(launch.by):
        token = made[0].link_url.rpartition("/")[2]
        placed = runtime.links().read_placed(token)
        link_set = session.get_one(LinkSet, placed.ids[0])
        link = session.get_one(Link, made[0].link_id)
    assert (placed.purpose, placed.ids[1], placed.place) == (Purpose.SHARE, made[0].id, 1)
    assert (link_set.launch_id, link_set.tactic, link_set.channel) == (launch.id, "posts", made[0].network)
    assert link.url == page_address(launch.slug)
    due = session.scalars(sa.select(Due.object_id).where(Due.kind == "post")).all()
    assert set(due) == {post.id for post in made if post.state is PostState.SCHEDULED}


def test_posts_are_due_on_the_partners_clock(people: People, now: datetime) -> None:
    account(people, "x", now)

    made = [post for post in posts_of(begun(people, now, zone="America/New_York")) if post.network == "x"]

    assert made[1].due_at == datetime.fromisoformat("2026-09-10T08:45:00-04:00")


def test_making_them_twice_makes_them_once(people: People, now: datetime) -> None:
    account(people, "x", now)
    before = len(posts_of(launch := begun(people, now)))

    with acting(launch.by):
        assert make_posts(launch_id=launch.id, by=launch.by, now=now) == []
    session.commit()

    assert len(posts_of(launch)) == before


@pytest.mark.parametrize(
    ("own", "topic", "state"),
    [
        (SubscriptionMode.AUTO_PUBLISH, None, PostState.SCHEDULED),
        (SubscriptionMode.AUTO_PUBLISH, SubscriptionMode.REQUIRES_APPROVAL, PostState.NEEDS_APPROVAL),
        (SubscriptionMode.REQUIRES_APPROVAL, SubscriptionMode.AUTO_PUBLISH, PostState.NEEDS_APPROVAL),
        (SubscriptionMode.AUTO_PUBLISH, SubscriptionMode.OFF, None),
    ],
)
def test_the_strictest_wish_wins(
    people: People, now: datetime, own: SubscriptionMode, topic: SubscriptionMode | None, state: PostState | None
) -> None:
    found = account(people, "x", now, mode=own)
    by = people.actor("alice")
    if topic is not None:
        with acting(by):
            subscribe(account_id=found.id, vendor_id=people.vendor.id, topic="security", mode=topic, by=by, now=now)

    made = [post for post in posts_of(begun(people, now)) if post.network == "x"]

    assert {post.state for post in made} == ({state} if state else set())


def test_an_expired_account_holds_its_posts(people: People, now: datetime) -> None:
    account(people, "x", now, state=AccountState.EXPIRED)

    made = [post for post in posts_of(begun(people, now)) if post.network == "x"]

    assert {(post.state, post.reason) for post in made} == {(PostState.HELD, Reason.TOKEN)}


def test_a_stopped_campaign_ends_its_posts(people: People, now: datetime) -> None:
    account(people, "x", now)
    launch = begun(people, now)
    by = people.actor("alice")
    with acting(by):
        stop_launch(launch_id=launch.id, by=by, now=now)
    session.commit()

    outbox.drain(now=now)

    assert {post.state for post in posts_of(launch)} == {PostState.EXPIRED}


def test_no_post_of_the_starter_kit_is_too_long(people: People, now: datetime) -> None:
    launch = begun(people, now)

    with acting(launch.by):
        assert posts_too_long(session.get_one(Launch, launch.id)) == []


@pytest.fixture
def asking(people: People, now: datetime) -> Running:
    """A launch whose posts on X wait for a yes."""
    account(people, "x", now, mode=SubscriptionMode.REQUIRES_APPROVAL)
    launch = running(people, now, persons=0)
    with acting(launch.by):
        session.get_one(Launch, launch.id).launched_by = people.alice.id
    session.commit()
    outbox.drain(now=now)
    return launch


def on_x(launch: Running) -> list[Post]:
    found = [post for post in posts_of(launch) if post.network == "x"]
    session.expunge_all()  # read as they are now: outside, nobody's reach is there to read them anew
    return found


def test_a_yes_schedules_the_post_with_one_audit_row(client: FlaskClient, people: People, asking: Running) -> None:
    post = on_x(asking)[0]

    signed_in(client, people.alice).post(f"/posts/{post.public_id}/approve")

    assert on_x(asking)[0].state is PostState.SCHEDULED
    with acting(people.actor("alice")):
        actions = session.scalars(sa.select(AuditEntry.action)).all()
    assert list(actions).count("post.approved") == 1
    assert session.scalars(sa.select(Due.object_id).where(Due.kind == "post")).all() == [post.id]


def test_a_mail_asks_and_its_link_approves_by_a_press_only(
    client: FlaskClient, people: People, asking: Running
) -> None:
    with acting(asking.by):
        mail = session.scalars(sa.select(Message).where(Message.kind == "posts_waiting")).one()
    path = next(word for word in mail.text.split() if "/posts/approve/" in word).partition("localhost")[2]

    page = client.get(path).get_data(as_text=True)
    assert "Approve" in page
    assert {post.state for post in on_x(asking)} == {PostState.NEEDS_APPROVAL}
    client.post(path)

    assert {post.state for post in on_x(asking)} == {PostState.SCHEDULED}
    assert client.get(path[:-2] + "aa").status_code == 404


def test_the_page_behind_the_link_speaks_the_language_and_shows_the_clock_of_whom_it_was_written_to(
    client: FlaskClient, people: People, asking: Running
) -> None:
    with acting(asking.by):
        mail = session.scalars(sa.select(Message).where(Message.kind == "posts_waiting")).one()
        reader = session.scalars(sa.select(User).where(User.email == mail.to_address)).one()
        reader.locale, reader.zone = "de", "Asia/Tokyo"
        path = next(word for word in mail.text.split() if "/posts/approve/" in word).partition("localhost")[2]
    session.commit()

    page = client.get(path).get_data(as_text=True)

    assert '<html lang="de"' in page
    assert "JST" in page
    assert people.partner.name.partition("'")[0] in page


def test_words_can_be_changed_and_keep_the_link(client: FlaskClient, people: People, asking: Running) -> None:
    post = on_x(asking)[0]
    alice = signed_in(client, people.alice)

    alice.post(f"/posts/{post.public_id}/words", data={"text": "Come and see."})
    assert on_x(asking)[0].text == f"Come and see.\n\n{post.link_url}"
    answer = alice.post(f"/posts/{post.public_id}/words", data={"text": "x" * 400})

    assert answer.status_code == 422
    assert "too long for X" in answer.get_data(as_text=True)
    assert on_x(asking)[0].text.startswith("Come and see.")


def test_a_no_keeps_the_post_in_and_can_be_taken_back(client: FlaskClient, people: People, asking: Running) -> None:
    post = on_x(asking)[0]
    alice = signed_in(client, people.alice)

    alice.post(f"/posts/{post.public_id}/reject")
    assert on_x(asking)[0].state is PostState.REJECTED
    alice.post(f"/posts/{post.public_id}/send-again")

    assert on_x(asking)[0].state is PostState.SCHEDULED


def test_each_of_the_people_sees_what_is_theirs(app: Flask, people: People, asking: Running) -> None:
    page, post = f"/campaigns/launches/{asking.public_id}/posts", on_x(asking)[0].public_id
    seen = {
        name: signed_in(app.test_client(), getattr(people, name)).get(page)
        for name in ("alice", "bob", "charlie", "vera")
    }
    pressed = {
        name: signed_in(app.test_client(), getattr(people, name)).post(f"/posts/{post}/approve").status_code
        for name in ("charlie", "vera")
    }

    assert {name: answer.status_code for name, answer in seen.items()} == {
        "alice": 200, "bob": 200, "charlie": 404, "vera": 403,
    }  # fmt: skip
    assert pressed == {"charlie": 404, "vera": 403}
    assert "Would your team" in seen["alice"].get_data(as_text=True)
    assert {one.state for one in on_x(asking)} == {PostState.NEEDS_APPROVAL}


def test_a_held_post_can_be_taken_along_by_hand(client: FlaskClient, people: People, now: datetime) -> None:
    launch = begun(people, now)

    page = signed_in(client, people.alice).get(f"/campaigns/launches/{launch.public_id}/posts").get_data(as_text=True)

    assert "Post it yourself" in page
    assert posts_of(launch)[0].link_url in page


def test_a_post_that_may_be_live_is_looked_for_before_it_is_sent_again(people: People, now: datetime) -> None:
    launch = begun(people, now)
    by = people.actor("alice")
    found = account(people, "x", now)
    with acting(launch.by):
        post = session.scalars(sa.select(Post).where(Post.network == "x")).first()
        assert post is not None
        post.state, post.account_id, post.sent_at = PostState.UNKNOWN, found.id, now - timedelta(hours=1)
        session.flush()
        operations.send_again(post_id=post.id, by=by, now=now)

        assert (post.state, post.sent_at) == (PostState.SCHEDULED, now - timedelta(hours=1))


def test_reserved_letters_reach_linkedin_and_come_back() -> None:
    words = "Free (50 mailboxes) @ #1 *now* https://a.example/t/AQ_b-c.1 {x} [y] <z> ~ | \\"

    assert plain_text(little_text(words)) == words
    assert little_text("a_b(c)") == "a\\_b\\(c\\)"


def test_an_interface_that_is_switched_off_is_known_sixty_days_before(now: datetime) -> None:
    assert versions_that_end(now.date()) == []
    assert {one.name for one in versions_that_end(date(2027, 8, 20))} == {"linkedin", "facebook"}
