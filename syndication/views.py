"""Public pages: the landing page of a launch and its form, its pictures, and a mail in the browser.

A GET shows and changes nothing; an answer is a POST, without cookie or sign-in.
"""

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from assets.library.brands import brand_from
from campaigns.models import Launch
from campaigns.queries.launches import own_launch
from campaigns.views.public import TOKENS
from syndication.events.seat_links import event_slug
from syndication.media import media_of
from syndication.pages.answers import BAIT, form_token, read_form, take_answer
from syndication.pages.frame import closed, frame, page, speak, visit, visited
from syndication.pages.showing import address_at, click_in, is_over, launch_at, open_event, shown_launch
from syndication.pages.web_view import mail_in_browser
from tcma.core import clock, runtime, web
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.limits import PUBLIC_FORM, limiter
from tcma.core.links import Purpose
from tcma.core.origins import serves_file
from tcma.core.tenancy import acting, current_actor
from tcma.identity.access import public, public_post

blueprint = Blueprint("syndication", __name__)

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: {files}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
CLICK = "c"


@blueprint.get("/p/<slug>")
@public
def landing_page(slug: str) -> Response:
    """The page that mails, posts and flyers lead to."""
    with visited(slug):
        launch = launch_at(address_at(slug, "page"))
        if is_over(launch):
            return closed(launch)
        return _landing(launch, values={}, errors={})


def _landing(launch: Launch, *, values: Any, errors: Any, status: int = 200) -> Response:
    now, token = clock.now(), request.values.get(CLICK, "")
    click = click_in(token, launch)
    shown = shown_launch(launch, click.language if click else request.args.get("lang", ""))
    speak(shown.language)
    event = open_event(launch.id, now=now)
    return page(
        "public/landing.html",
        status=status,
        page=shown.page,
        values=values,
        errors=errors,
        event=event,
        event_url=url_for("attending.event_page", slug=event_slug(launch, event)) if event else None,
        action=url_for("syndication.answer", slug=launch.page_slug),
        form_token=form_token(launch.id, now=now),
        click=token if click else "",
        bait=BAIT,
        share_url=request.base_url,
        **frame(shown),
    )


@blueprint.post("/p/<slug>")
@limiter.limit(PUBLIC_FORM)
@public_post
def answer(slug: str) -> BaseResponse:
    """Take an answer, whatever has become of the campaign since the page was opened."""
    with visited(slug) as (visitor, _launch_id):
        launch = launch_at(address_at(slug, "page"))
        click = click_in(request.form.get(CLICK, ""), launch)
        shown = shown_launch(launch, request.form.get("language", ""))
        speak(shown.language)
        filled = read_form(shown.form["fields"], request.form)
        if filled.errors:
            values = {**filled.values, "consent": filled.consent}
            return _landing(launch, values=values, errors=filled.errors, status=422)
        now = clock.now()
        take_answer(shown=shown, filled=filled, visit=visit(launch, click), by=visitor, now=now)
        session.flush()
        return web.go(url_for("syndication.thanks", slug=slug, lang=shown.language))


@blueprint.get("/p/<slug>/thanks")
@public
def thanks(slug: str) -> Response:
    """What comes next, and what was promised for the answer."""
    with visited(slug):
        launch = launch_at(address_at(slug, "page"))
        shown = shown_launch(launch, request.args.get("lang", ""))
        speak(shown.language)
        asset = shown.form.get("asset")
        event = open_event(launch.id, now=clock.now())
        return page(
            "public/thanks.html",
            thank_you=shown.form["thank_you"],
            document_url=shown.media.document(asset) if asset else None,
            picture_url=shown.media(f"collateral:{asset}") if asset else None,
            event=event,
            event_url=url_for("attending.event_page", slug=event_slug(launch, event)) if event else None,
            robots="noindex",
            **frame(shown),
        )


@blueprint.get("/m/<token>/<digest>/<path:path>")
@public
@serves_file
def media(token: str, digest: str, path: str) -> Response:
    """A picture of a launch, for mails, pages and whoever keeps them; the address changes when the picture does."""
    del digest  # it names what is in the picture, for caches
    vendor_id, partner_id, launch_id = runtime.links().read(token, Purpose.MEDIA)
    with acting(Actor.system("visitor", vendor_id=vendor_id, partner_id=partner_id)):
        launch = own_launch(launch_id, actor=current_actor())
        if path == "brand.css":
            answer = Response(_sheet(shown_launch(launch).side.brand), mimetype="text/css")
        else:
            found = media_of(launch, path)
            answer = Response(found.data, mimetype=found.media_type)
    if answer.mimetype == "application/pdf":
        answer.headers["Content-Disposition"] = f'attachment; filename="{path.rpartition("/")[2]}"'
    # A kit may be withdrawn: then its pictures are to go dark within the hour wherever they are shown.
    answer.headers["Cache-Control"] = FOR_GOOD if path == "brand.css" else FOR_AN_HOUR
    return answer


def _sheet(values: Any) -> str:
    brand = brand_from({**values, "logo_blob": "", "logo_dark_blob": ""}, "en")
    lines = (f"--brand-{name.replace('_', '-')}: {brand.token(name).hex};" for name in TOKENS)
    return f":root {{ {' '.join(lines)} }}\n"


@blueprint.get("/v/<token>")
@public
@serves_file
def mail_view(token: str) -> Response:
    """A mail as its one recipient got it."""
    (delivery_id,) = runtime.links().read(token, Purpose.VIEW)
    answer = Response(mail_in_browser(delivery_id), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY.format(files=runtime.settings().files_url)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
