"""The double-entry ledger under every fund: append-only, balanced per currency, never below zero."""

from tcma.mdf.ledger.invariants import breaches
from tcma.mdf.ledger.places import BELOW_ZERO, NOBODY, Place, balance, balance_at
from tcma.mdf.ledger.posting import FundsExhausted, KeyUsedOtherwise, Move, Unbalanced, post, reverse

__all__ = [
    "BELOW_ZERO",
    "NOBODY",
    "FundsExhausted",
    "KeyUsedOtherwise",
    "Move",
    "Place",
    "Unbalanced",
    "balance",
    "balance_at",
    "breaches",
    "post",
    "reverse",
]
