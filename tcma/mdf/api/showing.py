"""What the API of funds shows of its rows."""

from datetime import date
from typing import Any

from tcma.core.money import Money
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.mdf.flags import flags_of
from tcma.mdf.models import Activity, Claim, Fund, FundRequest, Proof, Settlement
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.operations.reservations import activities_of
from tcma.mdf.queries import balances
from tcma.mdf.queries import requests as queries
from tcma.mdf.shapes import ActivityOut, ClaimOut, FundOut, LineOut, MoneyOut, ProofOut, RequestOut, SettlementOut


def _money(minor: int, currency: str) -> MoneyOut:
    return MoneyOut(minor=minor, currency=currency)


def fund_out(fund: Fund, stands: dict[Any, Money], lapses_on: date | None) -> FundOut:
    """Show a fund and where its money stands."""
    return FundOut(
        public_id=fund.public_id, name=fund.name, state=fund.state, rate_percent=fund.rate_percent,
        starts_on=fund.starts_on, requests_until=fund.requests_until, claims_until=fund.claims_until,
        stands={str(place.value): _money(amount.minor, amount.currency) for place, amount in stands.items()},
        lapses_on=lapses_on,
    )  # fmt: skip


def activity_out(one: Activity) -> ActivityOut:
    """Show an activity."""
    return ActivityOut(
        public_id=one.public_id, title=one.title, activity_type=one.activity_type, happens_on=one.happens_on,
        state=one.state, decision=one.decision.value, cost=_money(one.cost_minor, one.currency),
        asked=_money(one.asked_minor, one.currency), approved=_money(one.approved_minor, one.currency),
        claim_until=one.claim_until, proof_wanted=[str(kind) for kind in one.proof_wanted], reason=one.reason,
        tactic=one.tactic, rate_percent=one.rate_percent, quote_file_name=one.quote_file_name or "",
        quote_url=address_of("mdf.quote_file", activity_id=one.public_id) if one.quote_blob else None,
    )  # fmt: skip


def request_out(found: FundRequest) -> RequestOut:
    """Show a request with its activities."""
    return RequestOut(
        public_id=found.public_id, state=found.state, fund_id=balances.fund_of(found).public_id, due_at=found.due_at,
        content_hash=found.content_hash, activities=[activity_out(one) for one in activities_of(found.id)],
    )  # fmt: skip


def claim_out(found: Claim) -> ClaimOut:
    """Show a claim with its lines; the flags are for the vendor."""
    from_vendor = current_actor().is_vendor
    rows = [
        LineOut(
            position=line.position, text=line.text, net=_money(line.net_minor, found.currency),
            tax=_money(line.tax_minor, found.currency), tax_code=line.tax_code, tax_reclaimable=line.tax_reclaimable,
            asked=_money(line.asked_minor, found.currency), reason=line.reason,
            approved=None if line.approved_minor is None else _money(line.approved_minor, found.currency),
        )
        for line in lines_of(found.id)
    ]  # fmt: skip
    return ClaimOut(
        public_id=found.public_id, activity_id=queries.activity_of(found).public_id, state=found.state,
        invoice_number=found.invoice_number, invoice_supplier=found.invoice_supplier, invoice_date=found.invoice_date,
        has_invoice_file=found.invoice_blob is not None, due_at=found.due_at, content_hash=found.content_hash,
        lines=rows, flags=[flag.kind for flag in flags_of(found)] if from_vendor else [],
    )  # fmt: skip


def settlement_out(found: Settlement) -> SettlementOut:
    """Show a payment."""
    return SettlementOut(
        public_id=found.public_id, claim_id=queries.claim_of(found).public_id, state=found.state,
        amount=_money(found.amount_minor, found.currency), reference=found.reference, released_at=found.released_at,
    )  # fmt: skip


def proof_out(found: Proof) -> ProofOut:
    """Show a piece of evidence; the address of its file holds for a short while."""
    return ProofOut(
        public_id=found.public_id, kind=found.kind, state=found.state, file_name=found.file_name or "",
        facts=found.facts, digest=found.digest, at=found.at,
        file_url=address_of("mdf.proof_file", proof_id=found.public_id) if found.blob else None,
    )  # fmt: skip
