"""What was passed on can be taken back, and a person is known again without being found out."""

import hashlib

import sqlalchemy as sa
from flask import Flask

from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.leads.models import Lead, LeadGrant, LeadNote
from tcma.leads.operations.intake import identity_key
from tests.factories import NOW
from tests.leads.rows import DENTIST, accepted
from tests.people import People


def _what_alice_reads(people: People) -> tuple[list[str], int, int]:
    session.commit()
    with acting(people.actor("alice")):
        raw = sa.text("SELECT count(*) FROM lead")  # on PostgreSQL the policy answers this one
        return (
            list(session.scalars(sa.select(Lead.email))),
            len(session.scalars(sa.select(LeadNote)).all()),
            session.execute(raw).scalar_one() if session.get_bind().dialect.name == "postgresql" else -1,
        )


def test_a_grant_that_was_withdrawn_lets_nobody_read_any_more(people: People) -> None:
    lead_id = accepted(people).id
    emails, notes, _raw = _what_alice_reads(people)
    assert (emails, notes > 0) == ([DENTIST.email], True)

    with acting(people.actor("vera")):
        session.execute(sa.update(LeadGrant).where(LeadGrant.lead_id == lead_id).values(withdrawn_at=NOW))

    emails, notes, raw = _what_alice_reads(people)
    assert (emails, notes, raw <= 0) == ([], 0, True)
    with acting(people.actor("alice")):  # the recipient still reads that it has to let go of its copy
        assert session.scalars(sa.select(LeadGrant.withdrawn_at)).all() == [NOW]


def test_the_key_of_a_person_is_a_hash_that_needs_the_installations_secret(app: Flask) -> None:
    key = identity_key(DENTIST)

    assert len(key) == 64
    assert key != hashlib.sha256(f"email:{DENTIST.email.casefold()}".encode()).hexdigest()
    assert key == identity_key(DENTIST)
