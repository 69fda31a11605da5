"""The pages that people come to from a mail: opt out, or choose what to read about. No sign-in, no cookie.

A GET shows and a POST acts. The address is the proof; it works whatever became of campaign and company.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from flask_babel import refresh

from tcma.contacts import operations, queries
from tcma.contacts.queries.choices import Reader, reader_of
from tcma.contacts.queries.confirming import AskingLink, answer_to, may_be_asked_again, read_link
from tcma.core import clock, limits, runtime, web
from tcma.core.actor import Actor, ActorKind
from tcma.core.limits import limiter
from tcma.core.links import Purpose
from tcma.core.presentation import language as page_language
from tcma.core.tenancy import acting
from tcma.identity.access import public, public_post
from tcma.identity.language import LANGUAGES
from tcma.partners.public import public_values

blueprint = Blueprint("choices", __name__)

ONE_CLICK = "List-Unsubscribe"


@contextmanager
def _reader(token: str) -> Iterator[tuple[Actor, int, Reader | None]]:
    """Act as the reader of a mail: the token names partner and contact, and nothing else is in reach."""
    partner_id, contact_id, *_delivery = runtime.links().read(token, Purpose.UNSUBSCRIBE)
    actor = Actor(ActorKind.MAIL_LINK, f"contact:{contact_id}", partner_id=partner_id)
    with acting(actor):
        found = reader_of(partner_id, contact_id)
        if found is not None:
            g.page_language = found.language
            refresh()
        yield actor, contact_id, found


def _page(template: str, partner_id: int, token: str, **values: Any) -> Response:
    return web.render(template, token=token, robots="noindex", **public_values(partner_id), **values)


@blueprint.get("/u/<token>")
@public
def unsubscribe(token: str) -> Response:
    """Ask whether mails shall stop. Nothing happens yet: mail scanners press every link."""
    with _reader(token) as (actor, _contact_id, found):
        return _page("contacts/unsubscribe.html", _partner(actor), token, reader=found, done=False)


@blueprint.post("/u/<token>")
@public_post
def stop_mail(token: str) -> Response:
    """Stop all marketing of this partner, for every vendor: by the page's button, or by the mail program (RFC 8058)."""
    one_click = ONE_CLICK in request.form
    with _reader(token) as (actor, contact_id, found):
        operations.unsubscribe(
            partner_id=_partner(actor), contact_id=contact_id, method="one_click" if one_click else "link",
            by=actor, now=clock.now(),
        )  # fmt: skip
        if one_click:
            return Response("", status=200, mimetype="text/plain")
        return _page("contacts/unsubscribe.html", _partner(actor), token, reader=found, done=True)


@blueprint.get("/u/<token>/preferences")
@public
def preferences(token: str) -> Response:
    """What this person reads about, and in which language."""
    with _reader(token) as (actor, contact_id, found):
        return _preferences(actor, contact_id, found, token, saved="")


@blueprint.post("/u/<token>/preferences")
@public_post
def choose(token: str) -> Response:
    """Keep what was chosen; or take one's own opt-out back."""
    now = clock.now()
    with _reader(token) as (actor, contact_id, found):
        if request.form.get("do") == "subscribe":
            operations.subscribe_again(partner_id=_partner(actor), contact_id=contact_id, by=actor, now=now)
            saved = _("You get mail from us again.")
        else:
            language = request.form.get("language")
            operations.choose_topics(
                partner_id=_partner(actor), contact_id=contact_id,
                wanted={topic: topic in request.form.getlist("topic") for topic in _topics(actor)},
                language=language if language in LANGUAGES else None, by=actor, now=now,
            )  # fmt: skip
            saved = _("Your choice is kept. It holds from now on.")
        return _preferences(actor, contact_id, reader_of(_partner(actor), contact_id) or found, token, saved=saved)


def _preferences(actor: Actor, contact_id: int, found: Reader | None, token: str, *, saved: str) -> Response:
    topics = _topics(actor)
    declined = queries.topics_declined(contact_id, list(topics))
    return _page(
        "contacts/preferences.html", _partner(actor), token, reader=found, saved=saved,
        topics=[(key, words, key not in declined) for key, words in topics.items()],
    )  # fmt: skip


def _topics(actor: Actor) -> dict[str, str]:
    return queries.topics_to_choose(_partner(actor), page_language())


@contextmanager
def _asked(token: str) -> Iterator[tuple[Actor, AskingLink, Reader | None]]:
    """Act as somebody who is asked to agree, by the link in the mail that asks."""
    link = read_link(token)
    actor = Actor(ActorKind.MAIL_LINK, f"contact:{link.contact_id}", partner_id=link.partner_id)
    with acting(actor):
        found = reader_of(link.partner_id, link.contact_id)
        if found is not None:
            g.page_language = found.language
            refresh()
        yield actor, link, found


@blueprint.get("/confirm/<token>")
@public
def confirm(token: str) -> Response:
    """Ask whether mails are wanted, or say why not any more. A GET keeps nothing: mail scanners press every link."""
    with _asked(token) as (_actor, link, found):
        return _question(token, link, found)


@blueprint.post("/confirm/<token>")
@public_post
def say_yes(token: str) -> Response:
    """Keep that this person agreed, from the mailbox that the form named."""
    with _asked(token) as (actor, link, found):
        if operations.confirm_consent(token=token, by=actor, now=clock.now()):
            return _page("contacts/confirm.html", link.partner_id, token, standing="thanks")
        return _question(token, link, found)


@blueprint.post("/confirm/<token>/again")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def mail_again(token: str) -> Response:
    """Mail the question once more, where its link has expired."""
    with _asked(token) as (actor, link, found):
        if operations.ask_again(token=token, by=actor, now=clock.now()):
            return _page("contacts/confirm.html", link.partner_id, token, standing="mailed")
        return _question(token, link, found)


def _question(token: str, link: AskingLink, found: Reader | None) -> Response:
    answer = answer_to(link, clock.now())
    return _page(
        "contacts/confirm.html", link.partner_id, token, reader=found, standing=answer.standing.value, answer=answer,
        statement=queries.statement_text(link.point_id), may_be_asked=may_be_asked_again(link.contact_id),
        choices=runtime.links().sign(Purpose.UNSUBSCRIBE, link.partner_id, link.contact_id),
    )  # fmt: skip


def _partner(actor: Actor) -> int:
    return actor.partner_id or 0
