"""Who would have got the last leads under other rules. It reads; nobody is asked and nothing is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from tcma.leads import candidates, queries
from tcma.leads.models import Lead
from tcma.leads.people import companies
from tcma.leads.routing import RoutingIndex, Rule, RuleKind, Step


@dataclass(frozen=True, slots=True)
class Trial:
    """One lead: who was asked last, who would be asked first now, and how each rule narrowed."""

    lead: Lead
    now_with: str
    would_get: str
    path: tuple[Step, ...]
    stopped_at: RuleKind | None

    @property
    def differs(self) -> bool:
        """Whether the rules would have chosen another."""
        return self.now_with != self.would_get


def last_leads(*, rules: Sequence[Rule], limit: int) -> list[Trial]:
    """Try the rules on the vendor's newest leads, each with the partners as they are now."""
    leads = queries.last_distributed(limit)
    hops = queries.last_hops([lead.id for lead in leads])
    index = RoutingIndex(candidates.candidates()) if leads else RoutingIndex([])
    choices = [index.choose(candidates.wanted_by(lead), rules=rules) for lead in leads]
    partner_of = {one.partnership_id: one.partner_id for one in index.candidates}
    names = companies(partner_of[choice.partnership_id] for choice in choices if choice.partnership_id is not None)
    return [
        Trial(
            lead=lead,
            now_with=hops[lead.id].partner if lead.id in hops else "",
            would_get=names[partner_of[choice.partnership_id]] if choice.partnership_id is not None else "",
            path=choice.path,
            stopped_at=choice.path[-1].rule if choice.partnership_id is None and choice.path else None,
        )
        for lead, choice in zip(leads, choices, strict=True)
    ]
