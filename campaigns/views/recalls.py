"""Recalls: the vendor sees who still holds what; a partner says, from the mail or signed in, that it is gone."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from assets.library import governance
from assets.library.governance import RemindedAlready
from assets.library.models import Recall, RecallNotice
from campaigns.operations.recalling import BEGIN, MINUTE
from campaigns.queries.recalls import KnownVersion, known_version
from campaigns.views import blueprint
from tcma.core import clock, limits, runtime, tenancy, web
from tcma.core.actor import ActorKind
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.limits import limiter
from tcma.core.links import Purpose
from tcma.core.tenancy import current_actor
from tcma.identity import presence
from tcma.identity.access import public, public_post, requires
from tcma.identity.permissions import P
from tcma.identity.presence import Presence

LIFE = timedelta(days=30)


class LinkIsOver(DomainError):
    """The link is too old, or its person no longer works with files there."""

    status = 410


def _own_recall(public_id: str) -> Recall:
    return require(governance.recall_by(public_id, vendor_id=require(current_actor().vendor_id)))


@blueprint.get("/recalls/<public_id>")
@requires(P.KITS_READ)
def recall_page(public_id: str) -> Response:
    """How far a recall has come: every holder, what it has, when it was told, when it confirmed."""
    recall, number = _own_recall(public_id), max(request.args.get("page", 1, int), 1)
    waiting = request.args.get("show") == "waiting"
    rows, total = governance.notices_page(recall.id, waiting_only=waiting, page=number)
    return web.render(
        "campaigns/recall.html",
        recall=recall,
        version=_withdrawn(recall.kit_version_id).version,
        title=_title(_withdrawn(recall.kit_version_id)),
        done=governance.completion_of(recall.id),
        rows=rows,
        waiting=waiting,
        number=number,
        pages=-(-total // governance.PER_PAGE),
        may_publish=current_actor().may(P.KITS_PUBLISH),
    )


def _withdrawn(kit_version_id: int) -> KnownVersion:
    return require(known_version(kit_version_id))


def _title(found: KnownVersion) -> str:
    locale = get_locale()
    return found.title(locale.language if locale else "en")


@blueprint.get("/recalls/<public_id>/files.csv")
@requires(P.KITS_READ)
def recall_files(public_id: str) -> Response:
    """Answer with a line for each file that was made from the withdrawn version."""
    recall, out = _own_recall(public_id), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["partner", "piece", "format", "language", "code", "downloads", "made_at"])
    for line in governance.every_file(recall.kit_version_id):
        writer.writerow([_plain(str(value)) for value in line.values()])
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="withdrawn-files.csv"'
    return answer


def _plain(cell: str) -> str:
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


@blueprint.post("/recalls/<public_id>/remind")
@requires(P.KITS_PUBLISH)
def remind_holders(public_id: str) -> BaseResponse:
    """Write again to everybody who has not confirmed."""
    recall = _own_recall(public_id)
    where = url_for("campaigns.recall_page", public_id=public_id)
    try:
        count = governance.remind_holders(recall=recall, by=current_actor(), now=clock.now())
    except RemindedAlready as reason:
        return web.go(where, reason.message, kind="danger")
    return web.go(where, ngettext("One partner is reminded.", "%(num)s partners are reminded.", count))


@blueprint.get("/withdrawn")
@requires(P.LAUNCHES_READ)
def notices() -> Response:
    """What the partner was asked to throw away and has not confirmed yet."""
    partner_id = require(current_actor().partner_id)
    shown = [_shown(notice) for notice in governance.open_notices(partner_id=partner_id)]
    return web.render("campaigns/withdrawn.html", notices=shown, may_confirm=current_actor().may(P.LAUNCHES_WRITE))


@blueprint.post("/withdrawn/notices/<public_id>")
@requires(P.LAUNCHES_WRITE)
def confirm_notice(public_id: str) -> BaseResponse:
    """Confirm that the files of one withdrawn version are gone."""
    actor = current_actor()
    notice = require(governance.notice_by(public_id, partner_id=require(actor.partner_id)))
    governance.confirm_recall(notice=notice, by=actor, now=clock.now())
    return web.go(url_for("campaigns.notices"), _("Confirmed. Thank you: the vendor sees it at once."))


@blueprint.get("/withdrawn/<token>")
@public
def mailed_notice(token: str) -> Response:
    """Show what is withdrawn and which files the partner has of it. Looking changes nothing."""
    found, notice = _pressed(token)
    return web.render(
        "campaigns/mailed_notice.html",
        token=token,
        organisation={"name": found.seat.org_name, "logo_url": None},
        **_shown(notice),
    )


@blueprint.post("/withdrawn/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def confirm_mailed_notice(token: str) -> BaseResponse:
    """Confirm from the mail. Pressing twice confirms once."""
    _found, notice = _pressed(token)
    governance.confirm_recall(notice=notice, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.mailed_notice", token=token))


def _shown(notice: RecallNotice) -> dict[str, Any]:
    found = _withdrawn(notice.kit_version_id)
    return {
        "notice": notice,
        "kit": _title(found),
        "reason": found.version.recall_reason or "",
        "vendor": found.vendor,
        "files": governance.files_held(kit_version_id=notice.kit_version_id, partner_id=notice.partner_id),
    }


def _pressed(token: str) -> tuple[Presence, RecallNotice]:
    """Let the holder of the link act and read in this request, in their own language."""
    membership_id, notice_id, minute = runtime.links().read(token, Purpose.RECALLED)
    if clock.now() - (BEGIN + minute * MINUTE) > LIFE:
        raise LinkIsOver(_("This link is more than 30 days old. Sign in: what is withdrawn stands on your first page."))
    found = presence.of_member(membership_id)
    if found is None or not found.actor.may(P.LAUNCHES_WRITE):
        raise LinkIsOver(_("You no longer work with files for this company, so this link does nothing."))
    tenancy.enter(replace(found.actor, kind=ActorKind.MAIL_LINK))
    g.user_language, g.user_zone = found.person.locale, found.person.zone
    return found, require(governance.notice(notice_id))
