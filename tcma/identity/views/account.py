"""What a person sees and changes about themselves."""

from flask import g, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, limits, web
from tcma.core.errors import DomainError
from tcma.core.limits import limiter
from tcma.core.tenancy import current_actor
from tcma.identity.access import signed_in
from tcma.identity.forms import AccountForm, ChangePasswordForm
from tcma.identity.operations import account as accounts
from tcma.identity.operations import new_password, signing_in
from tcma.identity.views import blueprint
from tcma.identity.views.signing_in import keep


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """Show name, language, zone and password."""
    return _page(AccountForm(obj=g.user), ChangePasswordForm(formdata=None))


@blueprint.post("/account")
@signed_in
def change_account() -> Response:
    """Keep name, language and zone."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(form, ChangePasswordForm(formdata=None), status=422)
    accounts.change_account(
        name=form.name.data, locale=form.locale.data, zone=form.zone.data, by=current_actor(), now=clock.now()
    )
    session.pop("language", None)
    return web.go(url_for("identity.account"), _("Kept. Pages, times and mails to you follow it from now on."))


@blueprint.post("/account/password")
@limiter.limit(limits.SIGN_IN_PER_ADDRESS, deduct_when=limits.was_refused)
@signed_in
def change_password() -> Response:
    """Set another password; every other browser is signed out, this one gets a new session."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        now, seat = clock.now(), g.presence
        try:
            new_password.change_password(
                present=form.present.data, password=form.password.data, by=current_actor(), now=now
            )
        except DomainError as reason:
            form[reason.field or "password"].errors = [reason.message]
        else:
            keep(signing_in.renew_session(seat=seat, now=now))
            return web.go(
                url_for("identity.account"), _("Your new password is set. You are signed out everywhere else.")
            )
    return _page(AccountForm(formdata=None, obj=g.user), form, status=422)


def _page(account_form: AccountForm, password_form: ChangePasswordForm, *, status: int = 200) -> Response:
    return web.render("identity/account.html", status=status, form=account_form, password_form=password_form)
