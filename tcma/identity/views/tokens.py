"""Keys to the API, and the audit trail: what administrators look after."""

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity import queries
from tcma.identity.access import requires
from tcma.identity.forms import TokenForm
from tcma.identity.operations import tokens as keys
from tcma.identity.permissions import Permission
from tcma.identity.views import blueprint
from tcma.identity.words import PERMISSION_WORDS


def _form() -> TokenForm:
    form = TokenForm()
    form.scopes.choices = [(scope, PERMISSION_WORDS[Permission(scope)]) for scope in keys.scopes_for(current_actor())]
    return form


@blueprint.get("/tokens", endpoint="tokens")
@requires(Permission.TOKENS_WRITE)
def show_tokens() -> Response:
    """Show the company's keys."""
    return _page(_form())


@blueprint.post("/tokens")
@requires(Permission.TOKENS_WRITE)
def make_token() -> Response:
    """Make a key and show it, this once."""
    form = _form()
    if form.validate_on_submit():
        try:
            token, secret = keys.make_token(
                name=form.name.data,
                scopes=form.scopes.data,
                days=int(form.days.data),
                by=current_actor(),
                now=clock.now(),
            )
        except DomainError as reason:
            form[reason.field or "name"].errors = [reason.message]
        else:
            return web.render("identity/token_made.html", token=token, secret=secret)
    return _page(form, status=422)


@blueprint.post("/tokens/<token_id>/revoke")
@requires(Permission.TOKENS_WRITE)
def revoke_token(token_id: str) -> Response:
    """Take a key out of use."""
    token = keys.revoke_token(token_id=token_id, by=current_actor(), now=clock.now())
    return web.go(url_for("identity.tokens"), _("“%(name)s” no longer works.", name=token.name), kind="info")


def _page(form: TokenForm, *, status: int = 200) -> Response:
    return web.render(
        "identity/tokens.html",
        status=status,
        form=form,
        tokens=queries.tokens(current_actor()),
        words=PERMISSION_WORDS,
        now=clock.now(),
    )


@blueprint.get("/audit", endpoint="trail")
@requires(Permission.AUDIT_READ)
def show_trail() -> Response:
    """Show what was done here, by whom, when."""
    search = request.args.get("q", "")[:80]
    found = queries.trail(current_actor(), search=search, page=request.args.get("page", 1, type=int))
    return web.render("identity/trail.html", "identity/_trail_rows.html", found=found, search=search)
