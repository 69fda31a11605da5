"""What the partner writes about: topics in its own words, for its people to choose among."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import operations, queries
from tcma.contacts.forms import TopicForm
from tcma.contacts.models import Topic
from tcma.contacts.queries.topics import THEMES
from tcma.contacts.views.ground import blueprint
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission


@blueprint.route("/contacts/topics", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def topics() -> BaseResponse:
    """The topics that people choose among, and one more."""
    form = TopicForm()
    try:
        if form.validate_on_submit():
            operations.create_topic(
                name=form.name.data, names=form.names(), theme=form.theme.data or "", by=current_actor(),
                now=clock.now(),
            )  # fmt: skip
            return web.go(url_for("contacts.topics"), _("People can choose it from now on."))
    except DomainError as reason:
        form[reason.field or "name"].errors = [reason.message]
    return _page(form, status=422 if form.errors else 200)


def _page(form: TopicForm, **more: Any) -> Response:
    own = queries.topics_of(require(current_actor().partner_id))
    named = {one.key for one in own}
    usual = {key: words for key, words in THEMES.items() if key not in named}
    return web.render("contacts/topics.html", form=form, own=own, usual=usual, themes=THEMES, **more)


@blueprint.route("/contacts/topics/<topic_id>", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def topic(topic_id: str) -> BaseResponse:
    """Call a topic otherwise."""
    found = queries.topic_by(topic_id)
    form = TopicForm(**_kept(found))
    try:
        if form.validate_on_submit():
            operations.change_topic(
                topic_id=found.id, name=form.name.data, names=form.names(), by=current_actor(), now=clock.now()
            )
            return web.go(url_for("contacts.topics"), _("Saved."))
    except DomainError as reason:
        form[reason.field or "name"].errors = [reason.message]
    return web.render("contacts/topic.html", found=found, form=form, status=422 if form.errors else 200)


def _kept(found: Topic) -> dict[str, str]:
    return {"name": found.name, **{f"name_{code}": text for code, text in found.names.items()}}


@blueprint.post("/contacts/topics/<topic_id>/remove")
@requires(Permission.CONTACTS_WRITE)
def remove_topic(topic_id: str) -> BaseResponse:
    """Offer a topic no more."""
    operations.remove_topic(topic_id=queries.topic_by(topic_id).id, by=current_actor(), now=clock.now())
    return web.go(url_for("contacts.topics"), _("Removed. What people had chosen is kept."))
