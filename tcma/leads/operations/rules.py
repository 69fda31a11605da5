"""The chain of rules by which a vendor's leads find their partner."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _
from tcma.leads import queries
from tcma.leads.models import RoutingRule
from tcma.leads.routing import Rule, RuleKind


class OddChain(DomainError):
    """A chain with a rule twice, or without the rule that nobody gets more leads than it can take."""


def set_rules(*, rules: Sequence[Rule], by: Actor, now: datetime) -> None:
    """Let the vendor's leads be routed by this chain from now on. Refused: `OddChain`."""
    vendor_id = require(by.vendor_id)
    kinds = [rule.kind for rule in rules]
    if len(set(kinds)) != len(kinds):
        raise OddChain(_("Each rule can stand in the chain once."))
    if Rule(RuleKind.CAPACITY) not in rules:
        raise OddChain(_("Nobody gets more leads than it can take: this rule always holds."))
    before = [_shown(rule) for rule in queries.rules()]
    session.execute(sa.delete(RoutingRule).where(RoutingRule.vendor_id == vendor_id))
    session.add_all(
        RoutingRule(vendor_id=vendor_id, position=position, kind=rule.kind, required=rule.required)
        for position, rule in enumerate(rules, 1)
    )
    audit.record(
        by=by, action="routing.changed", object_type="organisation", object_id=vendor_id,
        before={"rules": before}, after={"rules": [_shown(rule) for rule in rules]}, now=now,
    )  # fmt: skip


def _shown(rule: Rule) -> str:
    return f"{rule.kind}:{'required' if rule.required else 'optional'}"
