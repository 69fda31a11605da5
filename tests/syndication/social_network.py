"""The sandbox network over real HTTP, and campaigns whose posts go to it."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from syndication.models import Post, PostState, SocialAccount
from syndication.social import tasks
from syndication.social.demo import connect_sandbox_account
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.schedule import set_due
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running

NETWORKS = ("linkedin", "facebook", "x")


@dataclass(frozen=True)
class Served:
    """The application at an address, the sandbox network in it."""

    app: Flask
    base: str

    def control(self, network: str, **orders: Any) -> dict[str, Any]:
        """Tell the network how to misbehave, and hear what is live on it."""
        address = f"{self.base}/sandbox/{network}/control"
        request = Request(address, json.dumps(orders).encode(), {"Content-Type": "application/json"})  # noqa: S310
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
            found: dict[str, Any] = json.load(answer)
        return found

    def live(self, network: str) -> list[str]:
        return [post["text"] for post in self.control(network)["posts"]]


def free_port() -> socket.socket:
    """A socket that listens; the server takes it over, so that nobody else gets its port meanwhile."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    return listening


@contextmanager
def serving(app: Flask, listening: socket.socket) -> Iterator[Served]:
    host, port = listening.getsockname()
    server = make_server(host, port, app, threaded=True, fd=listening.fileno(), request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Served(app, f"http://127.0.0.1:{port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log(self, _kind: str, _message: str, *_args: Any) -> None:
        return


def connected(people: People, network: str, now: datetime, name: str = "Alice's company", who: str = "alice") -> int:
    """A connected account of the sandbox network; returns its key."""
    by = people.actor(who)
    with transaction(), acting(by):
        return connect_sandbox_account(network=network, name=name, by=by, now=now).id


def queued(launch: Running, accounts: Sequence[tuple[str, int]], count: int, now: datetime) -> list[int]:
    """So many posts of a launch on these accounts, due now, each with a link of its own."""
    made = []
    base = runtime.settings().base_url
    with transaction(), acting(launch.by):
        for number in range(count):
            network, account_id = accounts[number % len(accounts)]
            link = f"{base}/t/AQ_mark-{number:04}_.1"
            post = Post(
                vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, account_id=account_id,
                made_for=account_id, network=network, tactic="posts", key=f"p{number}",
                text=f"Would your team click? (Number {number}) {link}", link_url=link, state=PostState.SCHEDULED,
                due_at=now, created_at=now,
            )  # fmt: skip
            session.add(post)
            session.flush()
            set_due("post", post.id, now, vendor_id=post.vendor_id, partner_id=post.partner_id)
            made.append(post.id)
    return made


def posts_of(launch: Running) -> list[Post]:
    session.expire_all()
    with acting(launch.by):
        return list(session.scalars(sa.select(Post).order_by(Post.id)))


def account_of(launch: Running, account_id: int) -> SocialAccount:
    session.expire_all()
    with acting(launch.by):
        return session.get_one(SocialAccount, account_id)


def work(app: Flask, at: datetime, workers: int = 1) -> None:
    """Let so many workers publish what is due at this instant."""
    if workers == 1:
        tasks.publish_due(at)
        return
    failures: list[BaseException] = []

    def one() -> None:
        try:
            with app.app_context():
                tasks.publish_due(at)
        except BaseException as reason:  # noqa: BLE001 - told by the test, not swallowed
            failures.append(reason)

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def rounds(app: Flask, start: datetime, count: int, step: timedelta, workers: int = 1) -> datetime:
    """Let time pass in steps, with the workers looking each time; returns when it ended."""
    at = start
    for _ in range(count):
        work(app, at, workers)
        at += step
    return at


def system(people: People) -> Actor:
    return Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)
