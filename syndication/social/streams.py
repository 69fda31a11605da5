"""A partner's wishes by topic: how much of a vendor's flow of posts an account takes by itself."""

from datetime import datetime

import sqlalchemy as sa

from syndication.models import SocialAccount, Stream, SubscriptionMode
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session


def subscribe(
    *, account_id: int, vendor_id: int, topic: str, mode: SubscriptionMode, by: Actor, now: datetime
) -> Stream:
    """Let an account take a vendor's posts on a topic in this way; the account's own wish holds beside it."""
    account = require(session.get(SocialAccount, account_id))
    chosen = sa.select(Stream).where(
        Stream.account_id == account.id, Stream.topic == topic, Stream.vendor_id == vendor_id
    )
    row = session.scalar(chosen)
    before = row.mode if row is not None else None
    if row is None:
        row = Stream(
            vendor_id=vendor_id, partner_id=account.partner_id, account_id=account.id, topic=topic[:60], mode=mode
        )
        session.add(row)
    row.mode = mode
    audit.record(
        by=by, action="stream.subscribed", object_type="social_account", object_id=account.id,
        before={"mode": before}, after={"mode": mode, "topic": topic}, now=now,
    )  # fmt: skip
    return row
