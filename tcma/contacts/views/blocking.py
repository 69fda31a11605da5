"""What must not be mailed: a partner's own list, and a vendor's for its campaigns."""

from dataclasses import dataclass

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import operations, queries
from tcma.contacts.forms import BlockForm, UnblockForm
from tcma.contacts.views.ground import blueprint
from tcma.contacts.words import BLOCKED_WORDS
from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list is shown, and where its forms go."""

    page: str
    take_off: str


_PARTNER = _Place("contacts.blocked", "contacts.unblock")
_VENDOR = _Place("contacts.do_not_mail", "contacts.mail_again")


@blueprint.route("/contacts/blocked", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def blocked() -> BaseResponse:
    """The partner's list: nobody on it gets marketing from this partner, for any vendor."""
    return _taken(_PARTNER)


@blueprint.post("/contacts/blocked/remove")
@requires(Permission.CONTACTS_WRITE)
def unblock() -> BaseResponse:
    """Take an entry off the partner's list."""
    return _taken_off(_PARTNER)


@blueprint.route("/partners/do-not-mail", methods=["GET", "POST"])
@requires(Permission.PARTNERS_WRITE)
def do_not_mail() -> BaseResponse:
    """The vendor's list: no partner mails them in a campaign of this vendor."""
    return _taken(_VENDOR)


@blueprint.post("/partners/do-not-mail/remove")
@requires(Permission.PARTNERS_WRITE)
def mail_again() -> BaseResponse:
    """Take an entry off the vendor's list."""
    return _taken_off(_VENDOR)


def _taken(place: _Place) -> BaseResponse:
    form, told = BlockForm(), None
    try:
        if form.validate_on_submit():
            told = operations.block(entries=form.lines(), by=current_actor(), now=clock.now())
            form = BlockForm(formdata=None)
    except DomainError as reason:
        form[reason.field if reason.field in form else "file"].errors = [reason.message]
    return _page(place, form, UnblockForm(formdata=None), told, status=422 if form.errors else 200)


def _taken_off(place: _Place) -> BaseResponse:
    form = UnblockForm()
    try:
        if form.validate_on_submit():
            operations.unblock(entry=form.entry.data, by=current_actor(), now=clock.now())
            return web.go(url_for(place.page), _("Taken off the list."))
    except DomainError as reason:
        form.entry.errors = [reason.message]
    return _page(place, BlockForm(formdata=None), form, None, status=422)


def _page(
    place: _Place, form: BlockForm, off: UnblockForm, told: operations.Blocked | None, *, status: int
) -> Response:
    counts = queries.blocked_counts(*operations.holder_of(current_actor()))
    return web.render(
        "contacts/blocked.html", place=place, form=form, off=off, told=told, counts=counts, words=BLOCKED_WORDS,
        of_vendor=place is _VENDOR, status=status,
    )  # fmt: skip
