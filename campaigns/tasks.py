"""What happens to kits and launches after the request that asked for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from assets.renderers.cache import forget_idle
from campaigns import preflight
from campaigns.operations import colliding, doing, files, granting, recalling, serving, serving_mails
from campaigns.operations.kits import KIT_ENDS, end_version
from campaigns.operations.launches import follow_event, look_at_launch
from campaigns.queries.launch_tasks import funded_launch
from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.outbox import Work
from tcma.core.tasks import Tick
from tcma.core.tenancy import acting

LOOKS = 50
LEASE = timedelta(minutes=2)


def plan_preflight(*, kit_version_id: int, run: int, by: Actor, now: datetime) -> None:
    """Part a dry run into batches and ring for each."""
    preflight.plan_preflight(kit_version_id=kit_version_id, run=run, by=by, now=now)


def run_preflight_batch(*, batch_id: int, by: Actor, now: datetime) -> None:
    """Try a batch of partners out."""
    preflight.run_batch(batch_id=batch_id, by=by, now=now)


def make_files(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Make the files of a campaign that are missing."""
    files.make_all(launch_id=launch_id, by=by, now=now)


def grant_kit(*, kit_id: int, run: int, after: int, by: Actor, now: datetime) -> None:
    """Offer a kit to the partners whom it fits, a chunk of them at a time."""
    granting.grant_kit(kit_id=kit_id, run=run, after=after, by=by, now=now)


def grant_partner(*, partnership_id: int, by: Actor, now: datetime) -> None:
    """Work out anew which kits fit a partner whose partnership has changed."""
    granting.grant_partner(partnership_id=partnership_id, by=by, now=now)


def follow_group(*, group_id: int, by: Actor, now: datetime) -> None:
    """Work out anew whom the kits fit that are limited to a group whose rules have changed."""
    granting.follow_group(group_id=group_id, by=by, now=now)


def notice_holders(*, kit_version_id: int, after: int, by: Actor, now: datetime) -> None:
    """Note who holds files of a withdrawn version, a chunk of partners at a time."""
    recalling.notice_holders(kit_version_id=kit_version_id, after=after, by=by, now=now)


def mail_holder(*, notice_id: int, reminder: int, by: Actor, now: datetime) -> None:
    """Tell one partner what it holds of a withdrawn version."""
    recalling.mail_holder(notice_id=notice_id, reminder=reminder, by=by, now=now)


def retime_launch(*, launch_id: int, event_id: int, by: Actor, now: datetime) -> None:
    """Give the tasks and the end of a launch their time after its event's date was set or moved."""
    del event_id, by
    follow_event(launch_id=launch_id, now=now)


def prove_with_tasks(*, activity_id: int, by: Actor, now: datetime) -> None:
    """Give a funded activity the files with which its launch's tasks were ticked off."""
    if found := funded_launch(activity_id):
        doing.prove_with_tasks(activity=found[0], launch_id=found[1], by=by, now=now)


def forget_notes(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Blank what was noted about somebody who asked to be forgotten."""
    del now
    doing.forget_notes(contact_id=contact_id, by=by)


def note_accounts(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Note which companies a launch writes to, as hashes."""
    colliding.note_accounts(launch_id=launch_id, by=by, now=now)


def plan_subscribed(*, kit_version_id: int, by: Actor, now: datetime) -> None:
    """Open a campaign of a new kit for a partner that has subscribed to its theme."""
    serving.plan_subscribed(kit_version_id=kit_version_id, by=by, now=now)


def mail_prepared(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Ask a partner for its yes, or tell it until when it can say no."""
    serving_mails.mail_prepared(launch_id=launch_id, by=by, now=now)


def mail_held_back(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Tell a partner what keeps a subscribed campaign from starting."""
    serving_mails.mail_held_back(launch_id=launch_id, by=by, now=now)


def look_at_launches(now: datetime) -> None:
    """Begin launches whose hour has come, and close those that are over."""
    with transaction():
        claimed = schedule.claim("launch", now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        by = one.actor("launches")
        with transaction(), acting(by):
            again = serving.start_unvetoed(launch_id=one.object_id, by=by, now=now)
            again = again or look_at_launch(launch_id=one.object_id, by=by, now=now)
            schedule.release(one, due_at=again)


def look_at_kits(now: datetime) -> None:
    """Let kits whose last day has passed be over."""
    with transaction():
        claimed = schedule.claim(KIT_ENDS, now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        by = one.actor("kits")
        with transaction(), acting(by):
            end_version(version_id=one.object_id, by=by, now=now)
            schedule.release(one, due_at=None)


TICKS: Mapping[str, Tick] = {
    "launches": Tick(look_at_launches, every=15),
    "kits": Tick(look_at_kits, every=60),
    "prepared": Tick(forget_idle, every=60),
}
# Facts about kits and the partners whom they are for, and who does what with them.
LISTENERS: Mapping[str, Sequence[Work]] = {
    "partner_group.changed": (Work("campaigns.follow_group", follow_group),),
    "kit.grants_due": (Work("campaigns.grant", grant_kit),),
    "kit.subscribed": (Work("campaigns.plan_subscribed", plan_subscribed),),
    "kit.recalled": (Work("campaigns.notice_holders", notice_holders),),
    "recall.noticed": (Work("campaigns.mail_holder", mail_holder, queue="mail"),),
}
