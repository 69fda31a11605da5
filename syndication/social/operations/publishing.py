"""One post on its way out: picked up, begun, settled. Each function is one transaction; nothing here calls anybody."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from assets.library.downloads import count_download
from assets.library.models import DownloadChannel, Rendition
from assets.library.operations import file_of
from campaigns.models import Launch, LaunchState
from campaigns.queries.launches import launch_may_run
from syndication import channels
from syndication.channels import PostOutcome, PostResult
from syndication.models import Post, PostState, SocialAccount
from syndication.social.conditions import is_met
from syndication.social.operations import keeping
from syndication.social.operations.posts import move
from syndication.social.reasons import Reason
from tcma.core import outbox
from tcma.core.db import require, session
from tcma.core.quarantine import is_quarantined

S = PostState
LEASE = timedelta(minutes=10)
STALE = timedelta(days=14)
PAUSED = timedelta(minutes=15)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=6))
LOOKS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12))
OVER = frozenset({LaunchState.STOPPED, LaunchState.RECALLED, LaunchState.FAILED})
MOST_REFUSED_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Job:
    """A post that is due. `looks_first`: bytes may have gone out before. `only_looks`: it is never sent from here."""

    post_id: int
    account_id: int
    account: str
    network: str
    content: channels.Post
    looks_first: bool
    only_looks: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do now; when to come again, or never."""

    due_at: datetime | None


def pick_up(*, post_id: int, now: datetime) -> Job | Later:
    """Read what is to be done with a due post, as everything stands now: campaign, account, and what went before."""
    post = session.scalar(sa.select(Post).where(Post.id == post_id).with_for_update())
    if post is None or post.state not in {S.SCHEDULED, S.PUBLISHING, S.UNKNOWN}:
        return Later(None)
    if is_quarantined():
        return Later(now + PAUSES[0])
    if post.state is S.PUBLISHING:
        if post.lease_until is not None and post.lease_until > now:
            return Later(post.lease_until)
        move(post, S.UNKNOWN)  # whoever had it is gone: only looking can tell
        post.reason = Reason.NO_ANSWER
    only_looks = post.state is S.UNKNOWN
    if not only_looks and (later := _not_now(post, now)) is not None:
        if post.sent_at is None or later.due_at is not None:
            return later
        post.state, only_looks = S.UNKNOWN, True  # it may be live, and its campaign is over
    account = session.get(SocialAccount, post.account_id) if post.account_id else None
    if account is None or account.state not in keeping.USABLE:
        return _without_account(post, account, now)
    return Job(
        post_id=post.id,
        account_id=account.id,
        account=account.remote_id,
        network=post.network,
        content=_content(post),
        looks_first=only_looks or post.sent_at is not None,
        only_looks=only_looks,
        since=post.sent_at or post.created_at,
    )


def _not_now(post: Post, now: datetime) -> Later | None:
    if launch_may_run(post.launch_id, now=now):
        if now - post.due_at > STALE:
            return _ended(post, Reason.TOO_LATE)
        if post.sent_at is None and not is_met(post):
            return _ended(post, Reason.NOT_MET)
        return None
    launch = session.get(Launch, post.launch_id)
    if launch is None or launch.state in OVER:
        return _ended(post, Reason.STOPPED)
    return Later(now + PAUSED)


def _ended(post: Post, reason: Reason) -> Later:
    if post.sent_at is None:
        move(post, S.EXPIRED)
        post.reason = reason
    return Later(None)


def _without_account(post: Post, account: SocialAccount | None, now: datetime) -> Later:
    if post.state is S.UNKNOWN:
        return Later(now + LOOKS[-1])  # it stays unknown; it is looked for once there is a way to
    move(post, S.HELD)
    post.reason = Reason.NO_ACCOUNT if account is None else Reason.TOKEN
    return Later(None)


def _content(post: Post) -> channels.Post:
    rendition = session.get(Rendition, post.rendition_id) if post.rendition_id else None
    return channels.Post(
        text=post.text,
        link=post.link_url or None,
        image=file_of(rendition) if rendition else None,
        image_type=rendition.media_type if rendition else None,
        alt=post.alt,
    )


def hold(*, post_id: int, now: datetime) -> datetime | None:
    """Let a post wait for its account to be connected again; returns when to look again, if at all."""
    post = require(session.get(Post, post_id))
    account = session.get(SocialAccount, post.account_id) if post.account_id else None
    if post.state not in {S.SCHEDULED, S.UNKNOWN}:
        return None
    return _without_account(post, account, now).due_at


def postpone(*, post_id: int, reason: Reason, now: datetime) -> datetime:
    """Let a post that could not even be begun wait a while; returns until when."""
    post = require(session.get(Post, post_id))
    post.reason = reason
    post.attempts += 1
    return now + _pause(post)


