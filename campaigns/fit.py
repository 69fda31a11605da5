"""Whom a kit is for: a pure question over the kit's eligibility and what is known of one partner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tcma.core.words import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What decides on fit: everything stands on the partnership or on the partner's organisation."""

    partner_id: int
    partner_type: str
    tiers: frozenset[str]
    competencies: frozenset[str]
    industries: frozenset[str]
    countries: frozenset[str]
    languages: tuple[str, ...]
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whom a kit asks for; an empty list asks for nothing. `groups`: the vendor's groups of partners, by address."""

    partner_types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @classmethod
    def from_values(
        cls, values: Mapping[str, Iterable[str]], languages: Iterable[str], groups: Iterable[str] = ()
    ) -> "Eligibility":
        """Return the eligibility that stands on a kit version, and the groups that its kit is limited to."""
        known = {name: tuple(values.get(name, ())) for name in cls.__slots__ if name not in ("languages", "groups")}
        return cls(**known, languages=tuple(languages), groups=tuple(groups))


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against, as a code and its values, so that it can be said in any language."""

    code: str
    values: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The reason as it is stored."""
        return {"code": self.code, "values": list(self.values)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Reason":
        """The reason that was stored."""
        return cls(str(stored["code"]), tuple(stored.get("values", ())))


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a kit fits a partner: the reasons for it, and those against, none of which may be left."""

    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def fit_of(wanted: Eligibility, partner: PartnerFacts) -> Fit:
    """Tell whether a kit that asks for `wanted` fits `partner`, with every reason."""
    answers = [
        _one("partner_type", wanted.partner_types, {partner.partner_type}),
        _one("tier", wanted.tiers, partner.tiers),
        _all("competency", wanted.competencies, partner.competencies),
        _one("country", wanted.countries, partner.countries),
        _one("industry", wanted.industries, partner.industries),
        _language(wanted.languages, partner.languages),
        _one("group", wanted.groups, partner.groups),
    ]
    return Fit(
        reasons=tuple(reason for good, reason in answers if good and reason.values),
        against=tuple(reason for good, reason in answers if not good),
    )


def _one(code: str, asked: tuple[str, ...], held: Iterable[str]) -> tuple[bool, Reason]:
    shared = tuple(value for value in asked if value in set(held))
    return (True, Reason(code, shared)) if shared or not asked else (False, Reason(code, asked))


def _all(code: str, asked: tuple[str, ...], held: frozenset[str]) -> tuple[bool, Reason]:
    missing = tuple(value for value in asked if value not in held)
    return (False, Reason(code, missing)) if missing else (True, Reason(code, asked))


def _language(asked: tuple[str, ...], spoken: tuple[str, ...]) -> tuple[bool, Reason]:
    """Fits if the kit has one of the partner's languages, or the same language of another region."""
    shared = tuple(language for language in spoken if best_language(asked, (language,)) is not None)
    return (
        (True, Reason("language", shared)) if shared or not spoken or not asked else (False, Reason("language", asked))
    )


def best_language(offered: Iterable[str], wished: Iterable[str]) -> str | None:
    """Return the language of a kit that comes nearest to the first wish that can be met."""
    there = list(offered)
    for wish in wished:
        base = wish.split("-")[0]
        for candidate in (wish, base, *there):
            if candidate in there and candidate.split("-")[0] == base:
                return candidate
    return None


def is_available(start: date | None, end: date | None, today: date) -> bool:
    """Tell whether a kit may be launched today."""
    return (start is None or start <= today) and (end is None or today <= end)


PARTNER_TYPES = {
    "msp": _("managed service providers"),
    "reseller": _("resellers"),
    "var": _("value-added resellers"),
    "si": _("system integrators"),
    "dealer": _("dealers"),
    "distributor": _("distributors"),
}


def reason_in_words(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """Say a reason for fitting; `names` gives the names of languages, countries and tiers by their code."""
    known = names or {}
    values = ", ".join(str(known.get(value, PARTNER_TYPES.get(value, value))) for value in reason.values)
    said = {
        "partner_type": _("made for %(values)s", values=values),
        "tier": _("open to your tier (%(values)s)", values=values),
        "competency": _("matches your competency in %(values)s", values=values),
        "country": _("made for %(values)s", values=values),
        "industry": _("made for %(values)s", values=values),
        "language": _("in your language (%(values)s)", values=values),
        "group": _("picked for partners like you"),  # what a vendor calls its groups is its own
    }
    return str(said[reason.code])


def against_in_words(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """Say a reason against; for the vendor's list of partners that a kit leaves out."""
    known = names or {}
    values = ", ".join(str(known.get(value, PARTNER_TYPES.get(value, value))) for value in reason.values)
    said = {
        "partner_type": _("it is for %(values)s", values=values),
        "tier": _("it asks for the tier %(values)s", values=values),
        "competency": _("it asks for the competency %(values)s", values=values),
        "country": _("it is for %(values)s", values=values),
        "industry": _("it is for the industry %(values)s", values=values),
        "language": _("it comes in %(values)s only", values=values),
        "group": _("it is for the group %(values)s", values=values),
    }
    return str(said[reason.code])
