"""What pages and the API read of accounts and posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assets.library.models import Rendition
from campaigns.models import Launch
from syndication.models import AccountState, Post, PostState, SocialAccount
from tcma.core.db import session

MOST_POSTS = 300


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post with the account it goes out on and its picture, as pages show it."""

    post: Post
    account: SocialAccount | None
    picture: str | None


def accounts_statement() -> sa.Select[tuple[SocialAccount]]:
    """Return the acting partner's accounts: by network, the working ones first."""
    return sa.select(SocialAccount).order_by(
        SocialAccount.network, SocialAccount.disconnected_at.is_not(None), SocialAccount.id
    )


def accounts() -> Sequence[SocialAccount]:
    """Return all of them."""
    return session.scalars(accounts_statement()).all()


def account_by(public_id: str) -> SocialAccount | None:
    """Return the account at this address, if it is in the reach of who acts."""
    return session.scalar(sa.select(SocialAccount).where(SocialAccount.public_id == public_id))


def post_by(public_id: str, *, partner_id: int | None) -> Post | None:
    """Return the acting partner's post at this address; a vendor has none."""
    return session.scalar(sa.select(Post).where(Post.public_id == public_id, Post.partner_id == (partner_id or 0)))


def posts_statement(
    *, partner_id: int | None, launch: str | None = None, state: PostState | None = None
) -> sa.Select[tuple[Post]]:
    """Return the acting partner's posts in the order of their hours, to be paged."""
    chosen = sa.select(Post).where(Post.partner_id == (partner_id or 0))
    if launch is not None:
        chosen = chosen.join(Launch, Launch.id == Post.launch_id).where(Launch.public_id == launch)
    if state is not None:
        chosen = chosen.where(Post.state == state)
    return chosen.order_by(Post.due_at, Post.id)


def posts_of_launch(launch_id: int) -> list[ShownPost]:
    """Return the posts of a launch in the order of their hours, with account and picture."""
    chosen = (
        sa.select(Post, SocialAccount, Rendition.public_id)
        .outerjoin(SocialAccount, SocialAccount.id == Post.account_id)
        .outerjoin(Rendition, Rendition.id == Post.rendition_id)
        .where(Post.launch_id == launch_id)
        .order_by(Post.due_at, Post.network, Post.id)
        .limit(MOST_POSTS)
    )
    return [ShownPost(post, account, picture) for post, account, picture in session.execute(chosen)]


def waiting_posts(launch_id: int) -> Sequence[Post]:
    """Return the posts of a launch that wait for a yes."""
    chosen = sa.select(Post).where(Post.launch_id == launch_id, Post.state == PostState.NEEDS_APPROVAL)
    return session.scalars(chosen.order_by(Post.due_at, Post.id).limit(MOST_POSTS)).all()


def posts_by_state(launch_ids: Sequence[int] | None = None) -> dict[PostState, int]:
    """Return how many posts stand where: all in reach, or those of some launches. A vendor sees no more than this."""
    chosen = sa.select(Post.state, sa.func.count()).group_by(Post.state)
    if launch_ids is not None:
        chosen = chosen.where(Post.launch_id.in_(launch_ids))
    return {row[0]: row[1] for row in session.execute(chosen)}


def posts_by_version(kit_version_ids: Sequence[int]) -> Mapping[int, dict[PostState, int]]:
    """Return how many posts of each kit version stand where, for the vendor's pages."""
    chosen = (
        sa.select(Launch.kit_version_id, Post.state, sa.func.count())
        .join(Launch, Launch.id == Post.launch_id)
        .where(Launch.kit_version_id.in_(kit_version_ids))
        .group_by(Launch.kit_version_id, Post.state)
    )
    found: dict[int, dict[PostState, int]] = {}
    for version_id, state, count in session.execute(chosen):
        found.setdefault(version_id, {})[state] = count
    return found


def held_for_network(network: str) -> int:
    """Return how many posts wait for an account of this network."""
    chosen = sa.select(sa.func.count()).select_from(Post).where(Post.network == network, Post.state == PostState.HELD)
    return session.scalar(chosen) or 0


def has_connection() -> bool:
    """Whether any account of the acting partner can be posted to."""
    good = (AccountState.CONNECTED, AccountState.EXPIRING)
    return session.scalar(sa.select(SocialAccount.id).where(SocialAccount.state.in_(good)).limit(1)) is not None
