"""A step was moved, skipped or taken up again: whoever waits for its mail, and its posts, follow."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from campaigns.queries.launches import own_launch, schedule_of
from campaigns.timing import Planned
from syndication.models import Enrolment, EnrolmentState, Post, PostState, Recipient, SocialAccount
from syndication.sequences.course import Where
from syndication.sequences.enrolling import bring_forward, courses_for
from syndication.sequences.retiming import GOES_ON
from syndication.social.operations.keeping import USABLE
from syndication.social.operations.posts import NOT_OUT_YET, move
from syndication.social.reasons import Reason
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.schedule import set_due


def replan(*, launch_id: int, steps: str, by: Actor, now: datetime) -> None:
    """Give everybody who waits for one of `steps` (keys, with commas) its new time, and each post of theirs."""
    launch = own_launch(launch_id, actor=by)
    if launch.state not in GOES_ON:
        return
    keys = set(steps.split(","))
    _replan_mails(launch, keys)
    for step in schedule_of(launch, confirmed=True, skipped=True):
        if step.kind == "social_post" and step.key in keys:
            _replan_posts(launch, step, now=now)


def _replan_mails(launch: Launch, keys: Collection[str]) -> None:
    rows = session.execute(
        sa.select(Enrolment.id, Enrolment.next_step, Recipient.zone, Recipient.country)
        .join(Recipient, Recipient.id == Enrolment.recipient_id)
        .where(Enrolment.launch_id == launch.id, Enrolment.state == EnrolmentState.ACTIVE)
        .order_by(Enrolment.id)
    ).all()
    courses = courses_for(launch, [Where(row.zone, row.country) for row in rows])
    due: dict[int, datetime] = {}
    for row in rows:
        course = courses[Where(row.zone, row.country)]
        mail = course.mail_waited_for(row.next_step) if row.next_step else None
        if mail is not None and mail in keys:
            due[row.id] = course.due[mail]
    if due:
        session.execute(sa.update(Enrolment), [{"id": key, "due_at": at} for key, at in due.items()])
        bring_forward(launch.id, min(due.values()), vendor_id=launch.vendor_id, partner_id=launch.partner_id)


def _replan_posts(launch: Launch, step: Planned, *, now: datetime) -> None:
    chosen = sa.select(Post).where(Post.launch_id == launch.id, Post.tactic == step.tactic, Post.key == step.key)
    for post in session.scalars(chosen.where(Post.sent_at.is_(None)).with_for_update()):
        if step.skipped:
            _skip(post)
        elif post.state is PostState.REJECTED and post.reason == Reason.SKIPPED:
            post.due_at = step.due_at
            _take_up(post, now=now)
        elif post.state in NOT_OUT_YET:
            post.due_at = step.due_at
            if post.state is PostState.SCHEDULED:
                _ring(post, max(step.due_at, now))


def _skip(post: Post) -> None:
    if post.state in NOT_OUT_YET:
        move(post, PostState.REJECTED)
        post.reason = Reason.SKIPPED
        _ring(post, None)


def _take_up(post: Post, *, now: datetime) -> None:
    """Whoever takes a step up again has said yes to its posts."""
    account = session.get(SocialAccount, post.account_id) if post.account_id else None
    move(post, PostState.SCHEDULED)
    post.reason = None
    if account is not None and account.state in USABLE:
        _ring(post, max(post.due_at, now))
        return
    move(post, PostState.HELD)
    post.reason = Reason.TOKEN if account is not None else Reason.NO_ACCOUNT


def _ring(post: Post, at: datetime | None) -> None:
    set_due("post", post.id, at, vendor_id=post.vendor_id, partner_id=post.partner_id)
