"""What roles and permissions are called where people choose them."""

from flask_babel import lazy_gettext as _

from tcma.identity.models import Role
from tcma.identity.permissions import Permission

ROLE_WORDS = {
    Role.ADMIN: _("Administrator"),
    Role.MARKETER: _("Marketing"),
    Role.CAM: _("Channel account manager"),
    Role.MDF_APPROVER: _("MDF approver"),
    Role.FINANCE: _("Finance"),
    Role.SALES: _("Sales"),
    Role.VIEWER: _("Read only"),
}

PERMISSION_WORDS = {
    Permission.HOME_READ: _("See the home page's figures"),
    Permission.BRAND_WRITE: _("Change the brand profile"),
    Permission.GUIDELINE_WRITE: _("Change the vendor's brand and guideline"),
    Permission.CONNECTIONS_WRITE: _("Connect networks and mailboxes"),
    Permission.MEMBERS_WRITE: _("Invite and remove people"),
    Permission.TOKENS_WRITE: _("Make and revoke keys"),
    Permission.KITS_READ: _("See kits"),
    Permission.KITS_WRITE: _("Change kits"),
    Permission.KITS_PUBLISH: _("Publish kits"),
    Permission.LAUNCHES_READ: _("See campaigns"),
    Permission.LAUNCHES_WRITE: _("Start and stop campaigns"),
    Permission.EVENTS_HOST: _("Host events and check people in"),
    Permission.TASKS_WRITE: _("Give tasks to colleagues and tick them off"),
    Permission.CONTACTS_READ: _("See contacts"),
    Permission.CONTACTS_WRITE: _("Import and change contacts"),
    Permission.LEADS_READ: _("See leads"),
    Permission.LEADS_WRITE: _("Work leads"),
    Permission.LEADS_DISTRIBUTE: _("Enter leads and pass them on"),
    Permission.DEALS_WRITE: _("Register and change deals"),
    Permission.PARTNERS_READ: _("See partners"),
    Permission.PARTNERS_WRITE: _("Invite and change partners"),
    Permission.GROUPS_WRITE: _("Make groups of partners"),
    Permission.FUNDS_READ: _("See funds, requests and claims"),
    Permission.FUNDS_WRITE: _("Change budgets and funds"),
    Permission.REQUESTS_WRITE: _("Ask for funds"),
    Permission.REQUESTS_DECIDE: _("Decide on requests"),
    Permission.CLAIMS_WRITE: _("Hand in claims"),
    Permission.CLAIMS_DECIDE: _("Decide on claims"),
    Permission.SETTLEMENTS_RELEASE: _("Release payments"),
    Permission.RESULTS_READ: _("See results"),
    Permission.AUDIT_READ: _("Read the audit trail"),
}
