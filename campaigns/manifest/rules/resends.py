"""Resends: a mail once more, to those who did not read it, with another subject."""

from campaigns.manifest.findings import Findings, nearest
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import EmailSequence, EmailStep
from tcma.core.words import lazy_gettext as _


def check_resends(kit: Kit, findings: Findings) -> None:
    """Check every mail that is another one again."""
    for sequence in kit.tactics:
        if isinstance(sequence, EmailSequence):
            _check_sequence(sequence, findings)


def _check_sequence(sequence: EmailSequence, findings: Findings) -> None:
    before: dict[str, EmailStep] = {}
    repeated: set[str] = set()
    for mail in (step for step in sequence.steps if isinstance(step, EmailStep)):
        if mail.resend_of is not None:
            first = before.get(mail.resend_of)
            if first is None:
                _unknown(mail, set(before), findings)
            else:
                _check_pair(mail, first, findings, again=first.key in repeated or first.resend_of is not None)
                repeated.add(first.key)
        before[mail.key] = mail


def _unknown(mail: EmailStep, there: set[str], findings: Findings) -> None:
    near = nearest(mail.resend_of or "", there)
    findings.error(
        "dead-reference",
        mail.place,
        _("There is no mail step “%(key)s” before this one.", key=mail.resend_of),
        _("Write “%(near)s” instead.", near=near) if near else _("Name a mail of this sequence that comes before."),
    )


def _check_pair(mail: EmailStep, first: EmailStep, findings: Findings, *, again: bool) -> None:
    if again:
        findings.error(
            "wrong-value",
            mail.place,
            _("“%(key)s” would come a third time.", key=first.key),
            _("A mail is sent again once; take one of the resends out."),
        )
    if mail.body != first.body:
        findings.error(
            "wrong-value",
            mail.place,
            _("A resend says the same as the mail that it repeats."),
            _("Write `body: %(body)s`, or take `resend_of` out and ask with `when`.", body=first.body),
        )
    taken = {ref.t for ref in (first.subject, first.subject_b) if ref is not None}
    if taken & {ref.t for ref in (mail.subject, mail.subject_b) if ref is not None}:
        findings.error(
            "wrong-value",
            mail.subject.place,
            _("Whoever did not read “%(key)s” would see the same subject again.", key=first.key),
            _("Give the resend another subject."),
        )
