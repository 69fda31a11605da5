"""A batch of partners, tried out: read, painted without the database, written down once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assets.library import dryrun
from campaigns.brands import brands_of_partners
from campaigns.content import Content, content_of
from campaigns.fit import best_language, fit_of
from campaigns.manifest.rules.posts import NETWORK_LIMITS, length_on
from campaigns.models import KitVersion, Preflight, PreflightBatch, PreflightFinding, PreflightResult
from campaigns.preflight.planning import plan_preflight, running
from campaigns.preflight.progress import finish, progress_of
from campaigns.queries.fit import partner_facts, wanted_by
from campaigns.queries.pieces import Side, piece_of, side_of, vendors_side
from campaigns.values import filled
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.words import lazy_gettext as _

BETWEEN = 10_000  # partners whose keys lie in one batch's range; a range of forty never has as many


@dataclass(frozen=True, slots=True)
class Work:
    """A batch read before the work and looked at without the database."""

    batch_id: int
    content: Content
    sides: tuple[tuple[int, Side], ...]
    known: Mapping[tuple[int, str, str], tuple[str, list[Any], str | None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one piece for one partner; `is_new` if it was painted now."""

    partner_id: int
    piece: str
    language: str
    shape: str
    complaints: list[Any]
    picture: str | None
    is_new: bool


def run_batch(*, batch_id: int, by: Actor, now: datetime) -> None:
    """Try a batch out and write down what came of it; the last one ends the run.

    Reading, painting and writing are apart, so that nobody waits for the pictures. What has not changed since
    it was tried last is not painted again. A batch that is run twice, also at once, is written down once.
    """
    with reading(), transaction():
        work = _read(batch_id, by)
    if work is None:
        return
    outcomes = [outcome for partner_id, side in work.sides for outcome in _pieces(work, partner_id, side, by)]
    posts = [found for partner_id, side in work.sides for found in _posts(work.content, partner_id, side)]
    with transaction():
        _write_down(batch_id, outcomes, posts, by=by, now=now)


def _read(batch_id: int, by: Actor) -> Work | None:
    batch = session.get(PreflightBatch, batch_id)
    if batch is None or batch.done_at is not None or running(batch.kit_version_id, batch.run) is None:
        return None
    version = session.get_one(KitVersion, batch.kit_version_id)
    wanted = wanted_by(version)
    partners = partner_facts(after=batch.after_id, until=batch.until_id, limit=BETWEEN, kit_id=version.kit_id)
    fitting = [partner for partner in partners if fit_of(wanted, partner).fits]
    brands, vendor = brands_of_partners([one.partner_id for one in fitting], by=by), vendors_side(version)
    sides = tuple(
        (
            partner.partner_id,
            side_of(
                version,
                brand=brands[partner.partner_id],
                vendor=vendor,
                language=best_language(version.languages, partner.languages) or version.default_language,
            ),
        )
        for partner in fitting
        if partner.partner_id in brands  # without a profile there is nothing to show yet; it is asked for at the start
    )
    return Work(batch.id, content_of(version), sides, _known(version.kit_id, [one for one, _side in sides]))


def _known(kit_id: int, partner_ids: list[int]) -> dict[tuple[int, str, str], tuple[str, list[Any], str | None]]:
    chosen = sa.select(PreflightResult).where(
        PreflightResult.kit_id == kit_id, PreflightResult.for_partner_id.in_(partner_ids)
    )
    return {
        (row.for_partner_id, row.piece, row.language): (row.shape_hash, list(row.complaints), row.picture)
        for row in session.scalars(chosen)
    }


def _pieces(work: Work, partner_id: int, side: Side, by: Actor) -> Iterator[Outcome]:
    for key in work.content.designs:
        piece = piece_of(work.content, key, side.language)
        made_from, shape = dryrun.shape_to_try(piece, side.look(key))
        before = work.known.get((partner_id, key, side.language))
        if before is not None and before[0] == shape:
            yield Outcome(partner_id, key, side.language, *before, is_new=False)
            continue
        tried = dryrun.tried(piece, made_from, shape)
        picture = runtime.store().put(f"org-{by.vendor_id}/dryrun", tried.picture).path if tried.picture else None
        complaints = [dict(one) for one in tried.complaints]
        yield Outcome(partner_id, key, side.language, shape, complaints, picture, is_new=True)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not come out right for one partner."""

    partner_id: int
    piece: str
    language: str
    complaint: Mapping[str, Any]
    picture: str | None = None

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What makes it the same finding as in the run before."""
        return self.partner_id, self.piece, self.language, json.dumps(dict(self.complaint), sort_keys=True)


