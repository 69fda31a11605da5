"""The API about what must not be mailed: a partner's own list, and a vendor's for its campaigns."""

from pydantic import Field

from tcma.contacts import operations
from tcma.contacts.api.ground import blueprint
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission


class Entries(Body):
    """Addresses and domains, such as name@company.com or company.com."""

    entries: list[str] = Field(min_length=1, max_length=10_000)


class Entry(Body):
    """An address or a domain."""

    entry: str = Field(min_length=1, max_length=320)


class BlockedOut(Answer):
    """How many entries are new, how many were on the list, and how many are neither address nor domain."""

    added: int
    known: int
    odd: int


@blueprint.post("/blocked")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(Entries)
@blueprint.output(BlockedOut)
def block(json_data: Entries) -> operations.Blocked:
    """Let nobody here get marketing from the partner, for any vendor."""
    return operations.block(entries=json_data.entries, by=current_actor(), now=clock.now())


@blueprint.post("/blocked/remove")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(Entry)
@blueprint.output(Nothing)
def unblock(json_data: Entry) -> Nothing:
    """Take an entry off the partner's list; what people said themselves stays."""
    operations.unblock(entry=json_data.entry, by=current_actor(), now=clock.now())
    return Nothing()


@blueprint.post("/do-not-mail")
@requires(Permission.PARTNERS_WRITE)
@blueprint.input(Entries)
@blueprint.output(BlockedOut)
def do_not_mail(json_data: Entries) -> operations.Blocked:
    """Let nobody here get a campaign of the vendor, whichever partner sends it."""
    return operations.block(entries=json_data.entries, by=current_actor(), now=clock.now())


@blueprint.post("/do-not-mail/remove")
@requires(Permission.PARTNERS_WRITE)
@blueprint.input(Entry)
@blueprint.output(Nothing)
def mail_again(json_data: Entry) -> Nothing:
    """Take an entry off the vendor's list."""
    operations.unblock(entry=json_data.entry, by=current_actor(), now=clock.now())
    return Nothing()
