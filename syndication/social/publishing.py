"""Publishing one post: claim, perform with no transaction open, settle; and looking before anything is done twice."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from syndication.channels import PostOutcome, PostResult, SocialChannel
from syndication.channels.social import NETWORKS, peer_of
from syndication.channels.social.oauth import Unreached
from syndication.models import SocialAccount
from syndication.social.operations import keeping, publishing
from syndication.social.operations.publishing import Job, Later
from syndication.social.reasons import Reason
from syndication.social.tokens import Disconnected, usable_token
from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.schedule import Claimed
from tcma.core.tenancy import acting


def attend_to(claimed: Claimed, *, now: datetime) -> None:
    """Do what is due for one post, and put it back on the index or off it."""
    by = claimed.actor("posts")
    with transaction(), acting(by):
        job = publishing.pick_up(post_id=claimed.object_id, now=now)
        if isinstance(job, Later):
            schedule.release(claimed, due_at=job.due_at)
            return
    _Attendance(claimed, job, by, now).run()


class _Attendance:
    """One post in one worker's hands."""

    def __init__(self, claimed: Claimed, job: Job, by: Actor, now: datetime) -> None:
        self.claimed, self.job, self.by, self.now = claimed, job, by, now
        self.token = ""

    def run(self) -> None:
        try:
            self.token = usable_token(account_id=self.job.account_id, by=self.by, now=self.now)
            if self.job.looks_first and not self._look_first():
                return
            self._publish()
        except Disconnected:
            self._put_back(lambda: publishing.hold(post_id=self.job.post_id, now=self.now))
        except Unreached:
            self._put_back(
                lambda: publishing.postpone(post_id=self.job.post_id, reason=Reason.NOT_REACHED, now=self.now)
            )

    def _channel(self) -> SocialChannel:
        network = NETWORKS[self.job.network]
        peer = peer_of(self.job.network)
        if peer is None:
            raise Unreached
        return network.channel(peer, self.job.account, now=self.now)

    def _find(self, request_key: str) -> PostResult | None:
        """Look for the post; with a new token if the network does not take this one."""
        channel = self._channel()
        since = self.job.since if self.job.looks_first else self.now
        found = channel.find(self.job.content, token=self.token, request_key=request_key, since=since)
        if found is None or found.outcome is not PostOutcome.EXPIRED:
            return found
        self.token = usable_token(account_id=self.job.account_id, spurned=self.token, by=self.by, now=self.now)
        return channel.find(self.job.content, token=self.token, request_key=request_key, since=since)

    def _look_first(self) -> bool:
        """Look whether the post is there already; returns whether it may be sent."""
        found = self._find(f"look-{self.claimed.attempt}")
        if found is None and not self.job.only_looks:
            return True
        self._put_back(lambda: publishing.looked(post_id=self.job.post_id, found=found, now=self.now))
        return False

    def _publish(self) -> None:
        with transaction(), acting(self.by):
            attempt = publishing.begin(post_id=self.job.post_id, now=self.now)
            if attempt is None:
                schedule.release(self.claimed, due_at=self.now + publishing.PAUSED)
                return
        result = self._channel().publish(self.job.content, token=self.token, request_key=attempt)
        if result.outcome in {PostOutcome.PUBLISHED, PostOutcome.REFUSED}:
            result = self._seen(result, attempt)
        elif result.outcome is PostOutcome.EXPIRED:
            result = self._after_a_refused_token(result, attempt)
        with transaction(), acting(self.by):
            self._note_token(result)
            again = publishing.settle(post_id=self.job.post_id, attempt=attempt, result=result, now=self.now)
            schedule.release(self.claimed, due_at=again)

    def _seen(self, result: PostResult, attempt: str) -> PostResult:
        """Hold what the network said against what it shows: published is what is there, failed what is not."""
        try:
            found = self._find(attempt)
        except (Disconnected, Unreached):
            found = PostResult(PostOutcome.UNKNOWN)
        if found is not None and found.outcome is PostOutcome.PUBLISHED:
            return replace(found, url=result.url or found.url)
        said_so = result.outcome is PostOutcome.PUBLISHED
        if found is None:
            return replace(result, outcome=PostOutcome.UNKNOWN) if said_so else result
        if found.outcome is PostOutcome.REFUSED:
            return result  # this account may not read; what the network said is all there is to know
        return replace(result, outcome=PostOutcome.UNKNOWN)

    def _after_a_refused_token(self, result: PostResult, attempt: str) -> PostResult:
        """Look with the same token: if it reads, it is good after all. Otherwise get a new one for the next attempt."""
        since = self.job.since if self.job.looks_first else self.now
        found = self._channel().find(self.job.content, token=self.token, request_key=attempt, since=since)
        if found is not None and found.outcome is PostOutcome.PUBLISHED:
            return found
        if found is not None and found.outcome is PostOutcome.EXPIRED:
            with suppress(Disconnected, Unreached):
                usable_token(account_id=self.job.account_id, spurned=self.token, by=self.by, now=self.now)
        return result

    def _note_token(self, result: PostResult) -> None:
        if result.outcome in {PostOutcome.PUBLISHED, PostOutcome.REFUSED}:
            account = session.get(SocialAccount, self.job.account_id)
            held = keeping.opened(account, account.token_sealed) if account is not None else None
            if account is not None and held is not None and held.access == self.token:
                keeping.confirm(account)

    def _put_back(self, decide: Callable[[], datetime | None]) -> None:
        with transaction(), acting(self.by):
            schedule.release(self.claimed, due_at=decide())
