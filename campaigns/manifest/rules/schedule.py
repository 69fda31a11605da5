"""Time: nothing comes after the kit's end, before what it follows, or after an event that is not there."""

from datetime import date, timedelta

from campaigns.manifest.findings import Findings, Place
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import (
    Condition,
    CustomActivity,
    EmailSequence,
    Event,
    SocialPostStep,
    Step,
    WaitStep,
)
from campaigns.manifest.times import Timing
from tcma.core.words import lazy_gettext as _

_OF_EVENTS = frozenset({"registered", "attended", "absent"})
_AFTER_EVENTS = frozenset({"attended", "absent"})
_OF_MAILS = frozenset({"responded", "not_responded", "clicked", "not_clicked"})


def check_schedule(kit: Kit, today: date, findings: Findings) -> None:
    """Check the days of the kit and of everything in it."""
    _check_available(kit, today, findings)
    start = kit.manifest.available.from_ or today
    for place, offset in due_offsets(kit, findings):
        _check_end(kit, place, offset.days, findings, start=start, today=today)
    _check_events(kit, findings)


def due_offsets(kit: Kit, findings: Findings) -> list[tuple[Place, timedelta]]:
    """How long after the launch each thing is due that is counted from the launch."""
    timed = [(post.place, post.after) for post in kit.manifest.posts()]
    timed += [(tactic.place, tactic.after) for tactic in kit.tactics if isinstance(tactic, CustomActivity)]
    found = [(place, after.offset) for place, after in timed if after is not None and after.from_ == "launch"]
    for tactic in kit.tactics:
        if isinstance(tactic, EmailSequence):
            found.extend(_sequence_offsets(tactic, findings))
    return found


def _sequence_offsets(sequence: EmailSequence, findings: Findings) -> list[tuple[Place, timedelta]]:
    found: list[tuple[Place, timedelta]] = []
    earliest = timedelta()
    for step in sequence.steps:
        after: Timing | None = getattr(step, "after", None)
        if isinstance(step, WaitStep):
            earliest += timedelta(days=step.days, hours=step.hours)
        elif after is not None and after.from_ == "event":
            continue
        elif after is not None:
            due = after.offset + (earliest if after.from_ == "step" else timedelta())
            if due < earliest:
                _too_early(step, findings)
            earliest = max(due, earliest)
        found.append((step.place, earliest))
    return found


def _too_early(step: Step, findings: Findings) -> None:
    findings.warning(
        "step-order",
        step.place,
        _("“%(key)s” is due before the steps above it are through.", key=step.key),
        _("Give it more days after the launch, or move it up."),
    )


def _check_available(kit: Kit, today: date, findings: Findings) -> None:
    available = kit.manifest.available
    if available.from_ and available.until and available.until < available.from_:
        findings.error(
            "wrong-value",
            available.place,
            _("The kit ends before it begins."),
            _("Write `until` as a day after %(day)s.", day=available.from_.isoformat()),
        )
    elif available.until and available.until < today:
        findings.warning(
            "expired",
            available.place,
            _("The kit ended on %(day)s.", day=available.until.isoformat()),
            _("Write a later day as `until`, and a new version."),
        )


def _check_end(kit: Kit, place: Place, days: int, findings: Findings, *, start: date, today: date) -> None:
    until = kit.manifest.available.until
    if until is None or until < start:
        return
    if days > (until - start).days:
        findings.error(
            "after-expiry",
            place,
            _(
                "This comes %(days)s days after the launch; started on the first day it would still come "
                "after the kit's end (%(until)s).",
                days=days,
                until=until.isoformat(),
            ),
            _("Write %(most)s days or fewer, or a later `until`.", most=(until - start).days),
        )
    elif start < today <= until and days > (until - today).days:
        findings.warning(
            "after-expiry",
            place,
            _("A campaign started today would come to this after the kit's end (%(until)s).", until=until.isoformat()),
            _("Write a later `until`, and a new version."),
        )


