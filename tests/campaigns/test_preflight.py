"""The dry run over all partners: in batches, resumed, stopped, and painting only what has changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from assets.library import dryrun
from campaigns import preflight
from campaigns.manifest import KitPackage
from campaigns.models import (
    KitState,
    KitVersion,
    Preflight,
    PreflightBatch,
    PreflightFinding,
    PreflightResult,
    PreflightState,
)
from campaigns.operations import kits as operations
from campaigns.operations.kits import NotReadyToPublish
from campaigns.operations.writing import with_files
from campaigns.preflight.planning import BATCH
from campaigns.queries.findings import counts_by_piece, findings_page
from tcma.core import outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import db, session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tcma.partners.models import BrandProfile
from tests import factories
from tests.campaigns.kits import imported, starter
from tests.people import People
from tests.signing_in import Browser, signed_in

PARTNERS = 200
LONG = "Steinhauser Breitenbacher Systemtechnik Gesellschaft " * 3
LEASE_OVER = timedelta(minutes=6)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What was painted in another test is painted again."""
    dryrun._kept.clear()
    yield
    dryrun._kept.clear()


@pytest.fixture
def many(people: People) -> People:
    """The vendor has 200 partners; one in ten has a name that fits no headline."""
    for number in range(PARTNERS - 2):
        name = f"{number} {LONG}"[:118] if number % 10 == 0 else f"Partner {number}"
        factories.partnership(people.vendor, factories.partner(name))
    session.commit()
    return people


def naming() -> KitPackage:
    """The starter kit with the partner's name in the headline of its banner and card."""
    texts = starter().files["texts/en.yaml"]
    line = b"headline: Would your team click?"
    assert line in texts
    return with_files(starter(), {"texts/en.yaml": texts.replace(line, b'headline: "{{ partner.name }} asks: click?"')})


def ask(people: People, now: datetime, version_id: int | None = None) -> int:
    """Ask to publish that kit; nothing is tried out before the bells ring."""
    version_id, by = version_id or imported(people, now, naming()).id, people.actor("vera")
    with acting(by):
        operations.ask_to_publish(version_id=version_id, by=by, now=now)
    session.commit()
    return version_id


def run_of(people: People) -> Preflight:
    with acting(people.actor("vera")):
        return session.scalars(sa.select(Preflight)).one()


def sums(people: People) -> tuple[int, int, int, int]:
    """Done, total, painted and unchanged of the run that goes on or was last."""
    with acting(people.actor("vera")):
        progress = preflight.progress_of(session.scalars(sa.select(Preflight)).one(), now=factories.NOW)
    return progress.done, progress.total, progress.rendered, progress.unchanged


class Killed(BaseException):
    """The process ends in the middle of a batch."""


