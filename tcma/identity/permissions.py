"""What may be done, and by which role: one enum, one table."""

from enum import StrEnum

from tcma.identity.models import OrganisationKind, Role


class Permission(StrEnum):
    """`resource:action`. A route names one; a role holds some."""

    HOME_READ = "home:read"
    BRAND_WRITE = "brand:write"
    GUIDELINE_WRITE = "guideline:write"
    CONNECTIONS_WRITE = "connections:write"
    MEMBERS_WRITE = "members:write"
    TOKENS_WRITE = "tokens:write"
    KITS_READ = "kits:read"
    KITS_WRITE = "kits:write"
    KITS_PUBLISH = "kits:publish"
    LAUNCHES_READ = "launches:read"
    LAUNCHES_WRITE = "launches:write"
    EVENTS_HOST = "events:host"
    TASKS_WRITE = "tasks:write"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    LEADS_DISTRIBUTE = "leads:distribute"
    DEALS_WRITE = "deals:write"
    PARTNERS_READ = "partners:read"
    PARTNERS_WRITE = "partners:write"
    GROUPS_WRITE = "groups:write"
    FUNDS_READ = "funds:read"
    FUNDS_WRITE = "funds:write"
    REQUESTS_WRITE = "requests:write"
    REQUESTS_DECIDE = "requests:decide"
    CLAIMS_WRITE = "claims:write"
    CLAIMS_DECIDE = "claims:decide"
    SETTLEMENTS_RELEASE = "settlements:release"
    RESULTS_READ = "results:read"
    AUDIT_READ = "audit:read"


P = Permission

_PARTNER_READS = {P.HOME_READ, P.KITS_READ, P.LAUNCHES_READ, P.LEADS_READ, P.FUNDS_READ, P.RESULTS_READ}
_PARTNER_MARKETS = _PARTNER_READS | {
    P.LAUNCHES_WRITE,
    P.EVENTS_HOST,
    P.TASKS_WRITE,
    P.CONTACTS_READ,
    P.CONTACTS_WRITE,
    P.BRAND_WRITE,
    P.REQUESTS_WRITE,
    P.CLAIMS_WRITE,
}
_PARTNER_SELLS = _PARTNER_READS | {P.LEADS_WRITE, P.DEALS_WRITE, P.CONTACTS_READ, P.EVENTS_HOST, P.TASKS_WRITE}
_VENDOR_READS = {P.HOME_READ, P.KITS_READ, P.PARTNERS_READ, P.RESULTS_READ}

ROLES: dict[tuple[OrganisationKind, Role], frozenset[Permission]] = {
    (OrganisationKind.PARTNER, Role.ADMIN): frozenset(
        _PARTNER_MARKETS | _PARTNER_SELLS | {P.CONNECTIONS_WRITE, P.MEMBERS_WRITE, P.TOKENS_WRITE, P.AUDIT_READ}
    ),
    (OrganisationKind.PARTNER, Role.MARKETER): frozenset(_PARTNER_MARKETS | {P.CONNECTIONS_WRITE}),
    (OrganisationKind.PARTNER, Role.SALES): frozenset(_PARTNER_SELLS),
    (OrganisationKind.PARTNER, Role.VIEWER): frozenset(_PARTNER_READS),
    (OrganisationKind.VENDOR, Role.ADMIN): frozenset(
        _VENDOR_READS
        | {
            P.KITS_WRITE,
            P.KITS_PUBLISH,
            P.GUIDELINE_WRITE,
            P.PARTNERS_WRITE,
            P.GROUPS_WRITE,
            P.LEADS_DISTRIBUTE,
            P.LEADS_READ,
            P.FUNDS_READ,
            P.FUNDS_WRITE,
        }
        | {P.MEMBERS_WRITE, P.TOKENS_WRITE, P.AUDIT_READ, P.DEALS_WRITE}
    ),
    (OrganisationKind.VENDOR, Role.MARKETER): frozenset(
        _VENDOR_READS
        | {P.KITS_WRITE, P.KITS_PUBLISH, P.GUIDELINE_WRITE, P.GROUPS_WRITE, P.LEADS_DISTRIBUTE, P.LEADS_READ}
    ),
    (OrganisationKind.VENDOR, Role.CAM): frozenset(
        _VENDOR_READS
        | {P.PARTNERS_WRITE, P.GROUPS_WRITE, P.LEADS_DISTRIBUTE, P.LEADS_READ, P.FUNDS_READ, P.DEALS_WRITE}
    ),
    (OrganisationKind.VENDOR, Role.MDF_APPROVER): frozenset(
        _VENDOR_READS | {P.FUNDS_READ, P.REQUESTS_DECIDE, P.CLAIMS_DECIDE}
    ),
    (OrganisationKind.VENDOR, Role.FINANCE): frozenset(
        _VENDOR_READS | {P.FUNDS_READ, P.FUNDS_WRITE, P.SETTLEMENTS_RELEASE, P.AUDIT_READ}
    ),
    (OrganisationKind.VENDOR, Role.VIEWER): frozenset(_VENDOR_READS),
}


def permissions_of(kind: OrganisationKind, role: Role) -> frozenset[Permission]:
    """Return what a role may do in an organisation of this kind; nothing where the role does not exist."""
    return ROLES.get((kind, role), frozenset())
