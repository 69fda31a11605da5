"""The words of a kit against the guideline of the vendor that takes it in."""

from collections.abc import Iterable

from assets.complaints import Complaint
from assets.guideline import Guideline, complaints_about_words
from campaigns.manifest.findings import Finding, Findings, Place, Severity
from campaigns.manifest.kit import Kit
from campaigns.manifest.uses import TextUse
from tcma.core.words import lazy_gettext as _


def check_guideline(kit: Kit, uses: Iterable[TextUse], guideline: Guideline, findings: Findings) -> None:
    """Say of every text that is used, in every language, what the guideline has against it."""
    keys = {use.key for use in uses}
    for language in kit.manifest.languages:
        texts = {key: text for key, text in kit.texts.by_language.get(language, {}).items() if key in keys}
        words = {key: text.words for key, text in texts.items()}
        for complaint in complaints_about_words(words, guideline, language=language) if words else ():
            place = texts[complaint.zone].place if complaint.zone else Place(f"texts/{language}.yaml")
            findings.add(_finding(complaint, place))


def _finding(complaint: Complaint, place: Place) -> Finding:
    severity = Severity.ERROR if complaint.refuses else Severity.WARNING
    code = f"guideline-{complaint.kind.replace('_', '-')}"
    return Finding(severity, code, place, _(complaint.message, **complaint.data), _(complaint.mend, **complaint.data))
