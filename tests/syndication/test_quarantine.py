"""While the installation is in quarantine, nothing leaves by any door: no mail, no message, no post, no new token."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from syndication.models import Post, PostState, SocialAccount
from syndication.social import tasks
from syndication.social.operations import publishing
from syndication.social.operations.publishing import Later
from tcma.core import clock, quarantine, schedule
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import Due
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication import social_rows


def posted(people: People) -> tuple[int, Actor]:
    """A post whose hour has come."""
    address = social_rows.post(people, PostState.SCHEDULED)["post_id"]
    by = Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)
    with acting(by):
        post_id = session.scalars(sa.select(Post.id).where(Post.public_id == address)).one()
    session.commit()
    return post_id, by


def hold(now: datetime) -> None:
    with transaction():
        quarantine.impose(reason="a restore", now=now)


def test_a_post_waits_and_is_not_even_looked_for(app: Flask, people: People) -> None:
    post_id, by = posted(people)
    hold(clock.now())

    with transaction(), acting(by):
        found = publishing.pick_up(post_id=post_id, now=clock.now())

    assert isinstance(found, Later)
    assert found.due_at is not None


def test_a_post_that_was_picked_up_before_is_not_begun(app: Flask, people: People) -> None:
    post_id, by = posted(people)
    hold(clock.now())

    with transaction(), acting(by):
        assert publishing.begin(post_id=post_id, now=clock.now()) is None


def test_no_token_is_renewed(app: Flask, people: People) -> None:
    address, now = social_rows.social_account(people)["account_id"], clock.now()
    with transaction(), acting(Actor.system("test", partner_id=people.partner.id)):
        account = session.scalars(sa.select(SocialAccount).where(SocialAccount.public_id == address)).one()
        account.expires_at = now + timedelta(hours=1)
        schedule.set_due("social_account", account.id, now, vendor_id=None, partner_id=account.partner_id)
    hold(now)

    tasks.look_after_accounts(now)  # there is no network to be asked in this test: it would fail

    session.rollback()
    assert session.scalars(sa.select(Due.due_at).where(Due.kind == "social_account")).one() > now


def test_a_second_order_keeps_what_the_restore_wrote_down(app: Flask, now: datetime) -> None:
    with transaction():
        session.add(quarantine.row_of_restore(backup_at=now.isoformat(), journal="ours", segments=["a/b"], now=now))
    with transaction():
        quarantine.impose(reason="by hand", now=now + timedelta(hours=1))

    held = quarantine.standing()

    assert held is not None
    assert held == quarantine.Standing(now, "restore", now, "ours", ("a/b",))
