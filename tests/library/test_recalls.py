"""Recalls: who holds files is known, told and asked; confirming takes one press and happens once."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from assets.library import governance
from assets.library.governance import RemindedAlready
from assets.library.models import Design, DesignState, Recall, RecallNotice
from campaigns.models import KitVersion
from campaigns.operations.kits import recall_version
from campaigns.operations.recalling import recall_link
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.models import AuditEntry, Message, Outbox, WorkState
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.people import People
from tests.signing_in import signed_in

REASON = "The price on page two is wrong"


@pytest.fixture
def now() -> datetime:
    """The pages read the clock, and a link is good for thirty days."""
    return clock.now()


def ring(now: datetime) -> None:
    """Let the listeners of recalls run; the mails that they write stay unsent."""
    for listener in ("campaigns.notice_holders", "campaigns.mail_holder"):
        chosen = sa.select(Outbox.id).where(Outbox.listener == listener, Outbox.state == WorkState.READY)
        for outbox_id in session.scalars(chosen).all():
            session.commit()
            assert outbox.run(outbox_id, now=now)


@pytest.fixture
def recall(people: People, now: datetime) -> Recall:
    """A version that Alice's company has a file of, withdrawn by Vera; the mails are written."""
    rows.rendition(people)
    session.commit()
    by = people.actor("vera")
    with acting(by):
        version = session.scalars(sa.select(KitVersion)).one()
        recall_version(version_id=version.id, reason=REASON, by=by, now=now)
    session.commit()
    ring(now)
    with acting(by):
        found = session.scalars(sa.select(Recall)).one()
    session.expunge(found)
    return found


def notice_of(people: People) -> RecallNotice:
    with acting(people.actor("alice")):
        return session.scalars(sa.select(RecallNotice)).one()


def mails(people: People) -> list[Message]:
    with acting(people.actor("alice")):
        return list(session.scalars(sa.select(Message).where(Message.kind == "files_withdrawn")))


def link_for(people: People, who: str, now: datetime) -> str:
    link = recall_link(getattr(people, who).id, notice_of(people).id, now=now)
    return link.removeprefix("http://localhost")


def test_everybody_who_holds_a_file_is_listed_and_told_once(recall: Recall, people: People, now: datetime) -> None:
    ring(now + timedelta(minutes=1))

    notice = notice_of(people)
    mailed = [mail.to_address for mail in mails(people)]
    assert (notice.partner_id, notice.files, notice.confirmed_at) == (people.partner.id, 1, None)
    assert sorted(mailed) == ["alice@example.com", "bob@example.com"]
    with acting(people.actor("vera")):
        assert session.get_one(Recall, recall.id).noticed_at is not None


def test_the_mail_names_the_kit_the_reason_and_the_number_of_files(recall: Recall, people: People) -> None:
    (mail,) = [mail for mail in mails(people) if mail.to_address == "alice@example.com"]

    assert REASON in mail.text
    assert "You have one file of it." in mail.text
    assert "/withdrawn/" in mail.text


def test_opening_the_link_changes_nothing_and_pressing_twice_confirms_once(
    recall: Recall, people: People, client: FlaskClient, now: datetime
) -> None:
    link = link_for(people, "alice", now)

    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert notice_of(people).confirmed_at is None

    assert client.post(link).status_code == 303
    first = notice_of(people).confirmed_at
    assert client.post(link).status_code == 303
    assert first is not None
    assert notice_of(people).confirmed_at == first
    with acting(people.actor("alice")):
        counted = sa.select(sa.func.count()).where(AuditEntry.action == "recall.confirmed")
        assert session.scalar(counted) == 1


def test_a_link_is_worth_nothing_once_its_person_has_left(
    recall: Recall, people: People, client: FlaskClient, now: datetime
) -> None:
    link = link_for(people, "bob", now)
    session.execute(sa.text("UPDATE membership SET active = false WHERE id = :id"), {"id": people.bob.id})
    session.commit()

    assert client.post(link).status_code == 410
    assert notice_of(people).confirmed_at is None


