"""What a kit still lacks before it can be published, as a list that a marketer understands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assets.guideline import Guideline
from campaigns import checks
from campaigns.content import Content
from campaigns.manifest.model import EmailStep, TaskStep
from tcma.core.words import lazy_gettext as _

MOST = 6
"""Faults that are listed at once."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a kit needs; `text` says what is missing."""

    label: object
    done: bool
    text: object = ""
    place: str = ""


def checklist_of(content: Content, *, today: date, guideline: Guideline | None = None) -> list[Item]:
    """Return everything that a kit needs, with what is there and what is missing, and in which file it is mended.

    `place` is the file, or `add/<kind>` for what has to be put on the timeline.
    """
    return list(_items(content, today, guideline))


def _items(content: Content, today: date, guideline: Guideline | None) -> Iterator[Item]:
    report = checks.check(content.package, today=today, guideline=guideline)
    page = content.landing
    steps = [step for _sequence, step in content.kit.manifest.steps()]
    mails = [step for step in steps if isinstance(step, EmailStep)]
    follows_up = len(mails) > 1 or any(isinstance(step, TaskStep) for step in steps)
    has_script = any(tactic.kind == "playbook" for tactic in content.kit.tactics)
    yield Item(_("A landing page with a form"), page is not None and len(page.forms) == 1, place="page")
    yield Item(
        _("Consent and privacy texts at the form"),
        page is not None and page.forms != () and all(one.consent and one.privacy for one in page.forms),
        place="page",
    )
    yield Item(_("A mail, a post or a code that leads to the page"), bool(mails or content.posts), place="add/email")
    yield Item(_("A follow-up: a second mail, a call, or a script"), follows_up or has_script, place="add/task")
    for language, coverage in report.coverage.items():
        missing = len(coverage.missing)
        text = _("%(n)s texts fall back to another language", n=missing) if missing else ""
        yield Item(
            _("All texts in %(language)s", language=language.upper()),
            coverage.is_complete,
            text,
            f"texts/{language}.yaml",
        )
    said = [finding for finding in report.errors if finding.code not in checks.UNFINISHED]
    yield from (Item(finding.message, done=False, text=finding.mend, place=finding.file) for finding in said[:MOST])
    yield Item(_("Everything fits together"), not report.faults)
