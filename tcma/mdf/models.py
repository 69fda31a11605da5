"""Market Development Funds: budgets, requests, claims, proof and the double-entry ledger under them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import SharedScoped, VendorScoped
from tcma.partners.models import ToPartners


class FundState(StrEnum):
    """Where a fund stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED_TO_REQUESTS = "closed_to_requests"
    CLOSED_TO_CLAIMS = "closed_to_claims"
    RECONCILED = "reconciled"


class FundKind(StrEnum):
    """Discretionary funds are asked for; accrued ones are earned."""

    MDF = "mdf"
    CO_OP = "co_op"


class Fund(Base, PublicId, ToPartners):
    """A vendor's budget for its partners' marketing."""

    __tablename__ = "fund"
    __prefix__ = "fnd"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[FundKind] = mapped_column(default=FundKind.MDF)
    state: Mapped[FundState] = mapped_column(default=FundState.OPEN)
    currency: Mapped[str] = mapped_column(sa.String(3))
    rate_percent: Mapped[int] = mapped_column(sa.Integer, default=50)
    starts_on: Mapped[date]
    requests_until: Mapped[date]
    claims_until: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_key: Mapped[str | None] = mapped_column(sa.String(40))  # of the form it came from: a second press finds it
    __table_args__ = (sa.UniqueConstraint("vendor_id", "form_key"),)


class FundSnapshot(Base, VendorScoped):
    """What a fund's accounts held when its period was closed: what was shown then, whatever is posted later."""

    __tablename__ = "fund_snapshot"
    __append_only__ = True
    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("fund.id"))
    period_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("period.id"))
    balances: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("fund_id", "period_id"),)


class Allocation(Base, PublicId, SharedScoped):
    """A partner's share of a fund. What is left of it is read from the ledger."""

    __tablename__ = "allocation"
    __prefix__ = "alc"
    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("fund.id"), index=True)
    lapses_on: Mapped[date]
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("fund_id", "partner_id"),)


class RequestState(StrEnum):
    """Where a request for funds stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_REQUESTED = "info_requested"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class FundRequest(Base, PublicId, SharedScoped):
    """The pre-approval that a partner asks for; each activity in it is decided on its own."""

    __tablename__ = "fund_request"
    __prefix__ = "req"
    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("fund.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    kit_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    state: Mapped[RequestState] = mapped_column(default=RequestState.DRAFT)
    submitted_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    content_hash: Mapped[str | None] = mapped_column(sa.String(64))
    hands: Mapped[list[Any]] = mapped_column(default=list)  # the persons who wrote any of it
    form_key: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "form_key"),)


class ActivityState(StrEnum):
    """Whether an activity has been done."""

    PLANNED = "planned"
    EXECUTING = "executing"
    EXECUTED = "executed"


class ActivityDecision(StrEnum):
    """What the approver said to an activity."""

    PENDING = "pending"
    APPROVED = "approved"
    REDUCED = "reduced"
    DECLINED = "declined"


class Activity(Base, PublicId, SharedScoped):
    """What is to be done for the money: ads, a room, a calling day. Its date picks the period."""

    __tablename__ = "mdf_activity"
    __prefix__ = "act"
    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("fund_request.id"), index=True)
    tactic: Mapped[str | None] = mapped_column(sa.String(80))
    activity_type: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    happens_on: Mapped[date]
    state: Mapped[ActivityState] = mapped_column(default=ActivityState.PLANNED)
    decision: Mapped[ActivityDecision] = mapped_column(default=ActivityDecision.PENDING)
    cost_minor: Mapped[int]
    asked_minor: Mapped[int]
    approved_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    rate_percent: Mapped[int] = mapped_column(sa.Integer)
    proof_wanted: Mapped[list[Any]] = mapped_column(default=list)
    claim_until: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    # What the supplier offered it for, as a file; the decision rests on it.
    quote_blob: Mapped[str | None] = mapped_column(sa.String(200))
    quote_file_name: Mapped[str | None] = mapped_column(sa.String(200))
    quote_digest: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.CheckConstraint("asked_minor >= 0 AND cost_minor >= 0 AND approved_minor >= 0", name="amounts_not_negative"),
        sa.CheckConstraint("approved_minor <= asked_minor", name="approved_within_asked"),
    )


class ProofState(StrEnum):
    """Where a piece of evidence stands."""

    REQUIRED = "required"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    CHANGE_REQUESTED = "change_requested"
    WAIVED = "waived"


class Proof(Base, PublicId, SharedScoped):
    """Evidence that an activity took place: a file, or what the platform itself saw (`facts`).

    Once a claim that rests on it is handed in, it belongs to that claim and is not replaced.
    """

    __tablename__ = "proof"
    __prefix__ = "prf"
    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("mdf_activity.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[ProofState] = mapped_column(default=ProofState.REQUIRED)
    blob: Mapped[str | None] = mapped_column(sa.String(200))
    file_name: Mapped[str | None] = mapped_column(sa.String(200))
    facts: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    claim_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("claim.id"), index=True)
    uploaded_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    at: Mapped[datetime | None]


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_REQUESTED = "info_requested"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    REJECTED = "rejected"
    SETTLEMENT_SCHEDULED = "settlement_scheduled"
    PAID = "paid"
    REVERSED = "reversed"


class Claim(Base, PublicId, SharedScoped):
    """The money asked for afterwards, with its invoice. Approval names the content's hash; no other can be paid."""

    __tablename__ = "claim"
    __prefix__ = "clm"
    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("mdf_activity.id"), index=True)
    legal_entity_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("legal_entity.id"))
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.DRAFT)
    invoice_number: Mapped[str] = mapped_column(sa.String(80), default="")
    invoice_supplier: Mapped[str] = mapped_column(sa.String(200), default="")
    invoice_date: Mapped[date | None]
    invoice_blob: Mapped[str | None] = mapped_column(sa.String(200))
    invoice_file_name: Mapped[str | None] = mapped_column(sa.String(200))
    invoice_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    invoice_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    invoice_total_minor: Mapped[int | None]  # as printed; the lines have to add up to it
    is_last: Mapped[bool] = mapped_column(default=True)  # the rest of the reservation is freed with its decision
    rounding: Mapped[str] = mapped_column(sa.String(20), default="half_up")
    currency: Mapped[str] = mapped_column(sa.String(3))
    hands: Mapped[list[Any]] = mapped_column(default=list)
    submitted_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    content_hash: Mapped[str | None] = mapped_column(sa.String(64))
    decided_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]