def _posts(content: Content, partner_id: int, side: Side) -> Iterator[Found]:
    for tactic in content.posts:
        for post in tactic.posts:
            text = filled(content.words(post.text, side.language), side.fields)
            over = [(network, length_on(network, text)) for network in post.networks]
            long = [(network, length) for network, length in over if length > NETWORK_LIMITS[network]]
            yield from (Found(partner_id, post.key, side.language, _too_long(*one)) for one in long)


def _too_long(network: str, length: int) -> dict[str, Any]:
    return {
        "message": "The post has %(length)s characters on %(network)s; %(most)s are allowed.",
        "mend": "Shorten it, or take the network out.",
        "data": {"length": length, "network": network, "most": NETWORK_LIMITS[network]},
        "zone": None,
    }


def _write_down(batch_id: int, outcomes: list[Outcome], posts: list[Found], *, by: Actor, now: datetime) -> None:
    batch = session.get_one(PreflightBatch, batch_id)
    preflight = running(batch.kit_version_id, batch.run, lock=True)  # batches are written down one after another
    session.refresh(batch)
    if preflight is None or batch.done_at is not None:
        return
    version = session.get_one(KitVersion, batch.kit_version_id)
    batch.rendered = sum(one.is_new for one in outcomes)
    batch.unchanged = len(outcomes) - batch.rendered
    batch.done_at = now
    _keep_results(version, [one for one in outcomes if one.is_new], now=now)
    _keep_findings(batch, [*_of_pieces(outcomes), *posts])
    session.flush()  # this batch and its findings count too
    progress = progress_of(preflight, now=now)
    preflight.done, preflight.total, preflight.last_partner_id = progress.done, progress.total, batch.until_id
    preflight.rendered = progress.rendered
    if not progress.batches_left:
        finish(preflight, version, by=by, now=now)


def _of_pieces(outcomes: list[Outcome]) -> Iterator[Found]:
    for one in outcomes:
        yield from (Found(one.partner_id, one.piece, one.language, each, one.picture) for each in one.complaints)


def _keep_results(version: KitVersion, outcomes: list[Outcome], *, now: datetime) -> None:
    chosen = sa.select(PreflightResult).where(
        PreflightResult.kit_id == version.kit_id,
        PreflightResult.for_partner_id.in_({one.partner_id for one in outcomes}),
    )
    there = {(row.for_partner_id, row.piece, row.language): row for row in session.scalars(chosen)}
    for one in outcomes:
        row = there.get((one.partner_id, one.piece, one.language))
        if row is None:
            row = PreflightResult(
                vendor_id=version.vendor_id,
                kit_id=version.kit_id,
                for_partner_id=one.partner_id,
                piece=one.piece,
                language=one.language,
            )
            session.add(row)
        row.shape_hash, row.complaints, row.picture, row.at = one.shape, one.complaints, one.picture, now


def _keep_findings(batch: PreflightBatch, found: list[Found]) -> None:
    """Let the findings about a batch's partners be these; one that stands as it was keeps who has looked at it."""
    chosen = sa.select(PreflightFinding).where(
        PreflightFinding.kit_version_id == batch.kit_version_id,
        PreflightFinding.for_partner_id > batch.after_id,
        PreflightFinding.for_partner_id <= batch.until_id,
    )
    wanted = {one.key: one for one in found}
    for row in session.scalars(chosen):
        one = wanted.pop(Found(row.for_partner_id, row.piece, row.language, row.complaint).key, None)
        if one is None:
            session.delete(row)
        else:
            row.picture = one.picture
    session.add_all(
        PreflightFinding(
            vendor_id=batch.vendor_id,
            kit_version_id=batch.kit_version_id,
            for_partner_id=one.partner_id,
            piece=one.piece,
            language=one.language,
            complaint=dict(one.complaint),
            picture=one.picture,
        )
        for one in wanted.values()
    )


def run_to_the_end(*, kit_version_id: int, by: Actor, now: datetime) -> None:
    """Run every batch in this process, for the command line and the demo. The caller has no transaction open."""
    with transaction():
        run = session.scalar(sa.select(Preflight.run).where(Preflight.kit_version_id == kit_version_id)) or 0
        plan_preflight(kit_version_id=kit_version_id, run=run, by=by, now=now)
    with reading(), transaction():
        mine = (PreflightBatch.kit_version_id == kit_version_id) & (PreflightBatch.run == run)
        waiting = sa.select(PreflightBatch.id).where(mine, PreflightBatch.done_at.is_(None))
        batch_ids = list(session.scalars(waiting.order_by(PreflightBatch.after_id)))
    for batch_id in batch_ids:
        run_batch(batch_id=batch_id, by=by, now=now)


_("The post has %(length)s characters on %(network)s; %(most)s are allowed.")
_("Shorten it, or take the network out.")
_("“%(name)s” cannot be drawn for this partner.")
_("Look at its logo and pictures; if they are fine, tell us.")
