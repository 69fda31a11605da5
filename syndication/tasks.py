"""What sending and tracking do in the background: listeners of facts, and looks at what is due."""

from datetime import datetime

from campaigns.models import Execution
from campaigns.queries.launches import own_launch
from syndication import evidence
from syndication.exporting.mails import keep_mails
from syndication.inbound import mailbox
from syndication.senders.holds import look_at_health
from syndication.senders.looking import look_at_domains
from syndication.sending import messages, trials, work
from syndication.sequences import enrolling, retiming, tasking
from syndication.sequences.leaving import close_sequence, leave_all
from syndication.tracking import ingest
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.tasks import Tick


def freeze_recipients(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Write down whom a launch goes to, or make the mails that the partner sends from its own tool."""
    enrolling.freeze_recipients(launch_id=launch_id, now=now)
    with transaction():
        _keep_own_tools_mails(launch_id, by=by, now=now)


def _keep_own_tools_mails(launch_id: int, *, by: Actor, now: datetime) -> None:
    launch = own_launch(launch_id, actor=by)
    if launch.execution is Execution.EXPORTED:
        keep_mails(launch, now=now)


def resume_sequence(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Look at a launch at once that was held."""
    enrolling.bring_forward(launch_id, now, vendor_id=by.vendor_id, partner_id=by.partner_id)


def retime_sequence(*, launch_id: int, event_id: int, by: Actor, now: datetime) -> None:
    """Give what hangs on an event its new time, and the mails for the partner's own tool the new date."""
    del event_id
    retiming.retime_sequence(launch_id=launch_id, now=now)
    _keep_own_tools_mails(launch_id, by=by, now=now)


def end_sequence(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Tidy up behind a launch that was stopped or withdrawn: what waited is named, and nobody stays enrolled."""
    close_sequence(own_launch(launch_id, actor=by), now=now)


def send_trial(*, launch_id: int, user_id: int, by: Actor, now: datetime) -> None:
    """Have the mails of a launch sent to the one who asked."""
    trials.compose_trial(launch_id=launch_id, user_id=user_id, by=by, now=now)


def send_message(*, message_id: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - the row names its owner
    """Send a message."""
    messages.send_message(message_id=message_id, clock=clock.now)


def look_at_sequences(_now: datetime) -> None:
    """Send what is due."""
    work.send_what_is_due(clock.now)
    work.look_at_messages(clock.now)


def make_tasks(*, launch_id: int, hour: str, by: Actor, now: datetime) -> None:
    """Make the tasks that an answer asks for."""
    del hour, by
    tasking.follow_answers(launch_id=launch_id, now=now)


def look_at_tasks(now: datetime) -> None:
    """Make the tasks whose time and condition have come."""
    tasking.look_at_tasks(now=now)


def look_at_senders(now: datetime) -> None:
    """Look at the records of sender domains, and at partners of whom mail came back."""
    look_at_health(now)
    look_at_domains(now)


def look_at_mailbox(_now: datetime) -> None:
    """Take in what has come back by mail."""
    mailbox.look_at_mailbox(clock.now)


def look_at_hits(now: datetime) -> None:
    """Take in and judge what reached tracked addresses."""
    ingest.take_hits_in(now=now)


def leave_sequences(*, contact_id: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - called so by the queue
    """Mail nothing more of any running sequence to somebody who has opted out or asked to be forgotten."""
    leave_all(contact_id, "unsubscribed")


def prove(*, activity_id: int, by: Actor, now: datetime) -> None:
    """Attach the platform's own proof to an activity."""
    evidence.assemble_proof(activity_id=activity_id, by=by, now=now)


TICKS = {
    "tasks": Tick(look_at_tasks, every=15),
    "sequences": Tick(look_at_sequences, every=2, queue="mail"),
    "hits": Tick(look_at_hits, every=2, queue="mail"),
    "senders": Tick(look_at_senders, every=3, queue="mail"),
    "inbound": Tick(look_at_mailbox, every=60, queue="mail"),
}
