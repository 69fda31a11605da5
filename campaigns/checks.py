"""May this kit be published? Every reason against it at once, with its line and how to mend it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from assets.guideline import Guideline
from campaigns.manifest.findings import Finding, Findings
from campaigns.manifest.kit import Kit, load_with_blanks
from campaigns.manifest.package import KitPackage
from campaigns.manifest.rules.artwork import check_artwork
from campaigns.manifest.rules.designs import load_designs
from campaigns.manifest.rules.forms import check_pages
from campaigns.manifest.rules.guideline import check_guideline
from campaigns.manifest.rules.mails import check_mails
from campaigns.manifest.rules.posts import check_posts
from campaigns.manifest.rules.publishing import check_codes, check_publishable
from campaigns.manifest.rules.references import check_references
from campaigns.manifest.rules.resends import check_resends
from campaigns.manifest.rules.schedule import check_schedule
from campaigns.manifest.rules.words import check_languages, check_merge_fields, check_texts
from campaigns.manifest.texts import Coverage
from campaigns.manifest.uses import text_uses

UNFINISHED = frozenset({"no-page", "no-form", "no-tracking", "no-follow-up", "missing-consent"})
"""What a draft may lack while it is being made; nothing is published without it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; `kit` is there if the files fit the format, whatever else is wrong."""

    kit: Kit | None
    findings: tuple[Finding, ...]
    coverage: Mapping[str, Coverage]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the kit from being published."""
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong, and not just not there yet."""
        return tuple(finding for finding in self.errors if finding.code not in UNFINISHED)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be looked at."""
        return tuple(finding for finding in self.findings if not finding.is_error)

    @property
    def publishable(self) -> bool:
        """Whether nothing in the kit itself keeps it from being published."""
        return self.kit is not None and not self.errors


def check(package: KitPackage, *, today: date, guideline: Guideline | None = None) -> Report:
    """Everything that can be said about a kit from its files, and from the guideline of the vendor whose it is."""
    loaded = load_with_blanks(package)
    if loaded.kit is None:
        return Report(None, tuple(loaded.findings.sorted()), {})
    coverage = _run(loaded.kit, loaded.findings, today, guideline or Guideline())
    return Report(loaded.kit if loaded.whole else None, tuple(loaded.findings.sorted()), coverage)


def reasons_not_to_publish(package: KitPackage, *, today: date, guideline: Guideline | None = None) -> list[str]:
    """The reasons against publishing, as sentences with file and line; none means that it may be published."""
    return [
        f"{finding.file}:{finding.line}: {finding.message} {finding.mend}"
        for finding in check(package, today=today, guideline=guideline).errors
    ]


def _run(kit: Kit, findings: Findings, today: date, guideline: Guideline) -> dict[str, Coverage]:
    designs = load_designs(kit, findings)
    uses = list(text_uses(kit))
    check_references(kit, designs, findings)
    check_languages(kit, findings)
    check_texts(kit, uses, findings)
    check_merge_fields(kit, uses, findings)
    check_guideline(kit, uses, guideline, findings)
    check_artwork(kit, designs, findings)
    check_schedule(kit, today, findings)
    for rule in _RULES:
        rule(kit, findings)
    keys = frozenset(use.key for use in uses)
    return {language: kit.texts.coverage(language, keys) for language in kit.manifest.languages}


_RULES: tuple[Callable[[Kit, Findings], None], ...] = (
    check_pages,
    check_posts,
    check_mails,
    check_resends,
    check_codes,
    check_publishable,
)
