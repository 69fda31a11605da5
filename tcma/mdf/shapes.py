"""What the API of funds takes and gives: money is always {"minor", "currency"}."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from tcma.core.api import Answer, Body, Paged, PageQuery
from tcma.core.money import Money
from tcma.mdf.models import ActivityState, ClaimState, FundState, ProofState, RequestState, SettlementState

PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Word = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=PLAIN)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Minor = Annotated[int, Field(ge=0, le=10**15)]
LARGEST_FILE = 20 * 1024 * 1024


class MoneyBody(Body):
    """An amount: minor units and the currency's code."""

    minor: Minor
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

    def money(self) -> Money:
        """Return the amount."""
        return Money(self.minor, self.currency)


class MoneyOut(Answer):
    """An amount: minor units and the currency's code."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Money) -> Self:
        """Show an amount."""
        return cls(minor=amount.minor, currency=amount.currency)


class FundOut(Answer):
    """A fund, and where its money stands: for a partner its own share of it, for the vendor all of it."""

    public_id: str
    name: str
    state: FundState
    rate_percent: int
    starts_on: date
    requests_until: date
    claims_until: date
    stands: dict[str, MoneyOut]
    lapses_on: date | None


class FundList(Answer):
    """The funds in reach."""

    items: list[FundOut]


class MovementOut(Answer):
    """A movement of money from one place to another."""

    at: datetime
    reason: str
    about: str
    partner: str
    source: str
    target: str
    amount: MoneyOut
    reverses: bool


class StatementPage(Paged[MovementOut]):
    """A page of a statement, the newest first."""


class ActivityOut(Answer):
    """What is to be done for the money, and what was decided."""

    public_id: str
    title: str
    activity_type: str
    happens_on: date
    state: ActivityState
    decision: str
    cost: MoneyOut
    asked: MoneyOut
    approved: MoneyOut
    claim_until: date | None
    proof_wanted: list[str]
    reason: str | None
    tactic: str | None = Field(description="The activity of the kit that it is, by its key.")
    rate_percent: int
    quote_file_name: str
    quote_url: str | None = Field(description="The supplier's quote; the address holds for a short while.")


class RequestOut(Answer):
    """A request with its activities. `content_hash` names what an approval rests on."""

    public_id: str
    state: RequestState
    fund_id: str
    due_at: datetime | None
    content_hash: str | None
    activities: list[ActivityOut]


class RequestPage(Paged[RequestOut]):
    """A page of requests, the newest first."""


class QuoteBody(Body):
    """A supplier's quote in base64: PDF or picture."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_FILE)]
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]


class NewActivity(Body):
    """One thing to be done."""

    activity_type: Key
    title: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
    happens_on: date
    cost: MoneyBody
    proof_wanted: list[Key] = Field(default_factory=lambda: ["invoice"], max_length=6)
    tactic: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PLAIN)] | None = Field(
        None, description="The activity of the kit that it is, by its key, where it is one."
    )
    share_percent: int | None = Field(
        None, ge=1, le=100, description="What the kit says the vendor may pay; the fund's own share is the most."
    )
    quote: QuoteBody | None = None


class NewRequest(Body):
    """A request to a fund."""

    fund_id: Word
    activities: list[NewActivity] = Field(min_length=1, max_length=20)
    launch_id: Word | None = None
    note: Text = ""


class ActivityDecisionBody(Body):
    """What is approved of one activity, and why less."""

    activity_id: Word
    amount: MoneyBody
    reason: Word = ""


class ApprovalBody(Body):
    """An approval; `seen` is the content_hash that was looked at."""

    seen: Word | None = None
    activities: list[ActivityDecisionBody] = Field(default_factory=list, max_length=20)
    note: Text = ""


class NewFund(Body):
    """A fund to open: its budget, the share of costs that it bears, and its days."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=PLAIN)]
    budget: MoneyBody
    rate_percent: int = Field(50, ge=1, le=100)
    starts_on: date
    requests_until: date
    claims_until: date


class ShareBody(Body):
    """A share of a fund for one partner; `partner` is the company's id as the list of partners gives it."""

    partner: Word
    amount: MoneyBody


class NoteOut(Answer):
    """A line of the conversation about a request or a claim."""

    text: str
    by: str = Field(validation_alias="author")
    from_vendor: bool
    at: datetime


class NoteList(Answer):
    """The conversation, oldest first."""

    items: list[NoteOut]


class ProofBody(Body):
    """A file in base64 as evidence: PDF or picture."""

    kind: Key = "other"
    file: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_FILE)]
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]


class ProofOut(Answer):
    """Evidence that an activity took place: a file, or what the platform itself saw (`facts`)."""

    public_id: str
    kind: str
    state: ProofState
    file_name: str
    file_url: str | None
    facts: dict[str, Any] | None
    digest: str | None
    at: datetime | None


class ProofList(Answer):
    """The evidence of an activity."""

    items: list[ProofOut]


class NoteBody(Body):
    """A reason or a question."""

    note: Text


class LineOut(Answer):
    """A line of a claim."""

    position: int
    text: str
    net: MoneyOut
    tax: MoneyOut
    tax_code: str
    tax_reclaimable: bool
    asked: MoneyOut
    approved: MoneyOut | None
    reason: str | None


class ClaimOut(Answer):
    """A claim with its lines. `content_hash` names what a decision rests on."""

    public_id: str
    activity_id: str
    state: ClaimState
    invoice_number: str
    invoice_supplier: str
    invoice_date: date | None
    has_invoice_file: bool
    due_at: datetime | None
    content_hash: str | None
    lines: list[LineOut]
    flags: list[str]


class ClaimPage(Paged[ClaimOut]):
    """A page of claims, the newest first."""


class NewClaim(Body):
    """A claim for an approved activity."""

    activity_id: Word


class InvoiceBody(Body):
    """The invoice of a claim; its file in base64 may come with it."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PLAIN)]
    supplier: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
    on: date
    total: MoneyBody | None = None
    file: Annotated[str, StringConstraints(max_length=LARGEST_FILE)] | None = None
    file_name: Word = ""


class LineBody(Body):
    """A line of the invoice."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
    net: MoneyBody
    tax: MoneyBody
    tax_code: Annotated[str, StringConstraints(max_length=20, pattern=PLAIN)] = ""
    tax_reclaimable: bool = True


class LinesBody(Body):
    """All lines of the invoice."""

    lines: list[LineBody] = Field(max_length=50)
    is_last: bool = True


class LineDecisionBody(Body):
    """What is approved of one line, and why less."""

    position: int = Field(ge=1, le=50)
    amount: MoneyBody
    reason: Word = ""


class ClaimDecisionBody(Body):
    """A decision; lines that are not named are approved as asked. `seen` is the content_hash that was looked at."""

    seen: Word | None = None
    lines: list[LineDecisionBody] = Field(default_factory=list, max_length=50)


class SettlementOut(Answer):
    """The payment of a claim."""

    public_id: str
    claim_id: str
    state: SettlementState
    amount: MoneyOut
    reference: str
    released_at: datetime | None


class SettlementPage(Paged[SettlementOut]):
    """A page of payments."""


class SettlementQuery(PageQuery):
    """Which payments."""

    state: SettlementState = SettlementState.PENDING


class ReleaseBody(Body):
    """The reference of the payment."""

    reference: Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)] = ""


class ReasonBody(Body):
    """Why."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=PLAIN)]
