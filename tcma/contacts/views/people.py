"""A partner's own pages: everybody, a list, one person."""

from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from flask import Response, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import exporting, operations, queries
from tcma.contacts.columns import MOST_CUSTOM
from tcma.contacts.forms import ConsentForm, ListForm, NewListForm, NewPersonForm, PersonForm
from tcma.contacts.models import Basis, Contact, ContactList
from tcma.contacts.takeaway import write_takeaway
from tcma.contacts.views.ground import blueprint
from tcma.contacts.views.history import history_of
from tcma.contacts.words import BASIS_HINTS, LEFT_OUT_MEANINGS, LEFT_OUT_WORDS
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners.branches import sites_of

EXPORTS = {"csv": (exporting.CSV, exporting.as_csv), "xlsx": (exporting.XLSX, exporting.as_xlsx)}


def _rows(list_id: int | None = None) -> dict[str, Any]:
    page = min(max(request.args.get("page", 1, int), 1), 100_000)
    words, state = request.args.get("q", ""), request.args.get("state", "")
    sort, descending = request.args.get("sort", "name"), request.args.get("direction") == "desc"
    rows, total = queries.contacts_page(
        words=words, list_id=list_id, state=state, sort=sort, descending=descending, page=page, now=clock.now()
    )
    return {
        "rows": rows, "total": total, "number": page, "pages": -(-total // queries.PER_PAGE), "words": words,
        "state": state, "sort": sort, "direction": "desc" if descending else "asc", "reasons": LEFT_OUT_WORDS,
        "per_page": queries.PER_PAGE,
    }  # fmt: skip


def _figures(list_id: int | None = None) -> dict[str, Any]:
    if web.wants_fragment():
        return {}
    return {"counts": queries.counts(list_id=list_id, now=clock.now()), "meanings": LEFT_OUT_MEANINGS}


@blueprint.get("/contacts")
@requires(Permission.CONTACTS_READ)
def contacts() -> Response:
    """Everybody, who may be mailed and who not and why, and the lists."""
    return _home(NewListForm())


def _home(form: NewListForm, *, status: int = 200) -> Response:
    partner_id = require(current_actor().partner_id)
    return web.render(
        "contacts/contacts.html", "contacts/_rows.html", lists=queries.lists_of(partner_id), form=form,
        imports=queries.latest_imports(3),
        confirmed=operations.forms_are_confirmed(partner_id), **_rows(), **_figures(), status=status,
    )  # fmt: skip


@blueprint.post("/contacts/lists")
@requires(Permission.CONTACTS_WRITE)
def create_list() -> BaseResponse:
    """Make an empty list."""
    form = NewListForm()
    try:
        if form.validate_on_submit():
            name, asks = form.name.data, form.asks.data
            made = operations.create_list(name=name, asks=asks, by=current_actor(), now=clock.now())
            return web.go(
                url_for("contacts.show_list", list_id=made.public_id), _("The list is there. Add people to it.")
            )
    except DomainError as reason:
        form.name.errors = [reason.message]
    return _home(form, status=422)


@blueprint.get("/contacts/lists/<list_id>")
@requires(Permission.CONTACTS_READ)
def show_list(list_id: str) -> Response:
    """The people on a list."""
    return _list_page(queries.list_by(list_id), ListForm())


def _list_page(found: ContactList, form: ListForm, *, status: int = 200) -> Response:
    form.name.data = form.name.data or found.name
    return web.render(
        "contacts/list.html", "contacts/_rows.html", the_list=found, form=form, **_rows(found.id),
        **_figures(found.id), branches=sites_of(found.partner_id), status=status,
    )  # fmt: skip


@blueprint.post("/contacts/lists/<list_id>")
@requires(Permission.CONTACTS_WRITE)
def rename_list(list_id: str) -> BaseResponse:
    """Give a list another name."""
    found, form = queries.list_by(list_id), ListForm()
    try:
        if form.validate_on_submit():
            operations.rename_list(list_id=found.id, name=form.name.data, by=current_actor(), now=clock.now())
            return web.go(url_for("contacts.show_list", list_id=list_id), _("The list has its new name."))
    except DomainError as reason:
        form.name.errors = [reason.message]
    return _list_page(found, form, status=422)


@blueprint.post("/contacts/lists/<list_id>/confirmation")
@requires(Permission.CONTACTS_WRITE)
def ask_on_list(list_id: str) -> BaseResponse:
    """Let who is put on a list confirm by mail first, or not."""
    wanted = request.form.get("wanted") == "1"
    found = queries.list_by(list_id)
    operations.ask_on_list(list_id=found.id, wanted=wanted, by=current_actor(), now=clock.now())
    said = (
        _("Whoever is put on this list from now on is asked by mail first.")
        if wanted
        else _("Whoever is put on this list from now on counts at once. Who was asked is waited for.")
    )
    return web.go(url_for("contacts.show_list", list_id=list_id), said)


@blueprint.post("/contacts/lists/<list_id>/people")
@requires(Permission.CONTACTS_WRITE)
def change_list(list_id: str) -> BaseResponse:
    """Put people on a list, or take them off."""
    found = queries.list_by(list_id)
    people = queries.contact_ids(request.form.getlist("contact"))
    by, now = current_actor(), clock.now()
    back = request.form.get("back", "")
    target = url_for("contacts.show", contact_id=back) if back else url_for("contacts.show_list", list_id=list_id)
    if request.form.get("do") == "take_off":
        operations.take_off_list(list_id=found.id, contact_ids=people, by=by, now=now)
        return web.go(target, _("Taken off %(name)s. They stay in your contacts.", name=found.name))
    operations.add_to_list(list_id=found.id, contact_ids=people, by=by, now=now)
    said = _("Put on %(name)s. Who has not confirmed yet is asked by mail.", name=found.name)
    return web.go(target, said if found.asks else _("Put on %(name)s.", name=found.name))


@blueprint.post("/contacts/export")
@requires(Permission.CONTACTS_WRITE)
def export() -> Response:
    """Hand everybody, or a list, over as a file: they are the partner's own."""
    kind = request.form.get("kind", "csv")
    media_type, written = require(EXPORTS.get(kind))
    wanted = request.form.get("list")
    found = queries.list_by(wanted) if wanted else None
    operations.note_export(list_id=found.id if found else None, by=current_actor(), now=clock.now())
    rows = exporting.people_rows(found.id if found else None, now=clock.now())
    return as_file(written(exporting.header_of(), rows), media_type, f"contacts.{kind}")


@blueprint.post("/contacts/confirmation")
@requires(Permission.CONTACTS_WRITE)
def choose_confirmation() -> BaseResponse:
    """Let who agrees on a form confirm by mail first, or not."""
    wanted = request.form.get("wanted") == "1"
    operations.ask_forms_to_be_confirmed(wanted=wanted, by=current_actor(), now=clock.now())
    said = (
        _("From now on a form's consent counts once it is confirmed by mail.") if wanted else _("Forms count at once.")
    )
    return web.go(url_for("contacts.contacts"), said)


@blueprint.post("/contacts/takeaway")
@requires(Permission.CONTACTS_WRITE)
def take_all() -> Response:
    """Hand over everything that is kept about people: contacts, lists, consent, and what is not mailed."""
    by, now = current_actor(), clock.now()
    operations.note_export(list_id=None, by=by, now=now)
    file = TemporaryFile()  # noqa: SIM115 - it is read, and closed, by the answer
    write_takeaway(cast("BinaryIO", file), partner_id=require(by.partner_id), now=now)
    file.seek(0)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name="contacts.zip")