def test_every_batch_is_rung_at_once_so_that_all_workers_have_one(many: People, now: datetime) -> None:
    ask(many, now)
    (plan,) = outbox.due(now)
    outbox.run(plan[0], now=now)

    waiting = outbox.due(now)

    assert [queue for _id, queue in waiting] == ["render"] * (PARTNERS // BATCH)
    with acting(many.actor("vera")):
        ranges = session.execute(
            sa.select(PreflightBatch.after_id, PreflightBatch.until_id, PreflightBatch.partners).order_by(
                PreflightBatch.after_id
            )
        ).all()
    assert [row.partners for row in ranges] == [BATCH] * 5
    assert [row.after_id for row in ranges[1:]] == [row.until_id for row in ranges[:-1]]


def test_a_run_that_was_killed_goes_on_where_it_was_and_a_second_one_paints_nothing(
    many: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id, painted, real = ask(many, now), list[str](), dryrun._painted

    def dying(piece: Any, made_from: Any) -> Any:
        painted.append(piece.key)
        if len(painted) == 300:
            raise Killed
        return real(piece, made_from)

    monkeypatch.setattr(dryrun, "_painted", dying)
    with pytest.raises(Killed):
        outbox.drain(now=now)
    done, total, rendered, _unchanged = sums(many)
    assert (done, total) == (2 * BATCH, PARTNERS)
    assert rendered == 2 * BATCH * 3

    outbox.drain(now=now + LEASE_OVER)

    assert sums(many) == (PARTNERS, PARTNERS, PARTNERS * 3, 0)
    with acting(many.actor("vera")):
        findings = session.scalars(sa.select(PreflightFinding)).all()
        assert len({one.for_partner_id for one in findings}) == 20
        assert len(findings) == len({(one.for_partner_id, one.piece) for one in findings})
        assert len(session.scalars(sa.select(PreflightResult.id)).all()) == PARTNERS * 3
        assert session.get_one(KitVersion, version_id).state is KitState.CHANGES_REQUESTED
        picture = runtime.store().get(str(findings[0].picture))
    assert picture.startswith(b"\xff\xd8")

    painted.clear()
    ask(many, now, version_id)
    outbox.drain(now=now + LEASE_OVER)

    assert painted == []
    assert sums(many) == (PARTNERS, PARTNERS, 0, PARTNERS * 3)
    assert run_of(many).state is PreflightState.FINDINGS


def test_only_the_pieces_of_a_partner_that_has_changed_are_painted_again(
    people: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id, painted, real = ask(people, now), list[str](), dryrun._painted
    outbox.drain(now=now)
    with acting(Actor.system("test", partner_id=people.other_partner.id)):
        session.scalars(sa.select(BrandProfile)).one().phone = "+49 40 999"
    session.commit()
    monkeypatch.setattr(
        dryrun, "_painted", lambda piece, made_from: painted.append(piece.key) or real(piece, made_from)
    )

    with acting(people.actor("vera")):
        session.get_one(KitVersion, version_id).state = KitState.DRAFT
    ask(people, now, version_id)
    outbox.drain(now=now)

    assert painted == ["flyer"]  # the only piece that shows a telephone number
    assert sums(people) == (2, 2, 1, 5)


def test_a_stopped_run_writes_nothing_more_and_the_next_one_goes_on(
    many: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id, by = ask(many, now), many.actor("vera")
    for _ in range(3):
        outbox.run(outbox.due(now)[0][0], now=now)
    with acting(by):
        preflight.stop_preflight(kit_version_id=version_id, by=by, now=now)
    session.commit()

    outbox.drain(now=now)

    assert sums(many)[:3] == (2 * BATCH, PARTNERS, 2 * BATCH * 3)
    with acting(by):
        assert session.get_one(KitVersion, version_id).state is KitState.DRAFT
    painted, real = list[str](), dryrun._painted
    monkeypatch.setattr(
        dryrun, "_painted", lambda piece, made_from: painted.append(piece.key) or real(piece, made_from)
    )
    ask(many, now, version_id)
    outbox.drain(now=now)
    assert sums(many) == (PARTNERS, PARTNERS, 3 * BATCH * 3, 2 * BATCH * 3)
    assert len(painted) == 3 * BATCH * 3


def test_a_batch_that_is_run_twice_is_written_down_once(people: People, now: datetime) -> None:
    version_id, by = ask(people, now), Actor.system("test", vendor_id=people.vendor.id)
    with acting(by):
        preflight.plan_preflight(kit_version_id=version_id, run=1, by=by, now=now)
        preflight.plan_preflight(kit_version_id=version_id, run=1, by=by, now=now)
        batch_id = session.scalars(sa.select(PreflightBatch.id)).one()
        session.commit()

        preflight.run_batch(batch_id=batch_id, by=by, now=now)
        preflight.run_batch(batch_id=batch_id, by=by, now=now)

    assert sums(people) == (2, 2, 6, 0)


def test_several_workers_share_the_batches_and_the_run_ends_once(many: People, now: datetime, app: Flask) -> None:
    version_id = ask(many, now)
    outbox.run(outbox.due(now)[0][0], now=now)
    waiting = [outbox_id for outbox_id, _queue in outbox.due(now)]
    session.commit()

    def work(outbox_id: int) -> bool:
        with app.app_context():
            return outbox.run(outbox_id, now=now)

    with ThreadPoolExecutor(4) as workers:
        done = list(workers.map(work, [*waiting, *waiting]))

    assert sum(done) == len(waiting)
    assert sums(many) == (PARTNERS, PARTNERS, PARTNERS * 3, 0)
    assert run_of(many).state is PreflightState.FINDINGS
    with acting(many.actor("vera")):
        assert session.get_one(KitVersion, version_id).state is KitState.CHANGES_REQUESTED


def test_looks_are_read_for_the_whole_batch_and_only_of_own_partners(many: People, app: Flask) -> None:
    from campaigns.brands import brands_of_partners

    counted: list[str] = []
    with acting(many.actor("vera")) as by:
        ids = list(session.scalars(sa.select(Organisation.id).where(Organisation.kind == "partner")))
        engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", lambda *told: counted.append(told[2]))
        found = brands_of_partners(ids, by=by)
    with acting(many.actor("viktor")) as stranger:
        nothing = brands_of_partners(ids, by=stranger)

    assert len(found) == PARTNERS
    assert nothing == {}
    assert sum("brand_profile" in statement for statement in counted) <= 2
    with acting(many.actor("vera")):
        assert session.scalars(sa.select(BrandProfile)).all() == []


def test_a_piece_that_cannot_even_be_drawn_is_a_finding_and_holds_up_nobody(people: People, now: datetime) -> None:
    with acting(Actor.system("test", partner_id=people.other_partner.id)):
        missing = f"org-{people.other_partner.id}/aa/{'a' * 64}"
        session.scalars(sa.select(BrandProfile)).one().logo_blob = missing
    version_id = ask(people, now)

    outbox.drain(now=now)

    with acting(people.actor("vera")):
        rows, _total = findings_page(version_id, words="Charlie")
    assert {row.finding.complaint["message"] for row in rows} == {"“%(name)s” cannot be drawn for this partner."}


def test_nothing_is_published_with_a_finding_that_nobody_has_looked_at(many: People, now: datetime) -> None:
    version_id, by = ask(many, now), many.actor("vera")
    outbox.drain(now=now)
    with acting(by):
        counts = counts_by_piece(version_id)
        rows, total = findings_page(version_id, piece=counts[0].piece)

        with pytest.raises(NotReadyToPublish):
            operations.publish_version(version_id=version_id, by=by, now=now)
        with pytest.raises(Conflict):
            preflight.acknowledge_findings(
                kit_version_id=version_id, piece=counts[0].piece, count=total - 1, by=by, now=now
            )
        first = preflight.acknowledge_findings(
            kit_version_id=version_id, finding_ids=[rows[0].finding.id], by=by, now=now
        )
        rest = sum(
            preflight.acknowledge_findings(kit_version_id=version_id, piece=one.piece, count=one.open, by=by, now=now)
            for one in counts_by_piece(version_id)
        )
        operations.publish_version(version_id=version_id, by=by, now=now)

        assert (first, first + rest) == (1, sum(one.total for one in counts))
        seen_by = set(session.scalars(sa.select(PreflightFinding.acknowledged_by)))
        assert seen_by == {by.membership_id}
        assert session.get_one(KitVersion, version_id).state is KitState.PUBLISHED


def test_what_was_looked_at_stays_looked_at_while_it_is_the_same(people: People, now: datetime) -> None:
    with acting(Actor.system("test", partner_id=people.other_partner.id)):
        session.scalars(sa.select(BrandProfile)).one().name = LONG[:200]
    version_id, by = ask(people, now), people.actor("vera")
    outbox.drain(now=now)
    with acting(by):
        preflight.acknowledge_findings(kit_version_id=version_id, by=by, now=now)
    session.commit()

    ask(people, now, version_id)
    outbox.drain(now=now)

    assert run_of(people).state is PreflightState.CLEAN
    with acting(by):
        assert session.get_one(KitVersion, version_id).state is KitState.PUBLISHED


def test_the_page_of_findings_shows_who_breaks_with_a_picture_and_how_to_mend_it(
    many: People, now: datetime, client: Browser
) -> None:
    version_id = ask(many, now)
    outbox.drain(now=now)
    with acting(many.actor("vera")):
        address = f"/kits/versions/{session.get_one(KitVersion, version_id).public_id}/findings"
        rows, total = findings_page(version_id)
        findings = [row.finding.id for row in rows]
    signed_in(client, many.vera)

    page = client.get(address).get_data(as_text=True)
    picture = client.get(f"{address}/{findings[0]}.jpg")
    found = client.get(f"{address}?q=no-such-partner").get_data(as_text=True)
    client.post(f"{address}/looked-at", data={"finding": findings[:2]})

    assert "Shorten it by about" in page
    assert LONG[:60] in page
    assert picture.mimetype == "image/jpeg"
    assert "No finding fits" in found
    with acting(many.actor("vera")):
        assert preflight.open_findings(version_id) == total - 2
    signed_in(client, many.viktor)
    assert client.get(address).status_code == 404
