"""Publishing on the sandbox network over real HTTP: once, or named; and never twice."""

import random
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from campaigns.models import Launch, LaunchState
from syndication.channels import PostOutcome, PostResult
from syndication.channels.social import network as networks
from syndication.channels.social.wire import Reply, judged
from syndication.models import AccountState, PostState
from syndication.social.operations import posts as operations
from syndication.social.reasons import Reason
from tcma.config import Settings
from tcma.core import clock
from tcma.core.db import session, transaction
from tcma.core.outbound import Limits
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import running
from tests.syndication.social_network import (
    NETWORKS,
    Served,
    account_of,
    connected,
    free_port,
    posts_of,
    queued,
    rounds,
    serving,
    work,
)

pytestmark = pytest.mark.real("http")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with free_port() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, listening: socket.socket) -> Settings:
    """The demo, at an address of its own: its networks are the sandbox."""
    return replace(settings, demo=True, base_url=f"http://127.0.0.1:{listening.getsockname()[1]}")


@pytest.fixture
def served(app: Flask, listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(networks, "LIMITS", Limits(connect_seconds=2, deadline_seconds=0.8))
    with serving(app, listening) as found:
        yield found


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_is_published_once_with_its_address(served: Served, people: People, network: str) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    queued(launch, [(network, connected(people, network, now))], 1, now)

    rounds(served.app, now, 3, timedelta(minutes=1))

    (post,) = posts_of(launch)
    assert (post.state, post.reason) == (PostState.PUBLISHED, None)
    assert post.remote_url is not None
    assert served.live(network) == [post.text]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "fault",
    [
        *("timeout_after_accept", "reset_after_accept", "failed_after_accept", "accepted_without_id"),
        *("ok_with_error_after_accept", "unauthorized_after_accept", "seen_late"),
    ],
)
def test_what_was_accepted_is_found_and_not_sent_again(
    served: Served, people: People, network: str, fault: str
) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    queued(launch, [(network, connected(people, network, now))], 1, now)
    served.control(network, call="create", faults=[fault], seconds=2)

    rounds(served.app, now, 8, timedelta(minutes=20))

    (post,) = posts_of(launch)
    assert post.state is PostState.PUBLISHED
    assert served.live(network) == [post.text]
    assert served.control(network)["calls"]["create"] == 1


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "fault", ["timeout_before_accept", "reset_before_accept", "ok_with_error", "unavailable", "said_and_not_done"]
)
def test_what_may_be_live_is_never_sent_again_by_itself(
    served: Served, people: People, network: str, fault: str
) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    (post_id,) = queued(launch, [(network, connected(people, network, now))], 1, now)
    served.control(network, call="create", faults=[fault], seconds=2)

    end = rounds(served.app, now, 30, timedelta(hours=1))

    (post,) = posts_of(launch)
    assert (post.state, post.reason) == (PostState.UNKNOWN, Reason.NOT_SEEN)
    assert served.control(network)["calls"]["create"] == 1

    by = people.actor("alice")
    with transaction(), acting(by):
        operations.send_again(post_id=post_id, by=by, now=end)
    work(served.app, end)
    assert posts_of(launch)[0].state is PostState.PUBLISHED
    assert len(served.live(network)) == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_a_limit_puts_the_post_off_until_the_network_says(served: Served, people: People, network: str) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    queued(launch, [(network, connected(people, network, now))], 1, now)
    served.control(network, call="create", faults=["rate_limited"], seconds=100)

    work(served.app, now)
    (post,) = posts_of(launch)
    assert (post.state, post.reason) == (PostState.SCHEDULED, Reason.LIMITED)
    work(served.app, now + timedelta(seconds=60))
    assert served.control(network)["calls"]["create"] == 1
    work(served.app, now + timedelta(seconds=130))

    assert posts_of(launch)[0].state is PostState.PUBLISHED


