"""A partner's accounts on networks, what it takes from vendors' streams, and the posts of launches."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import PartnerScoped, SharedScoped


class AccountState(StrEnum):
    """Whether a social account can be posted to."""

    CONNECTED = "connected"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


class SubscriptionMode(StrEnum):
    """How posts of a topic reach an account; the strictest of several wins."""

    AUTO_PUBLISH = "auto_publish"
    REQUIRES_APPROVAL = "requires_approval"
    OFF = "off"


class SocialAccount(Base, PublicId, PartnerScoped):
    """A partner's account on a network; its tokens are sealed and never leave the server.

    A pair of tokens that was just refreshed stands beside the one before, until the new one has been used.
    """

    __tablename__ = "social_account"
    __prefix__ = "soc"
    id: Mapped[Id]
    network: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20), default="company")
    remote_id: Mapped[str] = mapped_column(sa.String(120))
    name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[AccountState] = mapped_column(default=AccountState.CONNECTED)
    mode: Mapped[SubscriptionMode] = mapped_column(default=SubscriptionMode.AUTO_PUBLISH)
    token_sealed: Mapped[bytes | None]
    previous_token_sealed: Mapped[bytes | None]
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    connected_at: Mapped[datetime]
    disconnected_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.String(300))
    __table_args__ = (sa.UniqueConstraint("partner_id", "network", "remote_id"),)


class OAuthState(Base, PartnerScoped):
    """A connection under way: the state parameter, bound to session and tenant, used once."""

    __tablename__ = "oauth_state"
    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    network: Mapped[str] = mapped_column(sa.String(20))
    membership_id: Mapped[int]
    session_digest: Mapped[str] = mapped_column(sa.String(64))
    verifier_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Stream(Base, PublicId, SharedScoped):
    """A partner's subscription to a vendor's flow of posts by topic, per account."""

    __tablename__ = "stream_subscription"
    __prefix__ = "str"
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("social_account.id"))
    topic: Mapped[str] = mapped_column(sa.String(60))
    mode: Mapped[SubscriptionMode] = mapped_column(default=SubscriptionMode.REQUIRES_APPROVAL)
    __table_args__ = (sa.UniqueConstraint("account_id", "vendor_id", "topic"),)


class PostState(StrEnum):
    """Where one post stands."""

    UPCOMING = "upcoming"
    NEEDS_APPROVAL = "needs_approval"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"
    EXPIRED = "expired"
    HELD = "held"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Post(Base, PublicId, SharedScoped):
    """One post of one launch on one account. Doing has one attempt; looking has many.

    `made_for` is the account it was made for, 0 where there was none; `only_if` is what must have happened by its hour,
    as in the kit, and empty when it asks for nothing or a person has said to send it all the same. `sent_at` is when
    bytes may first have gone out, so from then on the network is looked at before anything is done. `reason` is a word
    of the program, `answer` the network's own.
    """

    __tablename__ = "post"
    __prefix__ = "pst"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("social_account.id"))
    network: Mapped[str] = mapped_column(sa.String(20))
    made_for: Mapped[int] = mapped_column(default=0)
    tactic: Mapped[str] = mapped_column(sa.String(80))
    key: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text)
    alt: Mapped[str] = mapped_column(sa.String(500), default="")
    link_url: Mapped[str] = mapped_column(sa.String(300), default="")
    link_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("link.id"))
    rendition_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("rendition.id"))
    state: Mapped[PostState] = mapped_column(default=PostState.SCHEDULED)
    due_at: Mapped[datetime] = mapped_column(index=True)
    only_if: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempt_id: Mapped[str | None] = mapped_column(sa.String(40))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    looks: Mapped[int] = mapped_column(sa.Integer, default=0)
    sent_at: Mapped[datetime | None]
    remote_id: Mapped[str | None] = mapped_column(sa.String(120))
    remote_url: Mapped[str | None] = mapped_column(sa.String(300))
    reason: Mapped[str | None] = mapped_column(sa.String(40))
    answer: Mapped[str | None] = mapped_column(sa.String(300))
    decided_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    decided_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("launch_id", "tactic", "key", "network", "made_for"),)
