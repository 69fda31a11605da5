"""Accounts and posts for the walk over all routes."""

import itertools
from typing import Any

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Post, PostState, SendingHold, SocialAccount
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns import rows as kit_rows
from tests.factories import save
from tests.people import People

_numbers = itertools.count(1)


def social_account(people: People) -> dict[str, Any]:
    """A connected account of Alice's company."""
    made = SocialAccount(
        partner_id=people.partner.id, network="x", remote_id=str(next(_numbers)), name="Alice", connected_at=clock.now()
    )
    return {"account_id": save(made).public_id}


def hold(people: People) -> dict[str, Any]:
    """Mail of Alice's company that is held for Vera's campaigns."""
    shared = {"vendor_id": people.vendor.id, "partner_id": people.partner.id}
    with acting(people.actor("vera")):
        session.execute(sa.update(SendingHold).values(closed_at=clock.now()))
    made = SendingHold(**shared, cause="bounces", mails=100, came_back=30, opened_at=clock.now())
    return {"hold_id": save(made).public_id}


def post(people: People, state: PostState = PostState.NEEDS_APPROVAL) -> dict[str, Any]:
    """A post of Alice's company in this state."""
    address, now = kit_rows.running(people)["public_id"], clock.now()
    with acting(people.actor("alice")):
        launch = session.scalars(sa.select(Launch).where(Launch.public_id == address)).one()
        made = Post(
            vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, network="x", tactic="walk",
            key=f"p{next(_numbers)}", text="Come and see", state=state, due_at=now, created_at=now,
        )  # fmt: skip
    return {"post_id": save(made).public_id}


def refused_post(people: People) -> dict[str, Any]:
    """A post that may be sent again."""
    return post(people, PostState.FAILED)


def launch_with_posts(people: People) -> dict[str, Any]:
    """A campaign of Alice's company."""
    return {"launch_id": kit_rows.running(people)["public_id"]}
