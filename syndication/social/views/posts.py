"""The posts of a campaign: what comes, what asks, what is out there, and what needs a person."""

from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.conditions import in_words as condition_in_words
from campaigns.models import Launch
from campaigns.queries.launches import launch_by, own_launch
from syndication.channels.social import title_of
from syndication.models import Post, PostState
from syndication.social import queries
from syndication.social.forms import WordsForm
from syndication.social.operations import posts
from syndication.social.operations.posts import NOT_OUT_YET
from syndication.social.reasons import in_words
from syndication.social.signed import Approver, approver_of
from syndication.social.views import blueprint
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import address_of
from tcma.core.tenancy import acting, current_actor
from tcma.identity.access import public, public_post, requires
from tcma.identity.permissions import P

AGAIN = frozenset({PostState.UNKNOWN, PostState.FAILED, PostState.EXPIRED, PostState.REJECTED})
BY_HAND = frozenset({PostState.HELD, PostState.FAILED, PostState.UNKNOWN, PostState.EXPIRED})
REFUSABLE = frozenset({PostState.NEEDS_APPROVAL, PostState.SCHEDULED, PostState.HELD, PostState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Card:
    """A post as its page shows it."""

    post: Post
    author: str
    network: str
    picture: str | None
    why: str
    asks: bool
    may_edit: bool
    may_reject: bool
    may_send_again: bool
    by_hand: bool
    form: WordsForm


@blueprint.get("/campaigns/launches/<launch_id>/posts")
@requires(P.LAUNCHES_READ)
def of_launch(launch_id: str) -> Response:
    """The posts of a campaign."""
    launch = require(launch_by(launch_id))
    return _page(launch)


def _asked(post: Post) -> str:
    return condition_in_words(list(post.only_if)) if post.state in NOT_OUT_YET else ""


def _page(launch: Launch, *, wrong: WordsForm | None = None, wrong_id: str = "", status: int = 200) -> Response:
    shown = queries.posts_of_launch(launch.id)
    cards = [_card(one, wrong if one.post.public_id == wrong_id else None) for one in shown]
    return web.render(
        "social/posts.html",
        status=status,
        launch=launch,
        cards=cards,
        asking=sum(card.asks for card in cards),
        held=sum(card.post.state is PostState.HELD for card in cards),
        published=sum(card.post.state is PostState.PUBLISHED for card in cards),
        may_write=current_actor().may(P.LAUNCHES_WRITE),
        may_connect=current_actor().may(P.CONNECTIONS_WRITE),
    )


def _card(shown: queries.ShownPost, wrong: WordsForm | None) -> Card:
    post = shown.post
    return Card(
        post=post,
        author=shown.account.name if shown.account else _("No account yet"),
        network=title_of(post.network),
        picture=address_of("library.file", public_id=shown.picture, name="picture") if shown.picture else None,
        why=in_words(post.reason) or _asked(post),
        asks=post.state is PostState.NEEDS_APPROVAL,
        may_edit=post.state in posts.EDITABLE,
        may_reject=post.state in REFUSABLE,
        may_send_again=post.state in AGAIN,
        by_hand=post.state in BY_HAND,
        form=wrong or WordsForm(formdata=None, text=post.text),
    )


def _own(post_id: str) -> Post:
    return require(queries.post_by(post_id, partner_id=current_actor().partner_id))


def _back(post: Post, words: str) -> BaseResponse:
    launch = own_launch(post.launch_id, actor=current_actor())
    return web.go(url_for("social.of_launch", launch_id=launch.public_id, _anchor=post.public_id), words)


@blueprint.post("/posts/<post_id>/approve")
@requires(P.LAUNCHES_WRITE)
def approve(post_id: str) -> BaseResponse:
    """Let a post go out."""
    post = posts.approve_post(post_id=_own(post_id).id, by=current_actor(), now=clock.now())
    return _back(post, _("Approved. It goes out at its hour."))


@blueprint.post("/campaigns/launches/<launch_id>/posts/approve")
@requires(P.LAUNCHES_WRITE)
def approve_all(launch_id: str) -> BaseResponse:
    """Let every post of a campaign that asks go out."""
    launch = require(launch_by(launch_id))
    count = posts.approve_posts_of(launch_id=launch.id, by=current_actor(), now=clock.now())
    words = _("%(count)s posts are approved. Each goes out at its hour.", count=count)
    return web.go(url_for("social.of_launch", launch_id=launch.public_id), words)


@blueprint.post("/posts/<post_id>/reject")
@requires(P.LAUNCHES_WRITE)
def reject(post_id: str) -> BaseResponse:
    """Let a post not go out."""
    post = posts.reject_post(post_id=_own(post_id).id, by=current_actor(), now=clock.now())
    return _back(post, _("This post does not go out. You can take it back below."))


@blueprint.post("/posts/<post_id>/send-again")
@requires(P.LAUNCHES_WRITE)
def send_again(post_id: str) -> BaseResponse:
    """Try a post again."""
    post = posts.send_again(post_id=_own(post_id).id, by=current_actor(), now=clock.now())
    return _back(post, _("We look whether it is there, and send it if it is not."))


@blueprint.post("/posts/<post_id>/words")
@requires(P.LAUNCHES_WRITE)
def edit(post_id: str) -> BaseResponse:
    """Change the words of a post."""
    post, form = _own(post_id), WordsForm()
    if form.validate_on_submit():
        try:
            posts.edit_post(post_id=post.id, text=form.text.data, by=current_actor(), now=clock.now())
        except posts.PostMovedOn:
            raise
        except DomainError as reason:
            form.text.errors = [reason.message]
        else:
            return _back(post, _("Saved. The post says this now."))
    launch = own_launch(post.launch_id, actor=current_actor())
    return _page(launch, wrong=form, wrong_id=post.public_id, status=422)


@blueprint.get("/posts/approve/<token>")
@public
def approval(token: str) -> Response:
    """Show what a link in a mail would approve; nothing happens by looking."""
    approver = approver_of(token)
    with acting(approver.actor):
        launch = own_launch(approver.launch_id, actor=approver.actor)
        return _approval_page(approver, launch=launch, waiting=queries.waiting_posts(launch.id))


def _approval_page(approver: Approver, **values: Any) -> Response:
    """Answer in the language and on the clock of whom the mail was written to."""
    g.user_language, g.user_zone = approver.locale, approver.zone
    organisation = {"name": approver.company, "logo_url": None}
    return web.render("social/approve.html", organisation=organisation, title_of=title_of, **values)


@blueprint.post("/posts/approve/<token>")
@public_post
def approve_by_link(token: str) -> BaseResponse:
    """Approve the posts of a campaign from a mail."""
    approver = approver_of(token)
    with acting(approver.actor):
        count = posts.approve_posts_of(launch_id=approver.launch_id, by=approver.actor, now=clock.now())
        launch = own_launch(approver.launch_id, actor=approver.actor)
        return _approval_page(approver, launch=launch, waiting=[], approved=count)


def posts_card(*, launch: Launch) -> str:
    """Return the card on a campaign's page that tells how its posts do."""
    counts = queries.posts_by_state([launch.id])
    return render_template("social/_posts_card.html", launch=launch, counts=counts, total=sum(counts.values()))
