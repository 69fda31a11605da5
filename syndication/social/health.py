"""The health of connections: renewed well before they end, and a person told in time when only a person can."""

from datetime import datetime

from syndication.channels.social import peer_of
from syndication.channels.social.oauth import Unreached
from syndication.models import SocialAccount
from syndication.social.operations import keeping
from tcma.core import schedule
from tcma.core.db import session, transaction
from tcma.core.quarantine import is_quarantined
from tcma.core.schedule import Claimed
from tcma.core.tenancy import acting


def look_after(claimed: Claimed, *, now: datetime) -> None:
    """Look at one account: renew it when a week or less is left, and say how long it will last."""
    by = claimed.actor("accounts")
    with transaction(), acting(by):
        account = session.get(SocialAccount, claimed.object_id)
        if account is None or account.state not in keeping.USABLE:
            schedule.release(claimed, due_at=None)
            return
        if is_quarantined():  # a renewed pair is an effect outside, too
            schedule.release(claimed, due_at=now + keeping.LOOK_EVERY)
            return
    # A network that is away says nothing against the connection: it stays, and is looked at again.
    with transaction(), acting(by):
        account = keeping.locked(claimed.object_id)
        if account.state in keeping.USABLE and keeping.wants_renewal(account, now):
            _renew(account, now)
        if account.state in keeping.USABLE:
            keeping.judge(account, now=now)
        lasts = account.state in keeping.USABLE
        schedule.release(claimed, due_at=now + keeping.LOOK_EVERY if lasts else None)


def _renew(account: SocialAccount, now: datetime) -> None:
    peer = peer_of(account.network)
    if peer is None:
        return
    try:
        keeping.renewed(account, peer, now=now)
    except Unreached:
        return
