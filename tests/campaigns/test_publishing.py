"""Publishing: a dry run over every eligible partner first, then on offer to those whom the kit fits."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from campaigns import preflight
from campaigns.fit import reason_in_words
from campaigns.manifest import KitPackage
from campaigns.models import KitGrant, KitState, KitVersion, Preflight, PreflightFinding, PreflightState
from campaigns.operations import kits as operations
from campaigns.operations.kits import NotReadyToPublish
from campaigns.operations.writing import with_files
from campaigns.queries.kits import offered_kits
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile, Partnership, PartnershipState
from tcma.partners.operations import move_partnership
from tests.campaigns.kits import imported, published, starter
from tests.people import People

LONG = "Steinhauser Breitenbacher Systemtechnik Gesellschaft " * 4


def renamed(people: People, name: str) -> None:
    with acting(Actor.system("test", partner_id=people.other_partner.id)):
        session.scalars(sa.select(BrandProfile)).one().name = name[:200]
        session.flush()


def naming() -> KitPackage:
    """The starter kit with the partner's name in its headline."""
    texts = (
        starter()
        .files["texts/en.yaml"]
        .replace(b"headline: Would your team click?", b'headline: "{{ partner.name }} asks: click?"')
    )
    return with_files(starter(), {"texts/en.yaml": texts})


def asked(people: People, now: datetime) -> int:
    """Take that kit in and ask to publish it; returns the version's key."""
    by, version_id = people.actor("vera"), imported(people, now, naming()).id
    with acting(by):
        operations.ask_to_publish(version_id=version_id, by=by, now=now)
    session.commit()
    outbox.drain(now=now)
    return version_id


def test_a_clean_dry_run_publishes_by_itself(people: People, now: datetime) -> None:
    version = published(people, now)

    with acting(people.actor("vera")):
        run = session.scalars(sa.select(Preflight)).one()
        assert version.state is KitState.PUBLISHED
        assert (run.state, run.done, run.total) == (PreflightState.CLEAN, 2, 2)
        assert run.rendered == 6  # three pieces for two partners


def test_partners_whom_it_fits_see_it_with_the_reasons(people: People, now: datetime) -> None:
    published(people, now)

    with acting(people.actor("alice")):
        offered, total = offered_kits(partner_id=people.partner.id, today=now.date())
    assert total == 1
    assert [reason_in_words(reason) for reason in offered[0].reasons] == [
        "made for resellers",
        "in your language (en)",
    ]


def test_a_partner_whom_it_does_not_fit_cannot_reach_it(people: People, now: datetime) -> None:
    asking = (
        starter()
        .files["kit.yaml"]
        .replace(
            b"available:", b"eligibility: {tiers: [], competencies: [cloud], countries: [], industries: []}\navailable:"
        )
    )
    published(people, now, with_files(starter(), {"kit.yaml": asking}))

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(KitVersion)).all() == []


def test_a_changed_partnership_is_looked_at_anew(people: People, now: datetime) -> None:
    published(people, now)
    by = people.actor("vera")

    with acting(by):
        row = session.scalars(sa.select(Partnership).where(Partnership.partner_id == people.partner.id)).one()
        move_partnership(partnership=row, to=PartnershipState.INACTIVE, by=by, now=now)
    session.commit()
    outbox.drain(now=now)

    with acting(by):
        assert session.scalars(sa.select(KitGrant.partner_id)).all() == [people.other_partner.id]


def test_a_piece_that_does_not_fit_somebody_holds_the_kit_back(people: People, now: datetime) -> None:
    renamed(people, LONG)
    by, other = people.actor("vera"), people.other_partner.id

    version_id = asked(people, now)

    with acting(by):
        version = session.get_one(KitVersion, version_id)
        findings = session.scalars(sa.select(PreflightFinding)).all()
        assert version.state is KitState.CHANGES_REQUESTED
        assert {finding.for_partner_id for finding in findings} == {other}


def test_findings_that_were_looked_at_do_not_hold_it_back(people: People, now: datetime) -> None:
    renamed(people, LONG)
    by = people.actor("vera")
    version_id = asked(people, now)

    with acting(by):
        preflight.acknowledge_findings(kit_version_id=version_id, by=by, now=now)
        operations.publish_version(version_id=version_id, by=by, now=now)

        assert session.get_one(KitVersion, version_id).state is KitState.PUBLISHED


def test_nothing_is_published_before_its_dry_run(people: People, now: datetime) -> None:
    version, by = imported(people, now), people.actor("vera")

    with acting(by), pytest.raises(NotReadyToPublish):
        operations.publish_version(version_id=version.id, by=by, now=now)


def test_no_partner_reads_the_findings_about_another(people: People, now: datetime) -> None:
    renamed(people, LONG)
    asked(people, now)

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(PreflightFinding)).all() == []


def test_a_withdrawn_kit_is_on_offer_to_nobody(people: People, now: datetime) -> None:
    version, by = published(people, now), people.actor("vera")

    with acting(by):
        operations.recall_version(version_id=version.id, reason="The claim was wrong.", by=by, now=now)

    with acting(people.actor("alice")):
        assert offered_kits(partner_id=people.partner.id, today=now.date()) == ([], 0)
