"""The people of one's own company."""

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, limits, web
from tcma.core.errors import DomainError
from tcma.core.limits import limiter
from tcma.core.tenancy import current_actor
from tcma.identity import queries
from tcma.identity.access import public, requires
from tcma.identity.forms import InviteForm, JoinForm
from tcma.identity.models import Role
from tcma.identity.operations import invitations, members, signing_in
from tcma.identity.permissions import ROLES, Permission
from tcma.identity.views import blueprint
from tcma.identity.views.signing_in import keep
from tcma.identity.words import ROLE_WORDS


def _roles() -> list[tuple[str, Any]]:
    return [(role.value, ROLE_WORDS[role]) for kind, role in ROLES if kind is g.membership.org_kind]


def _invite_form() -> InviteForm:
    form = InviteForm(role=Role.MARKETER.value)
    form.role.choices = _roles()
    return form


@blueprint.get("/members", endpoint="members")
@requires(Permission.MEMBERS_WRITE)
def show_members() -> Response:
    """Show who works here and who is invited."""
    return _page(_invite_form())


@blueprint.post("/members")
@requires(Permission.MEMBERS_WRITE)
def invite_member() -> Response:
    """Invite a colleague."""
    form = _invite_form()
    if form.validate_on_submit():
        try:
            invitations.invite_member(
                email=form.email.data, role=Role(form.role.data), by=current_actor(), now=clock.now()
            )
        except DomainError as reason:
            form[reason.field or "email"].errors = [reason.message]
        else:
            return web.go(
                url_for("identity.members"),
                _("%(email)s gets a link by mail within a minute; it works for 14 days.", email=form.email.data),
            )
    return _page(form, status=422)


@blueprint.post("/members/<membership_id>/role")
@requires(Permission.MEMBERS_WRITE)
def change_role(membership_id: str) -> Response:
    """Give a colleague another role."""
    wanted = request.form.get("role", "")
    if wanted not in {role for role, _words in _roles()}:
        raise members.NoSuchRole(_("Your company has no such role."))
    members.change_role(membership_id=membership_id, role=Role(wanted), by=current_actor(), now=clock.now())
    return web.go(url_for("identity.members"), _("Done. The new role holds from their next click on."))


@blueprint.post("/members/<membership_id>/remove")
@requires(Permission.MEMBERS_WRITE)
def remove_member(membership_id: str) -> Response:
    """End a colleague's membership."""
    members.remove_member(membership_id=membership_id, by=current_actor(), now=clock.now())
    return web.go(
        url_for("identity.members"), _("Removed. They are signed out, and their keys no longer work."), kind="info"
    )


@blueprint.post("/invitations/<invitation_id>/withdraw")
@requires(Permission.MEMBERS_WRITE)
def withdraw_invitation(invitation_id: str) -> Response:
    """Take an invitation back."""
    invitations.withdraw_invitation(invitation_id=invitation_id, by=current_actor(), now=clock.now())
    return web.go(url_for("identity.members"), _("Withdrawn. The link in the mail no longer works."), kind="info")


def _page(form: InviteForm, *, status: int = 200) -> Response:
    actor = current_actor()
    return web.render(
        "identity/members.html",
        status=status,
        form=form,
        colleagues=queries.colleagues(actor),
        invitations=queries.open_invitations(actor),
        roles=_roles(),
        role_words=ROLE_WORDS,
    )


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> Response:
    """Show what the link invites to; nothing changes yet."""
    return _invitation_page(invitations.read_invitation(token, now=clock.now()), JoinForm())


@blueprint.post("/invitation/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public
def join(token: str) -> Response:
    """Join the company. Somebody new is signed in at once; who has a password signs in with it."""
    now = clock.now()
    invited, form = invitations.read_invitation(token, now=now), JoinForm()
    if invited.user is not None:
        invitations.accept_invitation(token=token, name=None, password=None, now=now)
        return web.go(url_for("identity.start"), _("You are a member of %(name)s now.", name=invited.organisation.name))
    if not form.validate_on_submit():
        return _invitation_page(invited, form, status=422)
    try:
        seat = invitations.accept_invitation(token=token, name=form.name.data, password=form.password.data, now=now)
    except DomainError as reason:
        if not reason.field:
            raise
        form[reason.field].errors = [reason.message]
        return _invitation_page(invited, form, status=422)
    keep(signing_in.renew_session(seat=seat, now=now))
    return web.go(
        url_for("identity.start"), _("Welcome. You are a member of %(name)s now.", name=invited.organisation.name)
    )


def _invitation_page(invited: invitations.Invited, form: JoinForm, *, status: int = 200) -> Response:
    return web.render(
        "identity/invitation.html", status=status, form=form, invited=invited, role=ROLE_WORDS[invited.invitation.role]
    )
