"""A campaign is whole: a page with a form, a way to it that can be counted, and somebody who follows up."""

from collections.abc import Iterable
from re import compile as compile_pattern
from typing import Final

from babel import Locale
from babel.numbers import list_currencies

from campaigns.manifest.findings import Findings
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import EmailStep, LandingPage, PaidActivity, PlaybookTactic, TaskStep
from tcma.core.words import lazy_gettext as _

_TRACKED: Final = compile_pattern(r"\{\{\s*(?:launch\.page_url|event\.url)\s*(?:\||\}\})")
_DESIGN_LINK: Final = compile_pattern(rb"kind:\s*qr")


def check_publishable(kit: Kit, findings: Findings) -> None:
    """Note what is missing before partners can run this."""
    top = kit.manifest.place
    pages = [tactic for tactic in kit.tactics if isinstance(tactic, LandingPage)]
    if not pages:
        findings.error(
            "no-page",
            top,
            _("The kit has no landing page."),
            _("Add `{key: page, kind: landing_page, source: page/landing.yaml}` to its tactics."),
        )
    for tactic in pages:
        page = kit.pages.get(tactic.source)
        if page is not None and not page.forms:
            findings.error(
                "no-form",
                page.place,
                _("The landing page has no form, so nobody can answer."),
                _("Add a section of kind form."),
            )
    if not _is_tracked(kit):
        findings.error(
            "no-tracking",
            top,
            _("Nothing in the kit leads to its page, so no response can be counted."),
            _("Write {{ launch.page_url }} into a mail, a post or the QR code of a design."),
        )
    if not _is_followed_up(kit):
        findings.error(
            "no-follow-up",
            top,
            _("Nobody follows up: there is one mail at most, no task and no call script."),
            _("Add a step of kind task, a second mail, or a playbook."),
        )


def check_codes(kit: Kit, findings: Findings) -> None:
    """Countries and currencies are ones that exist."""
    known = Locale("en").territories
    for country in kit.manifest.eligibility.countries:
        if country not in known:
            findings.error(
                "wrong-value",
                kit.manifest.eligibility.place,
                _("There is no country “%(code)s”.", code=country),
                _("Write its ISO 3166 code, such as DE or US."),
            )
    currencies = list_currencies()
    for tactic in kit.tactics:
        if isinstance(tactic, PaidActivity) and tactic.cost.currency and tactic.cost.currency not in currencies:
            findings.error(
                "wrong-value",
                tactic.cost.place,
                _("There is no currency “%(code)s”.", code=tactic.cost.currency),
                _("Write its ISO 4217 code, such as EUR or USD."),
            )


def _is_tracked(kit: Kit) -> bool:
    return any(_TRACKED.search(words) for words in _sent_words(kit))


def _sent_words(kit: Kit) -> Iterable[str]:
    texts = kit.texts.by_language.get(kit.manifest.default_language, {})
    yield from kit.mails.values()
    yield from (text.words for key, text in texts.items())
    for path in kit.designs:
        yield kit.package.files[path].decode("utf-8", "replace")


def _is_followed_up(kit: Kit) -> bool:
    steps = [step for _sequence, step in kit.manifest.steps()]
    has_task = any(isinstance(step, TaskStep) for step in steps)
    has_second_mail = sum(isinstance(step, EmailStep) for step in steps) > 1
    return has_task or has_second_mail or any(isinstance(tactic, PlaybookTactic) for tactic in kit.tactics)
