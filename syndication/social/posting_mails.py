"""Mails about posts and accounts: a yes that is wanted, a connection that was lost."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.channels.social import title_of
from syndication.models import Post, PostState, SocialAccount
from tcma.core import mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.links import Purpose
from tcma.identity.models import Membership, Role

WHO_CONNECTS = (Role.ADMIN, Role.MARKETER)


def ask_for_approval(*, launch_id: int, posts: Sequence[Post], now: datetime) -> None:
    """Mail the one who started a campaign that posts of it wait for a yes, with a link that takes one press."""
    waiting = [post for post in posts if post.state is PostState.NEEDS_APPROVAL]
    launch = require(session.get(Launch, launch_id))
    member = session.get(Membership, launch.launched_by) if launch.launched_by else None
    if not waiting or member is None or member.org_id != launch.partner_id:
        return
    token = runtime.links().sign(Purpose.POSTS, launch.id, launch.vendor_id, launch.partner_id, member.id)
    mail.compose(
        "posts_waiting",
        org_id=launch.partner_id,
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        to_address=member.user.email,
        to_name=member.user.name,
        locale=member.user.locale,
        unique_key=f"posts_waiting:{launch.id}",
        now=now,
        campaign=launch.name,
        posts=[{"network": title_of(post.network), "text": post.text, "due_at": post.due_at} for post in waiting[:5]],
        count=len(waiting),
        url=f"{_base()}/posts/approve/{token}",
    )


def say_account_lost(*, account_id: int, by: Actor, now: datetime) -> None:
    """Mail those who may connect accounts that one of them must be connected again."""
    del by
    account = require(session.get(SocialAccount, account_id))
    waiting = session.scalar(
        sa.select(sa.func.count())
        .select_from(Post)
        .where(Post.account_id == account.id, Post.state.in_((PostState.HELD, PostState.SCHEDULED)))
    )
    chosen = sa.select(Membership).where(
        Membership.org_id == account.partner_id, Membership.active, Membership.role.in_(WHO_CONNECTS)
    )
    for member in session.scalars(chosen.order_by(Membership.id)):
        mail.compose(
            "account_lost",
            org_id=account.partner_id,
            partner_id=account.partner_id,
            to_address=member.user.email,
            to_name=member.user.name,
            locale=member.user.locale,
            unique_key=f"account_lost:{account.id}:{member.id}:{int(now.timestamp()) // 3600}",
            now=now,
            network=title_of(account.network),
            account=account.name,
            waiting=waiting or 0,
            url=f"{_base()}/connections",
        )


def _base() -> str:
    return runtime.settings().base_url.rstrip("/")
