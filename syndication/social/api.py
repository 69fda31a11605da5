"""The API of accounts and posts. Tokens are no part of it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from syndication.models import AccountState, Post, PostState, SocialAccount, SubscriptionMode
from syndication.social import queries
from syndication.social.operations import accounts, posts
from tcma.core import clock
from tcma.core.api import Answer, Body, Paged, PageQuery, api_blueprint, paged
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("social")


class SocialAccountOut(Answer):
    """An account on a network and how it is."""

    id: str = Field(validation_alias="public_id")
    network: str
    kind: str
    name: str
    state: AccountState
    mode: SubscriptionMode
    expires_at: datetime | None
    connected_at: datetime


class SocialAccountPage(Paged[SocialAccountOut]):
    """A page of accounts."""


class ChooseMode(Body):
    """How much an account publishes by itself."""

    mode: SubscriptionMode


class PostOut(Answer):
    """A post and where it stands."""

    id: str = Field(validation_alias="public_id")
    network: str
    key: str
    text: str
    state: PostState
    reason: str | None
    due_at: datetime
    published_at: datetime | None
    remote_id: str | None
    remote_url: str | None


class PostPage(Paged[PostOut]):
    """A page of posts."""


class PostQuery(PageQuery):
    """Which posts: of one launch, in one state."""

    launch: str | None = Field(None, max_length=40)
    state: PostState | None = None


class Words(Body):
    """The words of a post."""

    text: str = Field(min_length=1, max_length=63_206)


@blueprint.get("/social-accounts")
@requires(P.CONNECTIONS_WRITE)
@blueprint.input(PageQuery, location="query")
@blueprint.output(SocialAccountPage)
def social_accounts(query_data: PageQuery) -> dict[str, Any]:
    """List the connected accounts."""
    return paged(queries.accounts_statement(), query_data)


@blueprint.patch("/social-accounts/<account_id>")
@requires(P.CONNECTIONS_WRITE)
@blueprint.input(ChooseMode)
@blueprint.output(SocialAccountOut)
def choose_mode(account_id: str, json_data: ChooseMode) -> SocialAccount:
    """Choose how much an account publishes by itself."""
    account = require(queries.account_by(account_id))
    return accounts.choose_mode(account_id=account.id, mode=json_data.mode, by=current_actor(), now=clock.now())


@blueprint.post("/social-accounts/<account_id>/disconnect")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(SocialAccountOut)
def disconnect(account_id: str) -> SocialAccount:
    """Forget an account's tokens; its posts wait."""
    account = require(queries.account_by(account_id))
    return accounts.disconnect_account(account_id=account.id, by=current_actor(), now=clock.now())


@blueprint.get("/posts")
@requires(P.LAUNCHES_READ)
@blueprint.input(PostQuery, location="query")
@blueprint.output(PostPage)
def list_posts(query_data: PostQuery) -> dict[str, Any]:
    """List posts in the order of their hours."""
    statement = queries.posts_statement(
        partner_id=current_actor().partner_id, launch=query_data.launch, state=query_data.state
    )
    return paged(statement, query_data)


def _own(post_id: str) -> Post:
    return require(queries.post_by(post_id, partner_id=current_actor().partner_id))


@blueprint.post("/posts/<post_id>/approve")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(PostOut)
def approve(post_id: str) -> Post:
    """Let a post go out at its hour."""
    return posts.approve_post(post_id=_own(post_id).id, by=current_actor(), now=clock.now())


@blueprint.post("/posts/<post_id>/reject")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(PostOut)
def reject(post_id: str) -> Post:
    """Let a post not go out."""
    return posts.reject_post(post_id=_own(post_id).id, by=current_actor(), now=clock.now())


@blueprint.post("/posts/<post_id>/send-again")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(PostOut)
def send_again(post_id: str) -> Post:
    """Look whether a post is there, and send it if it is not."""
    return posts.send_again(post_id=_own(post_id).id, by=current_actor(), now=clock.now())


@blueprint.put("/posts/<post_id>/words")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(Words)
@blueprint.output(PostOut)
def edit(post_id: str, json_data: Words) -> Post:
    """Change the words of a post that is not out yet."""
    return posts.edit_post(post_id=_own(post_id).id, text=json_data.text, by=current_actor(), now=clock.now())
