"""What people do with funds. Each command stands in the file of its subject."""

from tcma.mdf.operations.approvals import approve_request, ask_for_information, decline_request
from tcma.mdf.operations.claim_decisions import ask_about_claim, decide_claim
from tcma.mdf.operations.claims import (
    Line,
    answer_claim,
    discard_claim,
    draft_claim,
    lower_to_approved,
    set_invoice,
    set_lines,
    submit_claim,
)
from tcma.mdf.operations.documents import Quote
from tcma.mdf.operations.funds import add_budget, allocate, close_fund, expire_allocation, open_fund
from tcma.mdf.operations.lapsing import lapse_activity, lapse_allocation
from tcma.mdf.operations.proof import attach_proof, review_proof, upload_proof
from tcma.mdf.operations.requests import (
    PlannedActivity,
    answer_request,
    attach_quote,
    mark_executed,
    request_funds,
    withdraw_request,
)
from tcma.mdf.operations.settlements import release_settlement, reverse_settlement

__all__ = [
    "Line",
    "PlannedActivity",
    "Quote",
    "add_budget",
    "allocate",
    "answer_claim",
    "answer_request",
    "approve_request",
    "ask_about_claim",
    "ask_for_information",
    "attach_proof",
    "attach_quote",
    "close_fund",
    "decide_claim",
    "decline_request",
    "discard_claim",
    "draft_claim",
    "expire_allocation",
    "lapse_activity",
    "lapse_allocation",
    "lower_to_approved",
    "mark_executed",
    "open_fund",
    "release_settlement",
    "request_funds",
    "reverse_settlement",
    "review_proof",
    "set_invoice",
    "set_lines",
    "submit_claim",
    "upload_proof",
    "withdraw_request",
]
