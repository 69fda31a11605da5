"""The way in and out."""

from typing import Any

from flask import current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, limits, web
from tcma.core.limits import limiter
from tcma.core.tenancy import current_actor
from tcma.identity.access import own_address, public, signed_in
from tcma.identity.forms import ForgottenForm, NewPasswordForm, SignInForm
from tcma.identity.operations import new_password, signing_in
from tcma.identity.passwords import WeakPassword
from tcma.identity.views import blueprint

HOME = "insights.home"


def keep(begun: signing_in.Begun) -> None:
    """Put a begun session into the browser's cookie: everything that was in there before is gone."""
    language = session.get("language")
    session.clear()
    session["sid"] = begun.sid
    session.permanent = True
    if language:
        session["language"] = language


@blueprint.get("/")
@public
def start() -> Response:
    """Go to the home of the side that one is on, or to the way in."""
    if g.presence is None:
        return redirect(url_for("identity.sign_in"), code=303)
    known = HOME in current_app.view_functions
    return redirect(url_for(HOME if known else "identity.account"), code=303)


@blueprint.get("/sign-in")
@public
def sign_in() -> Response:
    """Show the way in; who is in already goes on."""
    wanted = own_address(request.args.get("next"))
    if g.presence is not None:
        return redirect(wanted or url_for("identity.start"), code=303)
    return _sign_in_page(SignInForm(next=wanted))


@blueprint.post("/sign-in")
@limiter.limit(limits.SIGN_IN_PER_ADDRESS, deduct_when=limits.was_refused)
@limiter.limit(limits.SIGN_IN_PER_ACCOUNT, key_func=limits.account, deduct_when=limits.was_refused)
@public
def begin() -> Response:
    """Begin a session."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, status=422)
    try:
        begun = signing_in.sign_in(email=form.email.data, password=form.password.data, now=clock.now())
    except signing_in.WrongSignIn as reason:
        return _sign_in_page(form, status=422, refusal=reason.message)
    keep(begun)
    return web.go(own_address(form.next.data) or url_for("identity.start"))


def _sign_in_page(form: SignInForm, *, status: int = 200, **values: Any) -> Response:
    cards = current_app.extensions.get("tcma.sign_in_cards")
    return web.render("identity/sign_in.html", status=status, form=form, cards=cards() if cards else [], **values)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this session."""
    signing_in.sign_out(sid=session["sid"], by=current_actor(), now=clock.now())
    session.clear()
    return web.go(url_for("identity.sign_in"), _("You are signed out."), kind="info")


@blueprint.post("/company/<membership_id>")
@signed_in
def change_company(membership_id: str) -> Response:
    """Act for another of one's companies."""
    begun = signing_in.change_company(
        membership_id=membership_id, sid=session["sid"], by=current_actor(), now=clock.now()
    )
    keep(begun)
    return web.go(
        url_for("identity.start"), _("You now act for %(name)s.", name=begun.presence.seat.org_name), kind="info"
    )


@blueprint.get("/password/forgotten")
@public
def forgotten() -> Response:
    """Ask where the link for a new password should go."""
    return web.render("identity/forgotten.html", form=ForgottenForm())


@blueprint.post("/password/forgotten")
@limiter.limit(limits.NEW_PASSWORD_PER_ADDRESS)
@limiter.limit(limits.NEW_PASSWORD_PER_ACCOUNT, key_func=limits.account)
@public
def ask_for_new_password() -> Response:
    """Let the link be mailed; the answer is the same for every address."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return web.render("identity/forgotten.html", status=422, form=form)
    new_password.ask_for_new_password(email=form.email.data, now=clock.now())
    return web.render("identity/forgotten_sent.html", email=form.email.data)


@blueprint.get("/password/new/<token>")
@public
def choose_password(token: str) -> Response:
    """Show the form behind the link from the mail; nothing changes yet."""
    user = new_password.read_password_link(token, now=clock.now())
    return web.render("identity/new_password.html", form=NewPasswordForm(), email=user.email)


@blueprint.post("/password/new/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public
def set_password(token: str) -> Response:
    """Set the password; all sessions end and the person signs in with it."""
    form = NewPasswordForm()
    user = new_password.read_password_link(token, now=clock.now())
    if form.validate_on_submit():
        try:
            new_password.set_password_by_link(token=token, password=form.password.data, now=clock.now())
        except WeakPassword as reason:
            form.password.errors = [reason.message]
        else:
            session.clear()
            return web.go(url_for("identity.sign_in"), _("Your new password is set. Sign in with it."))
    return web.render("identity/new_password.html", status=422, form=form, email=user.email)
