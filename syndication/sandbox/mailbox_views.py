"""The mailbox page of the demo. Its blueprint is registered in the demo only."""

import sqlalchemy as sa
from flask import Blueprint, Response, request

from syndication.models import MailboxMail
from syndication.sandbox.mailbox import PER_PAGE, Letter, mails_page, neighbours
from tcma.core import runtime, web
from tcma.core.db import require, session
from tcma.core.origins import serves_file
from tcma.identity.access import public

blueprint = Blueprint("mailbox", __name__)

HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: {files} {base}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {base}; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@blueprint.get("/demo/mailbox")
@public
def mails() -> Response:
    """Everything that would have gone out, the latest first."""
    page, words = max(request.args.get("page", 1, type=int), 1), request.args.get("q", "").strip()
    found, total = mails_page(words=words, page=page)
    pages = max(1, -(-total // PER_PAGE))
    return web.render(
        "syndication/mailbox.html",
        "syndication/_mailbox_rows.html",
        mails=found,
        total=total,
        page_number=page,
        pages=pages,
        words=words,
    )


@blueprint.get("/demo/mailbox/<public_id>")
@public
def mail(public_id: str) -> Response:
    """One mail, as its reader sees it."""
    found = _mail(public_id)
    later, earlier = neighbours(found)
    return web.render(
        "syndication/mailbox_mail.html", mail=found, letter=Letter.of(found.content), later=later, earlier=earlier
    )


@blueprint.get("/demo/mailbox/<public_id>/html")
@public
@serves_file
def mail_html(public_id: str) -> Response:
    """The HTML of a mail, for a frame that lets nothing run."""
    settings = runtime.settings()
    answer = Response(Letter.of(_mail(public_id).content).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = HTML_POLICY.format(files=settings.files_url, base=settings.base_url)
    return answer


@blueprint.get("/demo/mailbox/<public_id>/source")
@public
def mail_source(public_id: str) -> Response:
    """The mail as it went over the wire."""
    return Response(_mail(public_id).content, mimetype="text/plain")


def _mail(public_id: str) -> MailboxMail:
    return require(session.scalar(sa.select(MailboxMail).where(MailboxMail.public_id == public_id)))