def as_file(data: bytes, media_type: str, name: str) -> Response:
    """Answer with a file to keep."""
    return Response(data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.route("/contacts/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def new() -> BaseResponse:
    """Add a person by hand."""
    form = NewPersonForm()
    try:
        if form.validate_on_submit():
            made = operations.add_contact(
                email=form.email.data, fields=form.values(), basis=Basis(form.basis.data), source=form.source.data,
                by=current_actor(), now=clock.now(),
            )  # fmt: skip
            return web.go(url_for("contacts.show", contact_id=made.public_id), _("Added. Put them on a list next."))
    except DomainError as reason:
        form[reason.field or "email"].errors = [reason.message]
    return web.render("contacts/new.html", form=form, hints=BASIS_HINTS, status=422 if form.errors else 200)


@blueprint.get("/contacts/<contact_id>")
@requires(Permission.CONTACTS_READ)
def show(contact_id: str) -> Response:
    """One person, with every word about being written to."""
    found = queries.contact_by(contact_id)
    return _person_page(found, PersonForm(obj=found), ConsentForm(formdata=None))


def _person_page(
    found: Contact,
    form: PersonForm,
    consent: ConsentForm,
    *,
    typed: list[tuple[str, str]] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    fields = typed if typed is not None else list(found.custom.items())
    on = queries.lists_with(found.id)
    others = [
        one for one in queries.lists_of(found.partner_id) if not one.is_live and one.id not in {held.id for held in on}
    ]
    return web.render(
        "contacts/show.html", contact=found, form=form, consent=consent, reason=queries.reason_for(found.id),
        reasons=LEFT_OUT_WORDS, meanings=LEFT_OUT_MEANINGS, history=history_of(found),
        hints=BASIS_HINTS, on=on, others=others, wrong=wrong, known=queries.custom_names(),
        fields=fields + [("", "")] * web.blank_rows(len(fields), most=MOST_CUSTOM),
        branches=sites_of(found.partner_id), status=status,
    )  # fmt: skip


@blueprint.post("/contacts/<contact_id>")
@requires(Permission.CONTACTS_WRITE)
def update(contact_id: str) -> BaseResponse:
    """Change what is known about a person."""
    found, form = queries.contact_by(contact_id), PersonForm()
    try:
        if form.validate_on_submit():
            operations.update_contact(
                contact_id=found.id, email=form.email.data, fields=form.values(), by=current_actor(), now=clock.now()
            )
            return web.go(url_for("contacts.show", contact_id=contact_id), _("Saved."))
    except DomainError as reason:
        form[reason.field or "email"].errors = [reason.message]
    return _person_page(found, form, ConsentForm(formdata=None), status=422)


@blueprint.post("/contacts/<contact_id>/fields")
@requires(Permission.CONTACTS_WRITE)
def keep_fields(contact_id: str) -> BaseResponse:
    """Keep what is known of a person in the partner's own fields."""
    found = queries.contact_by(contact_id)
    typed = list(zip(*(request.form.getlist(name)[: MOST_CUSTOM + 1] for name in ("name", "text")), strict=False))
    try:
        operations.keep_fields(contact_id=found.id, fields=typed, by=current_actor(), now=clock.now())
    except DomainError as reason:
        blank = PersonForm(formdata=None, obj=found), ConsentForm(formdata=None)
        return _person_page(found, *blank, typed=typed, wrong=str(reason.message), status=reason.status)
    return web.go(url_for("contacts.show", contact_id=contact_id), _("Saved."))


@blueprint.post("/contacts/<contact_id>/consent")
@requires(Permission.CONTACTS_WRITE)
def record_consent(contact_id: str) -> BaseResponse:
    """Keep the ground on which a person may be mailed."""
    found, consent = queries.contact_by(contact_id), ConsentForm()
    if not consent.validate_on_submit():
        return _person_page(found, PersonForm(formdata=None, obj=found), consent, status=422)
    operations.record_consent(
        contact_id=found.id, basis=Basis(consent.basis.data), method="by_hand", source=consent.source.data,
        by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return web.go(url_for("contacts.show", contact_id=contact_id), _("Recorded, with your name and the time."))


@blueprint.post("/contacts/<contact_id>/opt-out")
@requires(Permission.CONTACTS_WRITE)
def opt_out(contact_id: str) -> BaseResponse:
    """Let a person get no more marketing, because they said so."""
    found = queries.contact_by(contact_id)
    operations.withdraw(contact_id=found.id, method="told_us", by=current_actor(), now=clock.now())
    return web.go(url_for("contacts.show", contact_id=contact_id), _("No more marketing goes to this person."))


@blueprint.post("/contacts/<contact_id>/erase")
@requires(Permission.CONTACTS_WRITE)
def erase(contact_id: str) -> BaseResponse:
    """Forget a person."""
    found = queries.contact_by(contact_id)
    operations.erase_contact(contact_id=found.id, by=current_actor(), now=clock.now())
    return web.go(url_for("contacts.contacts"), ngettext("%(num)s person erased.", "%(num)s people erased.", 1))
