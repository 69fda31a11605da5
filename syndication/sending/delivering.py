"""From a claimed batch to the relay and back: no transaction is open while a mail is on its way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from syndication.channels import Outgoing, Result
from syndication.channels.email.build import Addressee, MailBuilder
from syndication.channels.email.smtp import SmtpChannel
from syndication.models import DeliveryState
from syndication.sending.backoff import backoff_after, domain_pause
from syndication.sending.batches import Batch, Row, not_to
from syndication.sending.gate import STOPPED, Gate
from syndication.sending.mails import Edition
from syndication.sending.outcomes import Settled, back_to_ready, settled, waits_until
from syndication.sending.paces import domain_of
from syndication.sending.sender import Sender
from tcma.core.errors import DomainError
from tcma.core.journal import Outcome, Queue, SendBegin, SendEnd

Clock = Callable[[], datetime]
SLOWED = "this domain wants fewer mails at a time"


@dataclass(frozen=True, slots=True)
class Sent:
    """How each mail of a batch stands, the codes that the relay answered with, and the domains that had enough."""

    outcomes: dict[Row, Settled]
    codes: list[int]
    slowed: set[str]


def send_batch(
    batch: Batch,
    builders: Mapping[Edition, MailBuilder],
    *,
    channel: SmtpChannel,
    sender: Sender,
    gate: Gate,
    clock: Clock,
) -> Sent:
    """Hand the batch to the relay, and return how each of its mails stands; those never pulled are ready again."""
    watch = _Watch(batch, sender, gate, clock, relay=channel.relay.name)
    mails = _Mails(batch, builders, clock)
    channel.send(mails, watch)
    sender.journal.sync()
    outcomes = {row: mails.refused.get(row) or watch.outcomes.get(row) or back_to_ready() for row in batch.rows}
    return Sent(outcomes, watch.codes, watch.slowed)


@dataclass(slots=True)
class _Mails:
    """Builds each mail when the relay is ready for it; a recipient who cannot get one is passed over."""

    batch: Batch
    builders: Mapping[Edition, MailBuilder]
    clock: Clock
    refused: dict[Row, Settled]

    def __init__(self, batch: Batch, builders: Mapping[Edition, MailBuilder], clock: Clock) -> None:
        self.batch, self.builders, self.clock, self.refused = batch, builders, clock, {}

    def __iter__(self) -> Iterator[Outgoing]:
        for row in self.batch.rows:
            to = Addressee(row.delivery_id, row.contact_id, row.address, row.name, row.fields)
            try:
                mail = self.builders[row.edition].build(to, at=self.clock(), ref=row)
            except DomainError as reason:
                self.refused[row] = Settled(DeliveryState.SKIPPED, reason=reason.message[:200], counts=False)
                continue
            yield mail


class _Watch:
    """What is asked and written down about each mail on its way."""

    def __init__(self, batch: Batch, sender: Sender, gate: Gate, clock: Clock, *, relay: str) -> None:
        self._attempt_id, self._launch_id = batch.claim_id, batch.launch_id
        self._journal = sender.journal
        self._gate = gate
        self._clock = clock
        self._against: dict[Row, str] = {}
        self._relay = relay
        self.outcomes: dict[Row, Settled] = {}
        self.codes: list[int] = []
        self.slowed: set[str] = set()

    def admit(self, mail: Outgoing) -> bool:
        row = _row(mail)
        if self.slowed and domain_of(row.address) in self.slowed:
            return False
        reason = self._gate.against(row.contact_id)
        if reason is not None:
            self._against[row] = reason
        return reason is None

    def begin(self, mail: Outgoing) -> bool:
        if not self.admit(mail):
            return False
        row = _row(mail)
        self._journal.append(
            SendBegin(
                self._clock(), Queue.DELIVERY, row.delivery_id, self._attempt_id,
                self._launch_id, row.contact_id, row.step,
            )
        )  # fmt: skip
        return True

    def end(self, mail: Outgoing, result: Result) -> None:
        row, now = _row(mail), self._clock()
        self._gate.is_done_with(row.contact_id)
        if result.outcome is Outcome.WITHHELD:
            is_slowed = row not in self._against and domain_of(row.address) in self.slowed
            self.outcomes[row] = (
                waits_until(now + domain_pause(0), SLOWED) if is_slowed else withheld(self._against.get(row))
            )
            return
        record = SendEnd(
            now, Queue.DELIVERY, row.delivery_id, self._attempt_id, result.outcome, result.code, result.text
        )
        self._journal.append(record)
        self.codes.append(result.code)
        self.outcomes[row] = settled(result, attempts=row.attempts, now=now, relay=self._relay)
        if result.outcome is Outcome.DEFERRED and backoff_after(result, row.attempts).slows_domain:
            self.slowed.add(domain_of(row.address))


def withheld(reason: str | None) -> Settled:
    """Return how a mail stands that was stopped on our side: for its contact's sake, or with the whole launch."""
    return back_to_ready() if reason in (None, STOPPED) else not_to(reason)


def _row(mail: Outgoing) -> Row:
    row = mail.ref
    if not isinstance(row, Row):
        raise TypeError("a mail of a launch carries its row")
    return row
