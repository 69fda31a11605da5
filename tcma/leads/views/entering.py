"""A vendor enters leads of its own: one by one, or from a file."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tcma.core import clock, intake, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import columns, operations
from tcma.leads.forms import EnterForm, ImportForm
from tcma.leads.views import blueprint
from tcma.partners.queries import country_of

MOST_ROWS = 2000
SHOWN_BAD_ROWS = 200


@blueprint.route("/leads/new", methods=["GET", "POST"])
@requires(Permission.LEADS_DISTRIBUTE)
def enter() -> Response:
    """Enter one lead; it goes to the best partner within a minute."""
    form = EnterForm(country=country_of(current_actor().vendor_id))
    if not form.validate_on_submit():
        return web.render("leads/enter.html", form=form, status=422 if form.errors else 200)
    try:
        lead = operations.enter_lead(form.answer(), source="entered", by=current_actor(), now=clock.now())
    except DomainError as reason:
        form[reason.field or "email"].errors = [reason.message]
        return web.render("leads/enter.html", form=form, status=422)
    return web.go(
        url_for("leads.lead", public_id=lead.public_id),
        _("The lead is in. The best partner is asked within a minute, and you see here who it is and why."),
    )


@blueprint.get("/leads/import")
@requires(Permission.LEADS_DISTRIBUTE)
def choose_file() -> Response:
    """Choose a file of leads."""
    return web.render("leads/import.html", form=ImportForm(), most=MOST_ROWS)


@blueprint.post("/leads/import")
@requires(Permission.LEADS_DISTRIBUTE)
def import_file() -> Response:
    """Take the rows that can be used, and list the others."""
    form = ImportForm()
    file = request.files.get("file")
    if not form.validate_on_submit() or not isinstance(file, FileStorage) or not file.filename:
        form.file.errors = [_("Choose a CSV or Excel file.")]
        return web.render("leads/import.html", form=form, most=MOST_ROWS, status=422)
    try:
        table = intake.read_table(file.read(), max_rows=MOST_ROWS)
        rows = [(table.place.line, row) for row in table.rows]
    except DomainError as reason:
        form.file.errors = [reason.message]
        return web.render("leads/import.html", form=form, most=MOST_ROWS, status=422)
    mapped = columns.understood(table.header)
    if not {"email", "phone"} & set(mapped.values()):
        form.file.errors = [
            _("We found no column for the e-mail address or the telephone number. Name the columns in the first line.")
        ]
        return web.render("leads/import.html", form=form, most=MOST_ROWS, status=422)
    good, bad = operations.import_leads(
        columns.answers(mapped, rows),
        source=form.source.data or file.filename[:200],
        by=current_actor(),
        now=clock.now(),
    )
    if not bad:
        words = ngettext("%(num)s lead went in.", "%(num)s leads went in.", len(good))
        return web.go(url_for("leads.leads"), words)
    words_of = {line: [cell for cell in row if cell] for line, row in rows}
    left_out = [title for at, title in enumerate(table.header) if at not in mapped]
    return web.render(
        "leads/imported.html", good=good, bad=bad[:SHOWN_BAD_ROWS], bad_count=len(bad), words_of=words_of,
        left_out=left_out,
    )  # fmt: skip