def _check_events(kit: Kit, findings: Findings) -> None:
    has_event = any(isinstance(tactic, Event) for tactic in kit.tactics)
    for _sequence, step in kit.manifest.steps():
        _check_when(getattr(step, "when", None), findings, has_event=has_event)
        _check_sense(step, findings)
        _check_wait(step, findings)
    _check_windows(kit, findings)
    _check_subjects(kit, findings)
    timings = [getattr(step, "after", None) for _sequence, step in kit.manifest.steps()]
    timings += [post.after for post in kit.manifest.posts()]
    timings += [getattr(tactic, "after", None) for tactic in kit.tactics]
    for after in timings:
        if after is not None:
            _check_timing(after, findings, has_event=has_event)


def _check_timing(after: Timing, findings: Findings, *, has_event: bool) -> None:
    if after.from_ == "event" and not has_event:
        findings.error(
            "dead-reference",
            after.place,
            _("This counts from an event, and the kit has none."),
            _("Add a tactic of kind event, or write `from: launch`."),
        )
    if after.from_ != "event" and after.offset < timedelta():
        findings.error(
            "wrong-value",
            after.place,
            _("Nothing can come before the launch."),
            _("Write 0 or more, or `from: event`."),
        )


def _check_when(when: Condition | None, findings: Findings, *, has_event: bool) -> None:
    if when is None:
        return
    if len(when.words) != 1:
        findings.error(
            "wrong-value",
            when.place,
            _("A condition asks for exactly one thing; this asks for %(n)s.", n=len(when.words)),
            _("Write one, such as {not_responded: true}."),
        )
    if _OF_EVENTS & set(when.words) and not has_event:
        findings.error(
            "dead-reference",
            when.place,
            _("This asks about an event, and the kit has none."),
            _("Add a tactic of kind event, or ask about clicked, replied or submitted."),
        )


def _check_sense(step: Step, findings: Findings) -> None:
    """Refuse what a step of this kind can never ask, or can only ask in vain."""
    when: Condition | None = getattr(step, "when", None)
    after: Timing | None = getattr(step, "after", None)
    if when is None:
        return
    if isinstance(step, SocialPostStep) and when.absent:
        findings.error(
            "wrong-value",
            when.place,
            _("A post speaks to everybody; it cannot go to those who stayed away."),
            _("Write `attended: true`, or say it in a mail."),
        )
    if when.step and when.words and not _OF_MAILS & set(when.words):
        findings.error(
            "wrong-value",
            when.place,
            _("`step` names a mail, and this does not ask about one."),
            _("Take `step` out, or ask about clicked or not_clicked."),
        )
    if _AFTER_EVENTS & set(when.words) and after is not None and after.from_ == "event" and after.offset < timedelta():
        findings.error(
            "wrong-value",
            when.place,
            _("Before the event nobody has come, and nobody has stayed away."),
            _("Give it a day after the event, or ask about registered."),
        )


def _check_wait(step: Step, findings: Findings) -> None:
    if isinstance(step, WaitStep) and not step.days and not step.hours:
        findings.error(
            "wrong-value", step.place, _("This waits for no time at all."), _("Write `days: 4`, or take the step out.")
        )


def _check_windows(kit: Kit, findings: Findings) -> None:
    mails = list(kit.manifest.mails())
    windows = [mail.window for mail in mails]
    windows += [tactic.window for tactic in kit.tactics if isinstance(tactic, EmailSequence)]
    for window in windows:
        if window is not None and window.is_empty:
            findings.error(
                "wrong-value",
                window.place,
                _("This window ends before it begins, so that no mail would ever go out."),
                _("Write a later time as `until`; 00:00 is the end of the day."),
            )
    for mail in mails:
        if mail.window is not None and mail.after is not None and mail.after.from_ == "event":
            findings.error(
                "wrong-value",
                mail.window.place,
                _("A mail that counts from an event comes when the event wants it, and has no window."),
                _("Take `window` out, or count from the launch."),
            )


def _check_subjects(kit: Kit, findings: Findings) -> None:
    for mail in kit.manifest.mails():
        if mail.test is not None and mail.subject_b is None:
            findings.error(
                "missing-key",
                mail.test.place,
                _("This tests two subjects, and “%(key)s” has one.", key=mail.key),
                _("Add `subject_b: {t: …}`, or take `test` out."),
            )
        if mail.subject_b is not None and mail.subject_b.t == mail.subject.t:
            findings.error(
                "wrong-value",
                mail.subject_b.place,
                _("Both subjects of “%(key)s” are the same text.", key=mail.key),
                _("Give `subject_b` a text of its own."),
            )
