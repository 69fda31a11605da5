"""Pages about mails that go out from the partner's own tool: taking them along, and bringing back what came of them."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.models import Launch
from syndication.exporting import reporting
from syndication.exporting.forms import OptOutForm, ReportForm
from syndication.exporting.ground import own_tool_launch, zipped
from syndication.exporting.mails import mail_titles
from syndication.exporting.tools import Tool
from syndication.models import ReportedMail
from tcma.contacts.operations import OptOuts, opt_out_lines, take_opt_outs
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = Blueprint("exporting", __name__)


@blueprint.get("/campaigns/launches/<public_id>/own-tool")
@requires(P.LAUNCHES_READ)
def own_tool(public_id: str) -> Response:
    """What was counted of each mail, and the way to bring back who opted out."""
    return _page(own_tool_launch(public_id))


def _page(
    launch: Launch,
    *,
    wrong: tuple[str, ReportForm] | None = None,
    opt_outs: OptOutForm | None = None,
    told: OptOuts | None = None,
) -> Response:
    rows = {one.step: one for one in reporting.reported_mails(launch)}
    titles = mail_titles(launch)
    forms = {key: wrong[1] if wrong and wrong[0] == key else _form(rows.get(key)) for key in titles}
    for key, form in forms.items():
        for field in form:
            field.id = f"{key}-{field.name}"  # the page has a form for each mail
    opt_outs = opt_outs or OptOutForm(formdata=None)
    is_refused = bool(opt_outs.errors or (wrong and wrong[1].errors))
    return web.render(
        "exporting/own_tool.html",
        launch=launch,
        mails=[(key, title, rows.get(key), forms[key]) for key, title in titles.items()],
        opt_outs=opt_outs,
        told=told,
        may_write=current_actor().may(P.LAUNCHES_WRITE),
        status=422 if is_refused else 200,
    )


def _form(row: ReportedMail | None) -> ReportForm:
    said = {} if row is None else {name: getattr(row, name) for name in ("sent", "delivered", "opened", "clicked")}
    return ReportForm(formdata=None, **said)


@blueprint.get("/campaigns/launches/<public_id>/own-tool.zip")
@requires(P.LAUNCHES_READ)
@serves_file
def files(public_id: str) -> BaseResponse:
    """Answer with the mails of a campaign for the tool that was chosen."""
    launch = own_tool_launch(public_id)
    wish = request.args.get("tool", "")
    tool = Tool(wish) if wish in set(Tool) else Tool.PLAIN
    return zipped(launch, tool)


@blueprint.post("/campaigns/launches/<public_id>/own-tool/<step>")
@requires(P.LAUNCHES_WRITE)
def report(public_id: str, step: str) -> BaseResponse:
    """Keep what the tool counted of one mail."""
    launch, form = own_tool_launch(public_id), ReportForm()
    require(mail_titles(launch).get(step))
    if not form.validate_on_submit():
        return _page(launch, wrong=(step, form))
    try:
        reporting.report_mail(
            launch=launch, step=step, told=form.told(), as_of=form.instant(launch.zone), by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
    except reporting.OddNumbers as reason:
        form[reason.field or "sent"].errors = [reason.message]
        return _page(launch, wrong=(step, form))
    return web.go(url_for("exporting.own_tool", public_id=public_id), _("Kept, as reported by you."))


@blueprint.post("/campaigns/launches/<public_id>/own-tool/opt-outs")
@requires(P.CONTACTS_WRITE)
def opt_outs(public_id: str) -> BaseResponse:
    """Opt out who opted out in the tool, and say how many those are."""
    launch, form, told = own_tool_launch(public_id), OptOutForm(), None
    try:
        if form.validate_on_submit():
            told = take_opt_outs(
                lines=opt_out_lines(form.file.data.read()), source=f"campaign {launch.public_id}", by=current_actor(),
                now=clock.now(),
            )  # fmt: skip
            form = OptOutForm(formdata=None)
    except DomainError as reason:
        form.file.errors = [reason.message]
    return _page(launch, opt_outs=form, told=told)
