"""The posts of a launch that has started: one per account and post of the kit, with its words, link and picture."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assets.library.operations import PieceUnfit, PieceWithdrawn, render_piece
from assets.library.queries import designs_of
from assets.library.rendering import outputs, what_of
from campaigns.content import Content, content_of
from campaigns.manifest.model import Post as KitPost
from campaigns.manifest.model import SocialPosts, SocialPostStep
from campaigns.manifest.rules.posts import NETWORK_LIMITS, length_on
from campaigns.models import Kit, Launch
from campaigns.queries.launches import STARTED, is_left_out, schedule_of, side_of_launch
from campaigns.queries.pieces import Side, piece_of
from campaigns.values import filled, page_address
from syndication.channels.social import NETWORKS
from syndication.links import Target, link_at, open_link_set, share_url
from syndication.models import AccountState, Post, PostState, SocialAccount, Stream, SubscriptionMode
from syndication.social.conditions import as_kept
from syndication.social.operations.keeping import USABLE
from syndication.social.reasons import Reason
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.schedule import set_due

LINK_PLACE = 1
PICTURES = ("jpeg", "jpg", "png")
STRICTEST = (SubscriptionMode.AUTO_PUBLISH, SubscriptionMode.REQUIRES_APPROVAL, SubscriptionMode.OFF)
ALT_LENGTH = 500
NOT_OUT = frozenset({PostState.NEEDS_APPROVAL, PostState.APPROVED, PostState.SCHEDULED, PostState.HELD})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One post of the kit, when it is due and under which condition. `key` tells several uses of a post apart."""

    tactic: str
    key: str
    post: KitPost
    due_at: datetime
    only_if: Mapping[str, Any]


def make_posts(*, launch_id: int, by: Actor, now: datetime) -> list[Post]:
    """Make the posts that a launch starts with. A second call makes none that are there.

    A post on an account that publishes by itself is scheduled; one that asks first waits for approval; where no
    account of its network is connected it is held, so that it can still be taken along by hand.
    """
    launch = require(session.get(Launch, launch_id))
    if launch.starts_at is None or launch.state not in STARTED:
        return []
    making = _Making(launch, by, now)
    _move_to_event(launch, now=now)
    made = [post for wanted in making.wanted() for post in making.posts_of(wanted)]
    session.flush()  # the due index needs their keys
    for post in made:
        if post.state is PostState.SCHEDULED:
            set_due("post", post.id, post.due_at, vendor_id=post.vendor_id, partner_id=post.partner_id)
    return made


def _move_to_event(launch: Launch, *, now: datetime) -> None:
    """Give posts that hang on the event's date and are not out yet the time that it has now."""
    due = {(one.tactic, one.key): one.due_at for one in schedule_of(launch, confirmed=True) if one.of_event}
    waiting = sa.select(Post).where(Post.launch_id == launch.id, Post.state.in_(NOT_OUT), Post.sent_at.is_(None))
    for post in session.scalars(waiting):
        at = due.get((post.tactic, post.key))
        if at is not None and at != post.due_at and at >= now:
            post.due_at = at
            if post.state is PostState.SCHEDULED:
                set_due("post", post.id, at, vendor_id=post.vendor_id, partner_id=post.partner_id)


