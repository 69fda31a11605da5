"""Bringing a file of people in: the file, its columns, then the progress and what did not go in."""

from pathlib import PurePath

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import columns, exporting, operations, queries
from tcma.contacts.forms import NEW_LIST, NO_LIST, MappingForm, UploadForm
from tcma.contacts.models import Basis, ContactImport, ImportState, Merge
from tcma.contacts.views.ground import blueprint
from tcma.contacts.views.people import as_file
from tcma.contacts.words import BASIS_HINTS, MERGE_HINTS, finding_words
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners.branches import sites_of

MOST_BYTES = 256 * 1024 * 1024


@blueprint.url_value_preprocessor
def _let_large_files_in(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Allow a file of a million people, before anything reads the form."""
    if endpoint == "contacts.new_import":
        request.max_content_length = MOST_BYTES


@blueprint.route("/contacts/imports/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def new_import() -> BaseResponse:
    """Take a file; a broken one is refused with the reason."""
    form = UploadForm()
    try:
        if form.validate_on_submit():
            file = form.file.data
            made = operations.upload(
                file_name=PurePath(file.filename).name, data=file.stream, by=current_actor(), now=clock.now()
            )
            return web.go(url_for("contacts.show_import", import_id=made.public_id))
    except DomainError as reason:
        form.file.errors = [reason.message]
    return web.render("contacts/import_new.html", form=form, status=422 if form.errors else 200)


@blueprint.get("/contacts/imports/<import_id>")
@requires(Permission.CONTACTS_READ)
def show_import(import_id: str) -> Response:
    """Where an import stands: its columns to be named, its progress, or what came of it."""
    found = queries.import_by(import_id)
    if found.state is ImportState.MAPPING:
        return _mapping_page(found, _mapping_form(found), list(found.mapping["fields"]))
    return web.render(
        "contacts/import.html", "contacts/_progress.html", found=found, the_list=queries.list_of(found.list_id),
        finding_words=finding_words, findings=queries.findings_of(found.id) if found.bad else [],
    )  # fmt: skip


def _mapping_form(found: ContactImport, **more: object) -> MappingForm:
    lists = [(one.public_id, _in_the_choice(one)) for one in queries.lists_of(found.partner_id) if not one.is_live]
    return MappingForm(lists=lists, new_list=PurePath(found.file_name).stem[:120], **more)


def _in_the_choice(one: queries.ListRow) -> str:
    return _("%(name)s (asks for confirmation)", name=one.name) if one.asks else one.name


def _mapping_page(found: ContactImport, form: MappingForm, fields: list[str], *, status: int = 200) -> Response:
    branches = sites_of(found.partner_id)
    return web.render(
        "contacts/import_columns.html", found=found, form=form, fields=fields, header=found.mapping["header"],
        samples=queries.samples_of(found), hints=BASIS_HINTS, merge_hints=MERGE_HINTS, status=status,
        choices=columns.choices(has_branches=bool(branches)), branches=branches,
    )  # fmt: skip


@blueprint.post("/contacts/imports/<import_id>")
@requires(Permission.CONTACTS_WRITE)
def start_import(import_id: str) -> BaseResponse:
    """Let the import run, with the columns, the ground and the list that were chosen."""
    found = queries.import_by(import_id)
    fields = request.form.getlist("field")
    form = _mapping_form(found)
    try:
        if form.validate_on_submit():
            operations.start_import(
                import_id=found.id, fields=fields, basis=Basis(form.basis.data), source=form.source.data,
                list_id=_chosen_list(form), merge=Merge(form.merge.data), by=current_actor(), now=clock.now(),
            )  # fmt: skip
            return web.go(url_for("contacts.show_import", import_id=import_id))
    except DomainError as reason:
        where = reason.field if reason.field in form else "source"
        form[{"name": "new_list"}.get(reason.field or "", where)].errors = [reason.message]
    return _mapping_page(found, form, _shown(fields, found), status=422)


def _chosen_list(form: MappingForm) -> int | None:
    if form.into.data == NO_LIST:
        return None
    if form.into.data == NEW_LIST:
        name = form.new_list.data or ""
        return operations.create_list(name=name, asks=form.asks.data, by=current_actor(), now=clock.now()).id
    return queries.list_by(form.into.data).id


def _shown(fields: list[str], found: ContactImport) -> list[str]:
    remembered: list[str] = found.mapping["fields"]
    return fields if len(fields) == len(remembered) else remembered


@blueprint.get("/contacts/imports/<import_id>/progress")
@requires(Permission.CONTACTS_READ)
def import_progress(import_id: str) -> Response:
    """How far an import is; when it has ended, the browser is sent to what came of it."""
    found = queries.import_by(import_id)
    if found.state is ImportState.RUNNING:
        return web.render("contacts/_progress.html", found=found)
    response = web.render("contacts/_progress.html", found=found)
    response.headers["HX-Redirect"] = url_for("contacts.show_import", import_id=import_id)
    return response


@blueprint.post("/contacts/imports/<import_id>/stop")
@requires(Permission.CONTACTS_WRITE)
def stop_import(import_id: str) -> BaseResponse:
    """Stop an import; who is in stays in."""
    found = queries.import_by(import_id)
    operations.stop_import(import_id=found.id, by=current_actor(), now=clock.now())
    return web.go(url_for("contacts.show_import", import_id=import_id), _("Stopped. Those who are in already stay in."))


@blueprint.get("/contacts/imports/<import_id>/rows.csv")
@requires(Permission.CONTACTS_READ)
def import_rows(import_id: str) -> Response:
    """The rows that did not go in, with line and reason, to be mended and brought in again."""
    found = queries.import_by(import_id)
    header = [*require(found.mapping["header"]), _("Line"), _("Why it did not go in")]
    width = len(header) - 2
    rows = (
        [*finding.row, *[""] * (width - len(finding.row)), str(finding.line), finding_words(finding.reason)]
        for finding in queries.all_findings(found.id)
    )
    return as_file(exporting.as_csv(header, rows), exporting.CSV, "rows-to-mend.csv")
