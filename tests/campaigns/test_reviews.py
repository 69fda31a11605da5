"""Reviews: what holds a version back, who may approve it, and what an approval is worth after a change."""

from datetime import datetime

import pytest
from flask import Flask

from campaigns import preflight
from campaigns.models import KitState, KitVersion, Verdict
from campaigns.operations import kits
from campaigns.operations.kits import NotReadyToPublish, publish_version
from campaigns.operations.reviewing import MayNotApprove, NothingSaid, ask_for_approvals, review_version
from campaigns.queries.reviews import approvals_missing
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Role
from tests import factories
from tests.campaigns.kits import starter
from tests.people import People
from tests.signing_in import signed_in


@pytest.fixture
def wendy(people: People) -> Membership:
    """Another marketer of Vera's vendor."""
    member = factories.member(people.vendor, Role.MARKETER, name="Wendy", email="wendy@example.com")
    session.expunge_all()
    session.commit()
    return member


@pytest.fixture
def draft(people: People, now: datetime) -> int:
    """A draft that Vera made; one approval is needed."""
    by = people.actor("vera")
    with acting(by):
        version = kits.import_kit(package=starter(), by=by, now=now)
        ask_for_approvals(kit_id=version.kit_id, needed=1, by=by, now=now)
        session.flush()
        found = version.id
    session.commit()
    return found


def say(member: Membership, draft: int, verdict: Verdict, now: datetime, words: str = "") -> None:
    by = factories.actor(member)
    with acting(by):
        review_version(version_id=draft, verdict=verdict, words=words, piece=None, by=by, now=now)
    session.commit()


def tried_out(people: People, draft: int, now: datetime) -> KitState:
    """Let the dry run over all partners come to its end."""
    by = people.actor("vera")
    with acting(by):
        kits.ask_to_publish(version_id=draft, by=by, now=now)
        session.commit()
        preflight.run_to_the_end(kit_version_id=draft, by=by, now=now)
        return session.get_one(KitVersion, draft, populate_existing=True).state


def test_a_clean_version_waits_until_somebody_else_has_approved_it(
    people: People, draft: int, wendy: Membership, now: datetime
) -> None:
    assert tried_out(people, draft, now) is KitState.APPROVED

    say(wendy, draft, Verdict.APPROVED, now)

    with acting(people.actor("vera")):
        assert session.get_one(KitVersion, draft, populate_existing=True).state is KitState.PUBLISHED


def test_whoever_made_a_version_does_not_approve_it(people: People, draft: int, now: datetime) -> None:
    with pytest.raises(MayNotApprove):
        say(people.vera, draft, Verdict.APPROVED, now)


def test_an_approval_holds_for_the_files_it_was_given_for(
    people: People, draft: int, wendy: Membership, now: datetime
) -> None:
    say(wendy, draft, Verdict.APPROVED, now)
    with acting(people.actor("vera")):
        version = session.get_one(KitVersion, draft)
        assert approvals_missing(version) == []

        version.package_hash = "f" * 64

        assert len(approvals_missing(version)) == 1


def test_a_wish_for_a_change_holds_a_version_until_that_person_approves(
    people: People, draft: int, wendy: Membership, now: datetime
) -> None:
    say(wendy, draft, Verdict.CHANGES_REQUESTED, now, "The headline is too loud")
    by = people.actor("vera")
    with acting(by):
        assert len(approvals_missing(session.get_one(KitVersion, draft))) == 2
        with pytest.raises(NotReadyToPublish):
            publish_version(version_id=draft, by=by, now=now)

    say(wendy, draft, Verdict.APPROVED, now)

    with acting(by):
        assert approvals_missing(session.get_one(KitVersion, draft)) == []


def test_a_comment_without_words_says_nothing(people: People, draft: int, now: datetime) -> None:
    with pytest.raises(NothingSaid):
        say(people.vera, draft, Verdict.COMMENT, now, "   ")


def test_what_is_out_is_not_reviewed_any_more(people: People, draft: int, wendy: Membership, now: datetime) -> None:
    tried_out(people, draft, now)
    say(wendy, draft, Verdict.APPROVED, now)

    with pytest.raises(Conflict):
        say(wendy, draft, Verdict.COMMENT, now, "Too late")


def test_the_kits_page_shows_what_was_said_and_the_other_vendor_sees_none_of_it(
    app: Flask, people: People, draft: int, wendy: Membership
) -> None:
    with acting(people.actor("vera")):
        version = session.get_one(KitVersion, draft)
        address, kit = f"/kits/versions/{version.public_id}", f"/kits/{version.kit.public_id}"
    browser = signed_in(app.test_client(), wendy)

    answer = browser.post(f"{address}/request-changes", data={"words": "The <b>price</b> is wrong"})
    page = browser.get(kit).text

    assert answer.status_code == 303
    assert "The &lt;b&gt;price&lt;/b&gt; is wrong" in page
    assert "Wendy" in page
    stranger = signed_in(app.test_client(), people.viktor)
    assert stranger.get(kit).status_code == 404
    assert stranger.post(f"{address}/approve").status_code == 404
    assert signed_in(app.test_client(), people.alice).post(f"{address}/approve").status_code in {403, 404}