class _Making:
    """What all posts of one launch are made of."""

    def __init__(self, launch: Launch, by: Actor, now: datetime) -> None:
        self.launch, self.by, self.now = launch, by, now
        self.content: Content = content_of(launch.version)
        self.side: Side = side_of_launch(launch)
        self.designs = designs_of(launch.kit_version_id)
        self.accounts = list(session.scalars(sa.select(SocialAccount).order_by(SocialAccount.id)))
        self.modes = _modes(self.accounts, launch)
        chosen = sa.select(Post).where(Post.launch_id == launch.id)
        self.there = {(p.tactic, p.key, p.network, p.made_for) for p in session.scalars(chosen)}
        self.pictures: dict[tuple[str, int], int | None] = {}

    def wanted(self) -> Iterable[Wanted]:
        """Return the posts of the kit with their hours; those of tactics that were left out are not among them."""
        known = {post.key: post for tactic in self.content.posts for post in tactic.posts}
        steps = {
            (sequence.key, step.key): step.post
            for sequence, step in self.content.kit.manifest.steps()
            if isinstance(step, SocialPostStep)
        }
        for one in schedule_of(self.launch, confirmed=True):
            has_passed = one.of_event and one.due_at < self.now
            if one.kind == "social_post" and not has_passed:
                post = known.get(steps.get((one.tactic, one.key), one.key))
                if post is not None:
                    yield Wanted(one.tactic, one.key, post, one.due_at, as_kept(one.when))

    def posts_of(self, wanted: Wanted) -> Iterable[Post]:
        """Make one post of the kit on each account that takes it."""
        for network in wanted.post.networks:
            own = [one for one in self.accounts if one.network == network and one.disconnected_at is None]
            open_to = [one for one in own if self.modes[one.id] is not SubscriptionMode.OFF]
            for account in open_to if own else [None]:
                made_for = account.id if account else 0
                if (wanted.tactic, wanted.key, network, made_for) not in self.there:
                    yield self._post(wanted, network, account)

    def _post(self, wanted: Wanted, network: str, account: SocialAccount | None) -> Post:
        state, reason = self._state(account)
        link_set = open_link_set(
            self.launch,
            tactic=wanted.tactic,
            step=wanted.key,
            channel=network,
            language=self.launch.language,
            targets=[Target(LINK_PLACE, page_address(self.launch.page_slug), wanted.key)],
            now=self.now,
        )
        session.flush()  # the link of the set is read by its key
        link = require(link_at(link_set.id, LINK_PLACE))
        post = Post(
            vendor_id=self.launch.vendor_id,
            partner_id=self.launch.partner_id,
            launch_id=self.launch.id,
            account_id=account.id if account else None,
            made_for=account.id if account else 0,
            network=network,
            tactic=wanted.tactic,
            key=wanted.key,
            text="",
            alt=self._words(wanted.post, "alt")[:ALT_LENGTH],
            link_id=link.id,
            rendition_id=self._picture(wanted.post, network),
            state=state,
            reason=reason,
            due_at=wanted.due_at,
            only_if=dict(wanted.only_if),
            created_at=self.now,
        )
        session.add(post)
        session.flush()  # its link carries its key
        post.link_url = share_url(link_set.id, post.id, place=LINK_PLACE)
        post.text = merged(self._words(wanted.post, "text", raw=True), self.side.fields, post.link_url)
        return post

    def _words(self, post: KitPost, name: str, *, raw: bool = False) -> str:
        text = self.content.words(getattr(post, name), self.launch.language)
        return text if raw else filled(text, self.side.fields)

    def _state(self, account: SocialAccount | None) -> tuple[PostState, Reason | None]:
        if account is None:
            return PostState.HELD, Reason.NO_ACCOUNT
        if self.modes[account.id] is SubscriptionMode.REQUIRES_APPROVAL:
            return PostState.NEEDS_APPROVAL, None
        if account.state not in USABLE:
            return PostState.HELD, Reason.DISCONNECTED if account.state is AccountState.REVOKED else Reason.TOKEN
        return PostState.SCHEDULED, None

    def _picture(self, post: KitPost, network: str) -> int | None:
        """Return the picture that goes with a post, in a format that the network takes."""
        if not post.image or post.image not in self.designs:
            return None
        most = NETWORKS[network].image_bytes
        if (post.image, most) not in self.pictures:
            self.pictures[post.image, most] = self._rendered(post.image, most)
        return self.pictures[post.image, most]

    def _rendered(self, key: str, most_bytes: int) -> int | None:
        piece = piece_of(self.content, key, self.launch.language)
        there = [what for what in outputs(piece.design) if what_of(what).kind in PICTURES and what_of(what).scale == 1]
        for what in there:
            try:
                made = render_piece(
                    design_id=self.designs[key].id,
                    piece=piece,
                    look=self.side.look(key),
                    what=what,
                    partner_id=self.launch.partner_id,
                    launch_id=self.launch.id,
                    by=self.by,
                    now=self.now,
                )
            except (PieceUnfit, PieceWithdrawn):
                return None
            if made.size <= most_bytes:
                return made.id
        return None


def merged(text: str, fields: Mapping[str, str], link: str) -> str:
    """Return a post's words with its own tracked link where the page's address stands, or after them."""
    words = filled(text, {**fields, "launch.page_url": link}).strip()
    return words if link in words else f"{words}\n\n{link}"


def _modes(accounts: list[SocialAccount], launch: Launch) -> dict[int, SubscriptionMode]:
    """Return how much each account publishes by itself for this kit's topic: the strictest wish wins."""
    theme = session.scalar(sa.select(Kit.theme).where(Kit.id == launch.kit_id))
    rows = session.scalars(sa.select(Stream).where(Stream.topic == theme, Stream.vendor_id == launch.vendor_id))
    wishes: dict[int, list[SubscriptionMode]] = {account.id: [account.mode] for account in accounts}
    for row in rows:
        wishes.setdefault(row.account_id, []).append(row.mode)
    return {account_id: max(modes, key=STRICTEST.index) for account_id, modes in wishes.items()}


def posts_too_long(launch: Launch) -> list[tuple[str, str, int]]:
    """Return the posts of a launch that are too long with the partner's words in: key, network, letters too many.

    The tracked link is as long as the longest that will stand there.
    """
    content, side = content_of(launch.version), side_of_launch(launch)
    link = f"{runtime.settings().base_url.rstrip('/')}/t/{'x' * 40}.{LINK_PLACE}"
    found: list[tuple[str, str, int]] = []
    for tactic in (one for one in content.kit.tactics if isinstance(one, SocialPosts)):
        if is_left_out(launch, tactic.key):
            continue
        for post in tactic.posts:
            text = merged(content.words(post.text, launch.language), side.fields, link)
            over = {network: length_on(network, text) - NETWORK_LIMITS[network] for network in post.networks}
            found += [(post.key, network, count) for network, count in over.items() if count > 0]
    return found
