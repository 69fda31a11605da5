"""A kit whose last day has passed: its designs expire, no new file of them is made, and those there are say so."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from assets.library import governance
from assets.library.models import Design, DesignState, Rendition
from assets.library.operations import PieceExpired, render_piece
from assets.library.queries import designs_of
from campaigns.models import KitState, KitVersion, Launch
from campaigns.operations.kits import recall_version
from campaigns.queries.pieces import piece_of
from campaigns.stages import stage_of_launch
from campaigns.tasks import look_at_kits
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.campaigns.kits import published
from tests.campaigns.test_api import keyed
from tests.people import People
from tests.signing_in import Browser

UNTIL = date(2028, 12, 31)  # as the starter kit says
OVER = datetime.combine(UNTIL + timedelta(days=1), time(0, 5), UTC)


@pytest.fixture
def code(people: People) -> str:
    """The code of a file of Alice's company, made while the kit's time lasts."""
    published(people, clock.now())
    made = rows.rendition(people)
    with acting(people.actor("alice")):
        found = session.scalars(sa.select(Rendition.version_code).where(Rendition.public_id == made["public_id"])).one()
    session.commit()
    return found


def states(people: People) -> set[str]:
    with acting(people.actor("vera")):
        return set(session.scalars(sa.select(Design.state)))


def version_of(people: People) -> KitVersion:
    with acting(people.actor("vera")):
        return session.scalars(sa.select(KitVersion)).one()


def make(people: People, what: str, now: datetime) -> Rendition:
    by = people.actor("alice")
    with acting(by):
        launch = session.scalars(sa.select(Launch)).one()
        stage = stage_of_launch(launch)
        return render_piece(
            design_id=designs_of(launch.kit_version_id)["banner"].id,
            piece=piece_of(stage.content, "banner", launch.language),
            look=stage.side.look("banner"),
            what=what,
            partner_id=launch.partner_id,
            launch_id=launch.id,
            by=by,
            now=now,
        )


def test_designs_expire_once_the_last_day_is_over_and_not_before(people: People, code: str) -> None:
    del code
    look_at_kits(OVER - timedelta(minutes=10))
    on_the_last_day = states(people)

    look_at_kits(OVER)
    look_at_kits(OVER + timedelta(days=1))

    assert on_the_last_day == {DesignState.AVAILABLE}
    assert states(people) == {DesignState.EXPIRED}
    assert version_of(people).state is KitState.EXPIRED


def test_no_new_file_of_an_expired_design_is_made_and_those_there_are_stay(
    people: People, code: str, browser: Browser
) -> None:
    made = make(people, "jpeg", clock.now())
    with acting(people.actor("alice")):
        made_id, launch = made.id, session.scalars(sa.select(Launch.public_id)).one()
    look_at_kits(OVER)

    with pytest.raises(PieceExpired):
        make(people, "webp", OVER)
    again = make(people, "jpeg", OVER)
    with acting(people.actor("alice")):
        assert again.id == made_id
    clock.use_offset(lambda: OVER - datetime.now(UTC))
    refused = keyed(browser, people, "alice").post(
        f"/api/v1/launches/{launch}/renditions", json={"piece": "banner", "format": "webp"}
    )
    told = browser.get(f"/check/{code}").text

    assert refused.status_code == 422
    assert "no more files of it are made" in refused.json["title"]
    assert "time is over" in told


def test_an_expired_design_can_still_be_withdrawn_and_nothing_else(people: People, code: str) -> None:
    del code
    look_at_kits(OVER)
    by, version_id = people.actor("vera"), version_of(people).id

    with acting(by):
        assert governance.follow_version(kit_version_id=version_id, state=DesignState.SUPERSEDED) == 0
        recall_version(version_id=version_id, reason="A wrong figure", by=by, now=OVER)
        session.commit()
    look_at_kits(OVER + timedelta(days=1))

    assert states(people) == {DesignState.RECALLED}