@pytest.mark.parametrize("network", ["linkedin", "x"])
def test_an_expired_token_in_the_middle_is_renewed_and_the_post_goes_on(
    served: Served, people: People, network: str
) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    account = connected(people, network, now)
    queued(launch, [(network, account)], 1, now)
    served.control(network, expire=account_of(launch, account).remote_id)

    rounds(served.app, now, 3, timedelta(minutes=1))

    assert posts_of(launch)[0].state is PostState.PUBLISHED
    assert served.control(network)["calls"]["token.refresh_token"] == 1


def test_without_a_way_to_renew_posts_wait_and_go_on_after_connecting_again(served: Served, people: People) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    account = connected(people, "facebook", now)
    queued(launch, [("facebook", account)], 2, now)
    served.control("facebook", revoke=account_of(launch, account).remote_id)

    end = rounds(served.app, now, 3, timedelta(minutes=1))

    assert account_of(launch, account).state is AccountState.EXPIRED
    assert {(post.state, post.reason) for post in posts_of(launch)} == {(PostState.HELD, Reason.TOKEN)}

    assert connected(people, "facebook", end) == account
    rounds(served.app, end, 3, timedelta(minutes=1))
    assert {post.state for post in posts_of(launch)} == {PostState.PUBLISHED}
    assert len(served.live("facebook")) == 2


def test_a_stop_is_read_when_the_post_is_picked_up(served: Served, people: People) -> None:
    now = clock.now()
    launch = running(people, now, persons=0)
    queued(launch, [("x", connected(people, "x", now))], 1, now)
    with transaction(), acting(launch.by):
        session.get_one(Launch, launch.id).state = LaunchState.STOPPED

    work(served.app, now)

    (post,) = posts_of(launch)
    assert (post.state, post.reason) == (PostState.EXPIRED, Reason.STOPPED)
    assert served.live("x") == []


WORST = (
    *("none",) * 8,
    "timeout_after_accept",
    "timeout_before_accept",
    "reset_after_accept",
    "reset_before_accept",
    "unauthorized",
    "unauthorized_after_accept",
    "rate_limited",
    "ok_with_error",
    "ok_with_error_after_accept",
    "failed_after_accept",
    "unavailable",
    "accepted_without_id",
    "said_and_not_done",
    "seen_late",
)


def test_at_its_worst_nothing_is_doubled_and_every_outcome_is_true(served: Served, people: People) -> None:
    now, dice = clock.now(), random.Random(9)  # noqa: S311 - the same dice each time
    launch = running(people, now, persons=0)
    accounts = [(network, connected(people, network, now)) for network in NETWORKS]
    queued(launch, accounts, 240, now)
    for network in NETWORKS:
        kinds = [dice.choice(WORST) for _ in range(100)]
        served.control(network, call="create", faults=kinds, seconds=1.2)
        served.control(
            network, call="read", faults=["none", "none", "unavailable", "reset_before_accept"] * 10, seconds=1
        )

    rounds(served.app, now, 45, timedelta(minutes=45), workers=6)

    found = posts_of(launch)
    live = Counter(text.rpartition(" ")[2] for network in NETWORKS for text in served.live(network))
    states = Counter(post.state for post in found)
    assert [link for link, count in live.items() if count > 1] == []
    assert [post.key for post in found if post.state is PostState.FAILED and live[post.link_url]] == []
    assert [post.key for post in found if post.state is PostState.PUBLISHED and not live[post.link_url]] == []
    assert set(states) <= {PostState.PUBLISHED, PostState.UNKNOWN, PostState.FAILED}
    assert [post.key for post in found if post.state is PostState.UNKNOWN and live[post.link_url]] == []
    assert states[PostState.PUBLISHED] > 150


def test_what_no_text_may_hold_in_a_networks_words_becomes_a_space() -> None:
    reply = Reply(403, {}, {"message": "taken\0down\ud800 \x1b[31mnow"})

    assert judged(reply, clock.now()) == PostResult(PostOutcome.REFUSED, text="taken down   [31mnow")
