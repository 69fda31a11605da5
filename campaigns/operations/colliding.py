"""Noting whom a campaign writes to, by company and nameless, so that two partners do not write to one at once."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch, ReachedAccount
from campaigns.queries.collisions import account_digests
from campaigns.queries.gates import is_left_out_mails
from campaigns.queries.launches import lists_of
from tcma.core.actor import Actor
from tcma.core.db import require, session

KEPT_FOR = timedelta(days=90)


def note_accounts(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Note the companies that a launch which has started writes to. Called twice, it notes nothing twice."""
    del by
    launch = require(session.get(Launch, launch_id))
    if is_left_out_mails(launch) or launch.starts_at is None:
        return
    session.execute(
        sa.delete(ReachedAccount)
        .where((ReachedAccount.launch_id == launch.id) | (ReachedAccount.at < now - KEPT_FOR))
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "vendor_id": launch.vendor_id,
            "launch_id": launch.id,
            "of_partner_id": launch.partner_id,
            "digest": digest,
            "at": launch.starts_at,
        }
        for digest in account_digests(lists_of(launch.id))
    ]
    if rows:
        session.execute(sa.insert(ReachedAccount), rows)
