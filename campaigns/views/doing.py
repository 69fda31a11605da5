"""A person's to-do over all campaigns, and one task: who does it, until when, and what came of it."""

from io import BytesIO

from flask import Response, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import DayForm, OwnerForm, TickForm
from campaigns.models import Launch, LaunchTask
from campaigns.operations import doing
from campaigns.queries.launch_tasks import (
    PER_PAGE,
    funded_activities,
    is_beside,
    own_task,
    result_of,
    script_for,
    shown,
    to_do_page,
    usual_kind,
)
from campaigns.queries.launches import own_launch
from campaigns.views import blueprint
from campaigns.views.activities import shown_beside
from tcma.core import clock, runtime, web
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.identity.queries import colleagues
from tcma.mdf.operations.documents import PDF
from tcma.mdf.words import proof_word


def _own(public_id: str) -> LaunchTask:
    require(current_actor().partner_id)
    return require(own_task(public_id, actor=current_actor()))


@blueprint.get("/campaigns/to-do")
@requires(P.LAUNCHES_READ)
def to_do() -> Response:
    """What there is to do for campaigns: mine, everybody's, or what is done."""
    actor, number = current_actor(), max(request.args.get("page", 1, int), 1)
    require(actor.partner_id)
    whose = request.args.get("show", "mine")
    rows, total = to_do_page(
        membership_id=actor.membership_id if whose == "mine" else None, done=whose == "done", page=number
    )
    words = {"mine": _("Mine"), "all": _("Everybody's"), "done": _("Done")}
    return web.render(
        "campaigns/to_do.html",
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        whose=whose,
        tabs_shown=[
            {"label": label, "url": url_for("campaigns.to_do", show=key), "current": key == whose}
            for key, label in words.items()
        ],
        now=clock.now(),
    )


@blueprint.get("/campaigns/to-do/<public_id>")
@requires(P.LAUNCHES_READ)
def task(public_id: str) -> Response:
    """One task: who does it, until when, and what came of it."""
    return _page(_own(public_id))


def _page(
    found: LaunchTask, form: TickForm | None = None, *, day_form: DayForm | None = None, status: int = 200
) -> Response:
    actor = current_actor()
    launch = own_launch(found.launch_id, actor=actor)
    (row,) = shown([found])
    people = [(one.public_id, one.name) for one in colleagues(actor)]
    owner = OwnerForm(owner=row.owner or "")
    owner.owner.choices = [("", _("Nobody yet")), *people]
    funded = funded_activities(launch.id) if actor.may(P.CLAIMS_WRITE) else []
    return web.render(
        "campaigns/task.html",
        launch=launch,
        task=row,
        form=form or _choices(TickForm(note=row.note, kind=row.kind or usual_kind(found, launch)), found),
        owner_form=owner,
        funded=funded,
        proof_word=proof_word,
        script=script_for(found, launch),
        may_write=actor.may(P.TASKS_WRITE),
        may_prove=bool(row.file_name and not row.proves and funded),
        activity=shown_beside(launch, key=found.key) if found.contact_id is None else [],
        day_form=_day_form(found, launch, day_form),
        now=clock.now(),
        status=status,
    )


def _day_form(found: LaunchTask, launch: Launch, sent: DayForm | None) -> DayForm | None:
    if not is_beside(found, launch):
        return None
    return sent or DayForm(formdata=None, on=LocalSchedule.of_instant(found.due_at, launch.zone).wall.date())


def _choices(form: TickForm, found: LaunchTask) -> TickForm:
    form.kind.choices = [(kind, proof_word(kind)) for kind in doing.KINDS]
    funded = funded_activities(found.launch_id) if current_actor().may(P.CLAIMS_WRITE) else []
    form.proves.choices = [("", _("None of them")), *((one.public_id, one.title) for one in funded)]
    return form


@blueprint.post("/campaigns/to-do/<public_id>/done")
@requires(P.TASKS_WRITE)
def tick_off(public_id: str) -> BaseResponse:
    """Tick a task off, with what came of it and a file that shows it."""
    found = _own(public_id)
    form = _choices(TickForm(), found)
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    try:
        doing.tick_off(
            task_id=found.id, note=form.note.data or "", shown=_file(form), proves=form.proves.data or None,
            by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as reason:
        form.file.errors = [reason.message]
        return _page(found, form, status=reason.status)
    return web.go(url_for("campaigns.to_do"), _("Done. It stands under “Done”, if you want to look at it again."))


def _file(form: TickForm) -> doing.Shown | None:
    file = form.file.data
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    return doing.Shown(data=file.read(), file_name=file.filename, kind=form.kind.data)


@blueprint.post("/campaigns/to-do/<public_id>/reopen")
@requires(P.TASKS_WRITE)
def reopen_task(public_id: str) -> BaseResponse:
    """Let a task be still to do."""
    doing.reopen_task(task_id=_own(public_id).id, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.task", public_id=public_id), _("It is still to be done."))


@blueprint.post("/campaigns/to-do/<public_id>/owner")
@requires(P.TASKS_WRITE)
def give_task(public_id: str) -> BaseResponse:
    """Let a colleague do a task."""
    found, to = _own(public_id), request.form.get("owner", "")
    doing.give_task(task_id=found.id, to=to or None, by=current_actor(), now=clock.now())
    words = _("It stands on their to-do now.") if to else _("It is nobody's now.")
    return web.go(url_for("campaigns.task", public_id=public_id), words)


@blueprint.post("/campaigns/to-do/<public_id>/day")
@requires(P.TASKS_WRITE)
def date_task(public_id: str) -> BaseResponse:
    """Give something beside a campaign another day."""
    found, form = _own(public_id), DayForm()
    if not form.validate_on_submit():
        return _page(found, day_form=form, status=422)
    try:
        doing.date_task(task_id=found.id, on=form.on.data, by=current_actor(), now=clock.now())
    except DomainError as reason:
        form.on.errors = [reason.message]
        return _page(found, day_form=form, status=reason.status)
    return web.go(url_for("campaigns.task", public_id=public_id), _("The day is changed."))


@blueprint.post("/campaigns/to-do/<public_id>/proof")
@requires(P.CLAIMS_WRITE)
def use_as_proof(public_id: str) -> BaseResponse:
    """Give the file of a task to a funded activity of its campaign as evidence."""
    found, activity = _own(public_id), request.form.get("activity", "")
    doing.use_as_proof(task_id=found.id, activity_id=activity, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.task", public_id=public_id), _("The claim of this activity has it as evidence."))


@blueprint.get("/campaigns/to-do/<public_id>/file")
@requires(P.LAUNCHES_READ)
@serves_file
def task_file(public_id: str) -> Response:
    """Answer with the file that shows what was done, as it was written anew."""
    found = _own(public_id)
    data = runtime.store().get(require(require(result_of(found.id)).blob))
    kind, ending = ("application/pdf", "pdf") if data[:5] == PDF else ("image/png", "png")
    if data[:2] == b"\xff\xd8":
        kind, ending = "image/jpeg", "jpg"
    return send_file(BytesIO(data), mimetype=kind, as_attachment=True, download_name=f"{found.public_id}.{ending}")
