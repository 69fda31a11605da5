"""The frame around every page for people who are signed in: the menu of their side, their companies, themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from tcma.core import clock
from tcma.core.db import reading
from tcma.core.tenancy import current_actor
from tcma.identity import presence
from tcma.identity.models import OrganisationKind, Role
from tcma.identity.permissions import Permission
from tcma.identity.words import ROLE_WORDS

MOST_ENTRIES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the menu: shown on its side to those who hold the permission, and to `roles` only, if given."""

    label: Any
    endpoint: str
    icon: str
    permission: Permission
    side: OrganisationKind
    roles: frozenset[Role] = frozenset()

    def is_for(self, found: presence.Presence) -> bool:
        """Whether the person in this seat sees the entry."""
        return (
            self.side is found.seat.org_kind
            and found.actor.may(self.permission)
            and (not self.roles or found.seat.role in self.roles)
        )


def init_app(app: Flask, navigation: Sequence[Entry]) -> None:
    """Give the templates of `app` what the frame reads."""

    def frame() -> dict[str, Any]:
        # Other people's pages set some of these themselves; what a view passes in is stronger.
        found = g.get("presence")
        return _frame(found, navigation) if found else {}

    app.context_processor(frame)


def _frame(found: presence.Presence, navigation: Sequence[Entry]) -> dict[str, Any]:
    return {
        "nav": _menu(found, navigation),
        "organisation": {"name": found.seat.org_name, "logo_url": None, "kind": found.seat.org_kind.value},
        "memberships": _Memberships(found),
        "user": found.person,
        "user_menu": _user_menu(),
        "demo_clock": _demo_clock(),
    }


def _menu(found: presence.Presence, navigation: Sequence[Entry]) -> list[dict[str, Any]]:
    shown = [entry for entry in navigation if entry.endpoint in current_app.view_functions and entry.is_for(found)]
    return [
        {
            "label": entry.label,
            "url": url_for(entry.endpoint),
            "icon": entry.icon,
            "current": _is_current(url_for(entry.endpoint)),
        }
        for entry in shown[:MOST_ENTRIES]
    ]


def _is_current(address: str) -> bool:
    return request.path == address or request.path.startswith(f"{address.rstrip('/')}/")


class _Memberships(list[dict[str, Any]]):
    """The person's companies. They are read from the database when a page asks, and not for fragments."""

    def __init__(self, found: presence.Presence) -> None:
        super().__init__()
        self.found: presence.Presence | None = found

    def _read(self) -> None:
        if self.found is None:
            return
        here, self.found = self.found, None
        with reading():
            seats = presence.of_user(here.person.id)
        self.extend(
            {
                "name": one.seat.org_name,
                "role": ROLE_WORDS[one.seat.role],
                "url": url_for("identity.change_company", membership_id=one.seat.public_id),
                "current": one.seat.id == here.seat.id,
            }
            for one in seats
        )

    def __len__(self) -> int:
        self._read()
        return super().__len__()

    def __iter__(self) -> Any:
        self._read()
        return super().__iter__()


def _user_menu() -> list[dict[str, Any]]:
    may = current_actor().may
    entries: list[tuple[str, str, str, bool]] = [
        (_("My account"), "identity.account", "circle-user", True),
        (_("Brand profile"), "partners.brand", "palette", may(Permission.BRAND_WRITE)),
        (_("Brand and guideline"), "partners.vendor_brand", "palette", may(Permission.GUIDELINE_WRITE)),
        (_("Connections"), "social.connections", "plug", may(Permission.CONNECTIONS_WRITE)),
        (_("Mail sender"), "senders.sender", "mail", may(Permission.CONNECTIONS_WRITE)),
        (_("People in my company"), "identity.members", "users", may(Permission.MEMBERS_WRITE)),
        (_("Keys to the API"), "identity.tokens", "key", may(Permission.TOKENS_WRITE)),
        (_("Audit trail"), "identity.trail", "history", may(Permission.AUDIT_READ)),
    ]
    menu = [
        {"label": label, "url": url_for(endpoint), "icon": icon, "post": False}
        for label, endpoint, icon, allowed in entries
        if allowed and endpoint in current_app.view_functions
    ]
    return [*menu, {"label": _("Sign out"), "url": url_for("identity.sign_out"), "icon": "log-out", "post": True}]


def _demo_clock() -> dict[str, Any] | None:
    from flask_babel import format_datetime

    if not current_app.config["TCMA_DEMO"]:
        return None
    return {
        "label": _("Demo time: %(time)s", time=format_datetime(clock.now(), "medium")),
        "url": url_for("demo.clock_forward"),
        "back": request.full_path.rstrip("?") if request.method == "GET" else "",
        "moves": [("hour", _("+1 hour")), ("day", _("+1 day")), ("week", _("+1 week"))],
    }
