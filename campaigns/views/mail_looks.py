"""The page of one mail: as wide as a desktop or a phone shows it, in light and in dark."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from assets.library.brands import brand_from
from campaigns.dark_mails import lost_in_dark
from campaigns.mails import MailLook, mail_step
from campaigns.manifest.mail import has_dark_styles
from campaigns.stages import Stage
from campaigns.values import filled_for_reader
from campaigns.views import blueprint
from campaigns.views.pieces import way_back
from campaigns.views.staging import stage_at
from tcma.core import web
from tcma.core.origins import address_of
from tcma.identity.access import requires
from tcma.identity.permissions import P

DESKTOP, PHONE = "desktop", "phone"


@blueprint.get("/looks/<kind>/<public_id>/mails/<step>/looks")
@requires(P.KITS_READ)
def mail_look(kind: str, public_id: str, step: str) -> Response:
    """One mail in its frame; `screen` (desktop, phone) and `look` (light, dark, inverted) choose how."""
    stage = stage_at(kind, public_id)
    mail = mail_step(stage.content, step)
    screen = PHONE if request.args.get("screen") == PHONE else DESKTOP
    look = request.args.get("look", MailLook.LIGHT, type=MailLook)
    where: dict[str, Any] = {"kind": kind, "public_id": public_id, **stage.query}
    chosen = {**where, "step": step, "screen": screen, "look": look.value}
    return web.render(
        "campaigns/mail_look.html",
        subject=_said(stage, mail.subject),
        preheader=_said(stage, mail.preheader),
        frame=address_of("campaigns.mail", step=step, look=look.value, **where),
        screen=screen,
        look=look,
        mails=[
            _choice(_said(stage, one.subject), chosen, step=one.key, current=one.key == step)
            for one in stage.content.mails
        ],
        screens=[
            _choice(_("Desktop"), chosen, screen=DESKTOP, current=screen == DESKTOP, icon="monitor"),
            _choice(_("Phone"), chosen, screen=PHONE, current=screen == PHONE, icon="smartphone"),
        ],
        looks=[
            _choice(words, chosen, look=one.value, current=one is look, icon=icon)
            for one, words, icon in (
                (MailLook.LIGHT, _("Light"), "sun"),
                (MailLook.DARK, _("Dark"), "moon"),
                (MailLook.INVERTED, _("Inverted"), "contrast"),
            )
        ],
        has_dark=has_dark_styles(stage.content.kit.mails.get(mail.body, "")),
        lost=lost_in_dark(stage.content, mail, brand=brand_from(stage.side.brand, stage.side.language)),
        back=way_back(stage),
    )


def _said(stage: Stage, words: Any) -> str:
    return filled_for_reader(stage.content.words(words, stage.side.language), stage.side.fields)


def _choice(
    label: str, chosen: dict[str, Any], *, current: bool, icon: str | None = None, **other: str
) -> dict[str, Any]:
    return {
        "label": label,
        "url": url_for("campaigns.mail_look", **{**chosen, **other}),
        "current": current,
        "icon": icon,
    }
