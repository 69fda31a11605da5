"""What a vendor still works on is the vendor's alone, also where a partner has the kit already."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from assets.library.models import Design
from assets.library.queries import designs_of
from campaigns.models import Kit, KitFile, KitVersion, Tactic
from campaigns.operations.authoring import change_words, open_draft
from campaigns.operations.launches import begin_launch
from campaigns.queries.kits import kit_by, offered_kit, offered_kits, version_on_offer, versions_of
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, with_logo
from tests.campaigns.test_api import keyed
from tests.people import People
from tests.signing_in import Browser, signed_in

SECRET = "Next quarter we give it away"


@pytest.fixture
def draft(people: People, now: datetime) -> dict[str, object]:
    """A published kit that both partners have, and the vendor's next version of it with other words."""
    with_logo(people)
    kit_id, by = published(people, now).kit_id, people.actor("vera")
    with acting(by):
        version = open_draft(kit_id=kit_id, by=by, now=now + timedelta(days=1))
        change_words(version_id=version.id, language="en", words={"kit.title": SECRET}, by=by, now=now)
        session.flush()
        found = {"id": version.id, "public_id": version.public_id, "kit_id": kit_id, "kit": version.kit.public_id}
    session.commit()
    return found


@pytest.mark.parametrize("model", [KitFile, Tactic, Design])
def test_no_row_of_a_draft_is_in_a_partners_reach(people: People, draft: dict[str, object], model: type) -> None:
    of_draft = sa.select(sa.func.count()).select_from(model).where(model.kit_version_id == draft["id"])  # type: ignore[attr-defined]

    with acting(people.actor("alice")):
        partners = session.scalar(of_draft)
        shared = session.scalar(sa.select(sa.func.count()).select_from(model))
    with acting(people.actor("vera")):
        vendors = session.scalar(of_draft)

    assert partners == 0
    assert shared
    assert vendors


def test_no_query_for_partners_answers_with_a_draft(people: People, now: datetime, draft: dict[str, object]) -> None:
    with acting(people.actor("alice")):
        offered, total = offered_kits(partner_id=people.partner.id, today=now.date())
        one = offered_kit(str(draft["kit"]), partner_id=people.partner.id, today=now.date())
        versions = [version.label for version in versions_of(int(str(draft["kit_id"])))]
        on_offer = version_on_offer(int(str(draft["kit_id"])))

        assert session.get(KitVersion, draft["id"]) is None
        assert designs_of(int(str(draft["id"]))) == {}
        assert kit_by(str(draft["kit"])) is not None
    assert total == 1
    assert [row.version.label for row in offered] == ["1.0.0"]
    assert one is not None
    assert one.version.label == "1.0.0"
    assert versions == ["1.0.0"]
    assert on_offer is not None
    assert on_offer.label == "1.0.0"


def test_a_partner_cannot_begin_a_draft(people: People, now: datetime, draft: dict[str, object]) -> None:
    by = people.actor("alice")

    with acting(by), pytest.raises(NotFound):
        begin_launch(kit_version_id=int(str(draft["id"])), by=by, now=now)


def test_no_page_and_no_answer_of_the_api_tells_a_partner_of_a_draft(
    people: People, draft: dict[str, object], browser: Browser
) -> None:
    kit, version = draft["kit"], draft["public_id"]
    keyed(browser, people, "alice")
    signed_in(browser, people.alice)
    own = ("/campaigns", f"/campaigns/{kit}", f"/campaigns/{kit}/start", "/api/v1/kits", f"/api/v1/kits/{kit}")
    drafts = (
        f"/looks/version/{version}/pieces/banner",
        f"/looks/version/{version}/pieces/banner/1.png",
        f"/looks/version/{version}/mails/first",
        f"/looks/version/{version}/page",
        f"/looks/version/{version}/brand.css",
        f"/looks/version/{version}/artwork/hero.jpg",
        f"/looks/kit/{version}/pieces/banner",
        f"/looks/launch/{version}/pieces/banner",
        f"/kits/versions/{version}/kit.zip",
        f"/kits/{kit}?version={version}",
    )

    told = [browser.get(path) for path in own]
    kept = [browser.get(path).status_code for path in drafts]

    assert [answer.status_code for answer in told] == [200] * 5
    assert not [answer for answer in told if SECRET in answer.text or str(version) in answer.text]
    assert set(kept) <= {403, 404}


def test_a_version_that_followed_leaves_the_older_one_readable(
    people: People, now: datetime, draft: dict[str, object]
) -> None:
    with acting(people.actor("vera")):
        older = session.scalars(sa.select(KitVersion).where(KitVersion.id != draft["id"])).one()
        session.get_one(KitVersion, draft["id"]).published_at = now
        session.flush()

    with acting(people.actor("alice")):
        assert set(session.scalars(sa.select(KitVersion.id))) == {older.id, draft["id"]}
    with acting(people.actor("viktor")):
        assert session.scalars(sa.select(Kit)).all() == []
        assert session.scalars(sa.select(KitVersion)).all() == []