def _pause(post: Post) -> timedelta:
    return PAUSES[min(max(post.attempts - 1, 0), len(PAUSES) - 1)]


def begin(*, post_id: int, now: datetime) -> str | None:
    """Write down that a post is about to be sent; None when it may not go, because something changed meanwhile.

    The attempt's id is committed before the first byte; from then on only the network knows whether it is live.
    """
    post = require(session.get(Post, post_id))
    if not launch_may_run(post.launch_id, now=now) or is_quarantined():
        return None
    attempt = secrets.token_hex(16)
    begun = session.execute(
        sa.update(Post)
        .where(Post.id == post_id, Post.state == S.SCHEDULED)
        .values(
            state=S.PUBLISHING,
            attempt_id=attempt,
            attempts=Post.attempts + 1,
            lease_until=now + LEASE,
            sent_at=sa.func.coalesce(Post.sent_at, now),  # the first time: looking goes back as far as that
            reason=None,
            answer=None,
        )
        .execution_options(synchronize_session=False)
    )
    return attempt if begun.rowcount else None  # type: ignore[attr-defined]  # an UPDATE answers with a cursor


def settle(*, post_id: int, attempt: str, result: PostResult, now: datetime) -> datetime | None:
    """Write how an attempt ended and return when to look at the post again, if at all.

    A result that carries the row's attempt id always replaces `unknown`; one that does not changes nothing.
    """
    chosen = sa.select(Post).where(Post.id == post_id, Post.attempt_id == attempt).with_for_update()
    post = session.scalar(chosen.execution_options(populate_existing=True))
    if post is None or post.state not in {S.PUBLISHING, S.UNKNOWN}:
        return None
    post.lease_until = None
    post.answer = result.text[:300] or None
    return _SETTLED[result.outcome](post, result, now)


def _published(post: Post, result: PostResult, now: datetime) -> None:
    post.state, post.reason, post.answer = S.PUBLISHED, None, None
    post.remote_id, post.remote_url = result.remote_id, (result.url or "")[:300] or None
    post.published_at = now
    if post.rendition_id and (picture := session.get(Rendition, post.rendition_id)) is not None:
        count_download(rendition=picture, channel=DownloadChannel.POST, by=None, now=now)
    outbox.tell("post.published", post_id=post.id, vendor_id=post.vendor_id, partner_id=post.partner_id, now=now)


def _refused(post: Post, _result: PostResult, _now: datetime) -> None:
    post.state, post.reason = S.FAILED, Reason.REFUSED


def _later(post: Post, result: PostResult, now: datetime) -> datetime:
    post.state = S.SCHEDULED
    post.reason = Reason.LIMITED if result.retry_at else Reason.NOT_REACHED
    return result.retry_at or now + _pause(post)


def _spurned(post: Post, _result: PostResult, now: datetime) -> datetime | None:
    post.state = S.SCHEDULED
    if post.attempts < MOST_REFUSED_TOKENS:
        return now + timedelta(seconds=30)
    return _without_account(post, session.get(SocialAccount, post.account_id), now).due_at


def _unclear(post: Post, result: PostResult, now: datetime) -> datetime:
    post.state, post.reason = S.UNKNOWN, Reason.NO_ANSWER
    post.remote_id, post.remote_url = result.remote_id, result.url
    return now + LOOKS[0]


_SETTLED = {
    PostOutcome.PUBLISHED: _published,
    PostOutcome.REFUSED: _refused,
    PostOutcome.LATER: _later,
    PostOutcome.EXPIRED: _spurned,
    PostOutcome.UNKNOWN: _unclear,
}


def looked(*, post_id: int, found: PostResult | None, now: datetime) -> datetime | None:
    """Write what looking for a post brought, and return when to look again, if at all.

    Found: it is published. Surely not there, or not to be told: we look again some times, and then ask a person.
    """
    post = require(session.scalar(sa.select(Post).where(Post.id == post_id).with_for_update()))
    if post.state not in {S.UNKNOWN, S.SCHEDULED}:
        return None
    if found is not None and found.outcome is PostOutcome.PUBLISHED:
        _published(post, found, now)
        return None
    post.looks += 1
    if found is None:
        post.remote_id = post.remote_url = None  # whatever the network said before
    if post.looks < len(LOOKS):
        return now + LOOKS[post.looks]
    if found is not None and post.remote_id:
        _published(post, PostResult(PostOutcome.PUBLISHED, post.remote_id, post.remote_url), now)
        return None
    post.state, post.reason = S.UNKNOWN, Reason.NOT_SEEN
    return None
