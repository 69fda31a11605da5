"""Who acts: a member of an organisation, an API token, a signed link from a mail, or the system."""

from dataclasses import dataclass, replace
from enum import StrEnum


class ActorKind(StrEnum):
    """What stands behind a command."""

    MEMBER = "member"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    MAIL_LINK = "mail_link"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, with the organisation whose rows are in reach and the permissions held there.

    `vendor_id` and `partner_id` narrow every query. A member has exactly one of the two; the
    system takes them from the row that it works on. `on_behalf_of` names the organisation that gave
    a mandate.
    """

    kind: ActorKind
    label: str
    user_id: int | None = None
    membership_id: int | None = None
    vendor_id: int | None = None
    partner_id: int | None = None
    permissions: frozenset[str] = frozenset()
    on_behalf_of: int | None = None
    sees_everything: bool = False

    @property
    def org_id(self) -> int | None:
        """The organisation that acts: the vendor of a vendor's member, the partner of a partner's."""
        return self.vendor_id if self.vendor_id is not None else self.partner_id

    @property
    def is_vendor(self) -> bool:
        """Whether a vendor's member or token acts."""
        return self.vendor_id is not None and self.partner_id is None

    @property
    def is_partner(self) -> bool:
        """Whether a partner's member or token acts."""
        return self.partner_id is not None and self.vendor_id is None

    def may(self, permission: str) -> bool:
        """Tell whether `permission` is held. The system holds all; it asks for no more than its row."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def at(self, *, vendor_id: int | None = None, partner_id: int | None = None) -> "Actor":
        """Return the same actor narrowed to another tenant; only the system may move so."""
        if self.kind is not ActorKind.SYSTEM:
            message = "only the system changes the tenant it works for"
            raise ValueError(message)
        return replace(self, vendor_id=vendor_id, partner_id=partner_id)

    @classmethod
    def system(cls, label: str, *, vendor_id: int | None = None, partner_id: int | None = None) -> "Actor":
        """Return the actor of a background task, narrowed to the tenant of the row it works on."""
        return cls(ActorKind.SYSTEM, f"system:{label}", vendor_id=vendor_id, partner_id=partner_id)

    @classmethod
    def anonymous(cls) -> "Actor":
        """Return nobody: no tenant row is in reach."""
        return cls(ActorKind.ANONYMOUS, "anonymous")

    @classmethod
    def reader(cls, label: str) -> "Actor":
        """Return the read-only actor of `tcma verify` and the roll-ups: it sees all and writes nothing."""
        return cls(ActorKind.SYSTEM, f"reader:{label}", sees_everything=True)
