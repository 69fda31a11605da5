"""What a person does with a post before it goes out, and what becomes of posts when a launch ends."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from assets.guideline import complaints_about_words
from assets.library.rendering import in_words
from campaigns.manifest.rules.posts import NETWORK_LIMITS, length_on
from syndication.channels.social import title_of
from syndication.models import Post, PostState, SocialAccount
from syndication.social.operations.keeping import USABLE
from syndication.social.reasons import Reason
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.schedule import set_due
from tcma.core.words import lazy_gettext as _
from tcma.partners.queries import guideline_of

S = PostState
MOVES: Mapping[PostState, frozenset[PostState]] = {
    S.UPCOMING: frozenset({S.NEEDS_APPROVAL, S.SCHEDULED, S.HELD, S.EXPIRED}),
    S.NEEDS_APPROVAL: frozenset({S.APPROVED, S.SCHEDULED, S.REJECTED, S.HELD, S.EXPIRED}),
    S.APPROVED: frozenset({S.SCHEDULED, S.REJECTED, S.HELD, S.EXPIRED}),
    S.SCHEDULED: frozenset({S.PUBLISHING, S.PUBLISHED, S.REJECTED, S.HELD, S.EXPIRED, S.UNKNOWN, S.FAILED}),
    S.PUBLISHING: frozenset({S.PUBLISHED, S.SCHEDULED, S.HELD, S.FAILED, S.UNKNOWN}),
    S.HELD: frozenset({S.SCHEDULED, S.NEEDS_APPROVAL, S.REJECTED, S.EXPIRED}),
    S.UNKNOWN: frozenset({S.PUBLISHED, S.SCHEDULED, S.FAILED, S.HELD, S.REJECTED}),
    S.FAILED: frozenset({S.SCHEDULED, S.REJECTED}),
    S.EXPIRED: frozenset({S.SCHEDULED}),
    S.REJECTED: frozenset({S.SCHEDULED}),
    S.PUBLISHED: frozenset(),
}
NOT_OUT_YET = (S.UPCOMING, S.NEEDS_APPROVAL, S.APPROVED, S.SCHEDULED, S.HELD)
EDITABLE = frozenset({S.NEEDS_APPROVAL, S.APPROVED, S.SCHEDULED, S.HELD, S.FAILED, S.REJECTED})


class PostMovedOn(Conflict):
    """The post is not where the person thought it was."""

    def __init__(self) -> None:
        super().__init__(_("This post has moved on in the meantime. Load the page again."))


class PostTooLong(DomainError):
    """The words do not fit the network."""


def move(post: Post, to: PostState) -> PostState:
    """Let a post be in state `to` and return where it was; refused where the table does not lead there."""
    before = post.state
    if to not in MOVES[before]:
        raise PostMovedOn
    post.state = to
    return before


def _locked(post_id: int) -> Post:
    return require(session.scalar(sa.select(Post).where(Post.id == post_id).with_for_update()))


def approve_post(*, post_id: int, by: Actor, now: datetime) -> Post:
    """Let a post that waits for a yes go out at its hour, or now if that has passed."""
    post = _locked(post_id)
    if post.state is not S.NEEDS_APPROVAL:
        raise PostMovedOn
    return _scheduled(post, "post.approved", by=by, now=now)


def send_again(*, post_id: int, by: Actor, now: datetime) -> Post:
    """Let a post be tried again because a person says so, whatever the kit asked for before it.

    Where it may be live already, we look before anything.
    """
    post = _locked(post_id)
    if post.state not in {S.UNKNOWN, S.FAILED, S.EXPIRED, S.REJECTED}:
        raise PostMovedOn
    post.due_at, post.looks, post.attempts, post.only_if = now, 0, 0, {}
    return _scheduled(post, "post.sent_again", by=by, now=now)


def _scheduled(post: Post, action: str, *, by: Actor, now: datetime) -> Post:
    account = session.get(SocialAccount, post.account_id) if post.account_id else None
    is_open = account is not None and account.state in USABLE
    if is_open:
        before = move(post, S.SCHEDULED)
        post.reason = None
        set_due("post", post.id, max(post.due_at, now), vendor_id=post.vendor_id, partner_id=post.partner_id)
    else:
        before, post.state = post.state, S.HELD
        post.reason = Reason.TOKEN if account is not None else Reason.NO_ACCOUNT
    post.decided_by, post.decided_at = by.membership_id, now
    _record(post, action, before, by=by, now=now)
    return post


def reject_post(*, post_id: int, by: Actor, now: datetime) -> Post:
    """Let a post not go out. It can be taken back as long as the campaign runs."""
    post = _locked(post_id)
    before = move(post, S.REJECTED)
    post.decided_by, post.decided_at, post.reason = by.membership_id, now, None
    set_due("post", post.id, None, vendor_id=post.vendor_id, partner_id=post.partner_id)
    _record(post, "post.rejected", before, by=by, now=now)
    return post


def edit_post(*, post_id: int, text: str, by: Actor, now: datetime) -> Post:
    """Let a post that is not out yet say `text`. Its tracked link stays in it.

    Refused: `PostMovedOn`, `PostTooLong`, and words that the vendor's guideline bans.
    """
    post = _locked(post_id)
    if post.state not in EDITABLE:
        raise PostMovedOn
    words = text.replace("\r\n", "\n").strip()
    if not words.replace(post.link_url, "").strip():
        raise DomainError(_("Write something; only the link is left."), field="text")
    if post.link_url and post.link_url not in words:
        words = f"{words}\n\n{post.link_url}"
    over = length_on(post.network, words) - NETWORK_LIMITS[post.network]
    if over > 0:
        raise PostTooLong(
            _("This is %(over)s characters too long for %(network)s.", over=over, network=title_of(post.network)),
            field="text",
        )
    for complaint in complaints_about_words({"text": words}, guideline_of(post.vendor_id)):
        if complaint.refuses:
            raise DomainError(in_words(complaint), field="text")
    post.text = words
    _record(post, "post.edited", post.state, by=by, now=now)
    return post


def approve_posts_of(*, launch_id: int, by: Actor, now: datetime) -> int:
    """Approve every post of a launch that waits for a yes, and return how many those were."""
    chosen = sa.select(Post.id).where(Post.launch_id == launch_id, Post.state == S.NEEDS_APPROVAL).order_by(Post.id)
    waiting = session.scalars(chosen).all()
    for post_id in waiting:
        approve_post(post_id=post_id, by=by, now=now)
    return len(waiting)


def end_posts(*, launch_id: int, only: Collection[tuple[str, str]] | None = None) -> int:
    """Let nothing of a launch that was stopped or withdrawn go out any more; returns how many posts that were.

    `only`: the tactics and keys of those that are meant, where the launch itself goes on.
    """
    chosen = sa.select(Post).where(Post.launch_id == launch_id, Post.state.in_(NOT_OUT_YET))
    posts = [one for one in session.scalars(chosen) if only is None or (one.tactic, one.key) in only]
    for post in posts:
        move(post, S.EXPIRED)
        post.reason = Reason.STOPPED
        set_due("post", post.id, None, vendor_id=post.vendor_id, partner_id=post.partner_id)
    return len(posts)


def ring_posts(*, launch_id: int, now: datetime) -> None:
    """Let what became due while a launch was paused be looked at now."""
    chosen = sa.select(Post).where(Post.launch_id == launch_id, Post.state == S.SCHEDULED)
    for post in session.scalars(chosen):
        set_due("post", post.id, max(post.due_at, now), vendor_id=post.vendor_id, partner_id=post.partner_id)


def _record(post: Post, action: str, before: PostState, *, by: Actor, now: datetime) -> None:
    audit.record(
        by=by, action=action, object_type="post", object_id=post.id,
        before={"state": before}, after={"state": post.state}, now=now,
    )  # fmt: skip