class ClaimLine(Base, SharedScoped):
    """A line of a claim: net, tax, code, and what was approved of it."""

    __tablename__ = "claim_line"
    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("claim.id"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer)
    text: Mapped[str] = mapped_column(sa.String(200))
    net_minor: Mapped[int]
    tax_minor: Mapped[int] = mapped_column(default=0)
    tax_code: Mapped[str] = mapped_column(sa.String(20), default="")
    tax_reclaimable: Mapped[bool] = mapped_column(default=True)
    asked_minor: Mapped[int]
    approved_minor: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "position"),
        sa.CheckConstraint("net_minor >= 0 AND tax_minor >= 0 AND asked_minor >= 0", name="amounts_not_negative"),
        sa.CheckConstraint("approved_minor IS NULL OR approved_minor <= asked_minor", name="approved_within_asked"),
    )


class Note(Base, SharedScoped):
    """A line of the conversation about a request or a claim; both sides read it."""

    __tablename__ = "mdf_note"
    id: Mapped[Id]
    request_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("fund_request.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("claim.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    from_vendor: Mapped[bool]
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]


class SettlementState(StrEnum):
    """Where a payment stands."""

    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    REVERSED = "reversed"


class Settlement(Base, PublicId, SharedScoped):
    """The document that pays a claim; its payee may differ from the claimant. A claim has one at most."""

    __tablename__ = "settlement"
    __prefix__ = "set"
    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("claim.id"), unique=True)
    payee_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("legal_entity.id"))
    kind: Mapped[str] = mapped_column(sa.String(30), default="partner_invoice")
    state: Mapped[SettlementState] = mapped_column(default=SettlementState.PENDING)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    reference: Mapped[str] = mapped_column(sa.String(80), default="")
    released_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Purpose(StrEnum):
    """What an account of the ledger stands for."""

    FUNDING = "funding"
    UNALLOCATED = "unallocated"
    ALLOCATED = "allocated"
    RESERVED = "reserved"
    PAYABLE = "payable"
    PAID = "paid"
    EXPIRED = "expired"
    EXCHANGE = "exchange"


class LedgerAccount(Base, VendorScoped):
    """An account: vendor, fund, partner or none (0), currency, purpose. Debit is positive."""

    __tablename__ = "ledger_account"
    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("fund.id"))
    partner_id: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    purpose: Mapped[Purpose]
    balance_minor: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.UniqueConstraint("vendor_id", "fund_id", "partner_id", "currency", "purpose"),
        sa.CheckConstraint("purpose IN ('funding', 'exchange') OR balance_minor >= 0", name="balance_not_negative"),
    )


class LedgerTransaction(Base, PublicId, VendorScoped):
    """A balanced set of entries with one reason and one key, never changed; a correction is a new one that names it."""

    __tablename__ = "ledger_transaction"
    __prefix__ = "ltx"
    __append_only__ = True
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(80))
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("ledger_transaction.id"))
    posted_by: Mapped[str] = mapped_column(sa.String(120))
    posted_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (sa.UniqueConstraint("vendor_id", "key"),)


class LedgerEntry(Base, VendorScoped):
    """One side of a transaction: signed minor units, debit positive."""

    __tablename__ = "ledger_entry"
    __append_only__ = True
    # The database itself refuses to commit a transaction that does not sum to zero.
    __secured_by__ = (
        """
        CREATE OR REPLACE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM ledger_entry WHERE transaction_id = NEW.transaction_id
                GROUP BY currency HAVING sum(amount_minor) <> 0
            ) THEN
                RAISE EXCEPTION 'ledger transaction % is not balanced', NEW.transaction_id;
            END IF;
            RETURN NULL;
        END $$
        """,
        "DROP TRIGGER IF EXISTS balanced ON ledger_entry",
        """
        CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced()
        """,
    )
    id: Mapped[Id]
    transaction_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger_transaction.id"), index=True)
    account_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger_account.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    __table_args__ = (sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),)


class Rate(Base, VendorScoped):
    """A dated exchange rate, in millionths, and what it may be used for."""

    __tablename__ = "rate"
    id: Mapped[Id]
    base: Mapped[str] = mapped_column(sa.String(3))
    quote: Mapped[str] = mapped_column(sa.String(3))
    on: Mapped[date] = mapped_column("rate_date")
    millionths: Mapped[int]
    use: Mapped[str] = mapped_column(sa.String(20), default="reading")
    __table_args__ = (sa.UniqueConstraint("vendor_id", "base", "quote", "rate_date", "use"),)
