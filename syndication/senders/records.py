"""The three records that let a domain's mail be believed: what to publish, and what was found. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from re import compile as compile_pattern

_TAG = compile_pattern(r"\s*([a-zA-Z][a-zA-Z0-9_]*)\s*=\s*([^;]*)")
_POLICIES = frozenset({"none", "quarantine", "reject"})
_LAST_SPF_TERMS = ("-all", "~all", "?all", "+all", "all", "redirect=")
DMARC_TO_BEGIN_WITH = "v=DMARC1; p=none"


class Found(StrEnum):
    """What was found of a record."""

    THERE = "there"
    MISSING = "missing"
    WRONG = "wrong"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Seen:
    """The TXT records as the domain name system gave them; None where nobody answered.

    `keys` holds them by selector. `dmarc` are those of the nearest name upwards that has a policy.
    """

    spf: Sequence[str] | None
    dmarc: Sequence[str] | None
    keys: Mapping[str, Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Record:
    """A TXT record to publish."""

    name: str
    value: str


def key_record(domain: str, selector: str, public: str, algorithm: str = "rsa") -> Record:
    """Return the record that holds the public half of a signing key."""
    return Record(f"{selector}._domainkey.{domain}", f"v=DKIM1; k={algorithm}; p={public}")


def spf_record(domain: str, include: str, present: Sequence[str] = ()) -> Record:
    """Return the SPF record to publish: the domain's present one with us in it, or a first one."""
    own = _spf_of(present)
    if len(own) != 1:
        return Record(domain, f"v=spf1 include:{include} ~all")
    terms = own[0].split()
    if _includes(terms, include):
        return Record(domain, own[0])
    place = next((at for at, term in enumerate(terms) if term.lower().startswith(_LAST_SPF_TERMS)), len(terms))
    return Record(domain, " ".join([*terms[:place], f"include:{include}", *terms[place:]]))


def dmarc_record(domain: str, present: Sequence[str] = ()) -> Record:
    """Return the policy record: the present one where there is a sound one, else one to begin with."""
    own = _dmarc_of(present)
    return Record(f"_dmarc.{domain}", own[0] if len(own) == 1 and _is_policy(own[0]) else DMARC_TO_BEGIN_WITH)


def judge_spf(records: Sequence[str] | None, include: str) -> Found:
    """Say whether exactly one SPF record names us; two are as bad as none, because receivers then believe neither."""
    if records is None:
        return Found.UNANSWERED
    own = _spf_of(records)
    if len(own) > 1:
        return Found.WRONG
    return Found.THERE if own and _includes(own[0].split(), include) else Found.MISSING


def judge_key(records: Sequence[str] | None, public: str, algorithm: str = "rsa") -> Found:
    """Say whether the record of a selector holds exactly this public key."""
    if records is None:
        return Found.UNANSWERED
    own = [tags for tags in map(_tags, records) if "p" in tags]
    if not own:
        return Found.MISSING
    tags = own[0]
    is_ours = "".join(tags["p"].split()) == public and tags.get("k", "rsa").lower() == algorithm
    return Found.THERE if len(own) == 1 and is_ours and tags.get("v", "DKIM1") == "DKIM1" else Found.WRONG


def judge_dmarc(records: Sequence[str] | None) -> Found:
    """Say whether there is exactly one policy and it names what is to happen."""
    if records is None:
        return Found.UNANSWERED
    own = _dmarc_of(records)
    if not own:
        return Found.MISSING
    return Found.THERE if len(own) == 1 and _is_policy(own[0]) else Found.WRONG


def policy_names(domain: str) -> list[str]:
    """Return where a policy for `domain` may stand: at the domain itself, or at a name above it."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[at:])}" for at in range(len(labels) - 1)]


def _spf_of(records: Sequence[str]) -> list[str]:
    return [text.strip() for text in records if text.strip().lower().split(" ")[0] == "v=spf1"]


def _includes(terms: Sequence[str], include: str) -> bool:
    return any(term.lower().lstrip("+") == f"include:{include}" for term in terms)


def _dmarc_of(records: Sequence[str]) -> list[str]:
    return [text.strip() for text in records if text.replace(" ", "").lower().startswith("v=dmarc1")]


def _is_policy(text: str) -> bool:
    return _tags(text).get("p", "").strip().lower() in _POLICIES


def _tags(text: str) -> dict[str, str]:
    found = (_TAG.match(piece) for piece in text.split(";"))
    return {one[1]: one[2].strip() for one in found if one}