def test_the_vendor_sees_how_far_it_has_come_and_the_stranger_sees_nothing(
    app: Flask, recall: Recall, people: People, client: FlaskClient, now: datetime
) -> None:
    page = f"/recalls/{recall.public_id}"

    before = signed_in(app.test_client(), people.vera).get(page).text
    client.post(link_for(people, "alice", now))
    after = signed_in(app.test_client(), people.vera).get(page).text

    assert "Alice&#39;s company" in before
    assert "waiting" in before
    assert "gone" in after
    for stranger in (people.viktor, people.alice, people.charlie):
        assert signed_in(app.test_client(), stranger).get(page).status_code == 404


def test_every_file_stands_in_the_list_to_take_along(app: Flask, recall: Recall, people: People) -> None:
    lines = signed_in(app.test_client(), people.vera).get(f"/recalls/{recall.public_id}/files.csv").text.splitlines()

    assert lines[0].startswith("partner,piece,format")
    assert len(lines) == 2
    assert lines[1].startswith("Alice's company,banner,png")


def test_holders_are_reminded_once_a_day_and_only_while_they_have_not_confirmed(
    recall: Recall, people: People, client: FlaskClient, now: datetime
) -> None:
    by = people.actor("vera")
    with acting(by):
        again = session.get_one(Recall, recall.id)
        with pytest.raises(RemindedAlready):
            governance.remind_holders(recall=again, by=by, now=now + timedelta(hours=2))
        assert governance.remind_holders(recall=again, by=by, now=now + timedelta(days=2)) == 1
    session.commit()
    ring(now + timedelta(days=2))
    assert len(mails(people)) == 4

    client.post(link_for(people, "alice", now))
    with acting(by), pytest.raises(RemindedAlready):
        governance.remind_holders(recall=session.get_one(Recall, recall.id), by=by, now=now + timedelta(days=9))


def test_a_partner_confirms_signed_in_too(app: Flask, recall: Recall, people: People) -> None:
    alice = signed_in(app.test_client(), people.alice)

    page = alice.get("/withdrawn").text
    answer = alice.post(f"/withdrawn/notices/{notice_of(people).public_id}")

    assert REASON in page
    assert answer.status_code == 303
    assert "Nothing is withdrawn" in alice.get("/withdrawn").text
    assert signed_in(app.test_client(), people.charlie).get("/withdrawn").text.count(REASON) == 0


def test_who_only_started_a_campaign_reads_of_it_and_of_no_files(app: Flask, recall: Recall, people: People) -> None:
    with acting(people.actor("vera")):
        session.execute(sa.update(RecallNotice).values(files=0, launches=1))
    session.commit()

    page = signed_in(app.test_client(), people.alice).get("/withdrawn").text

    assert "You started a campaign of it, and made no files." in page
    assert "0 files" not in page


def test_the_first_page_leads_to_what_is_withdrawn_until_it_is_confirmed_and_nobody_elses_does(
    app: Flask, recall: Recall, people: People
) -> None:
    alice, line = signed_in(app.test_client(), people.alice), "Confirm what is withdrawn"

    before = alice.get("/home").text
    stranger = signed_in(app.test_client(), people.charlie).get("/home").text
    alice.post(f"/withdrawn/notices/{notice_of(people).public_id}")
    after = alice.get("/home").text

    assert line in before
    assert 'href="/withdrawn"' in before
    assert line not in stranger
    assert line not in after


def test_the_designs_of_a_withdrawn_version_never_become_available_again(recall: Recall, people: People) -> None:
    with acting(people.actor("vera")):
        moved = governance.follow_version(kit_version_id=recall.kit_version_id, state=DesignState.AVAILABLE)
        states = set(session.scalars(sa.select(Design.state).where(Design.kit_version_id == recall.kit_version_id)))

    assert moved == 0
    assert states == {DesignState.RECALLED}
