"""Start a launch with many recipients on the database of the environment, as the pages would. Prints its address.

Run as a program, beside a server that may be killed at any moment.
"""

import json
import sys

import sqlalchemy as sa

from campaigns.models import Launch
from campaigns.operations.launches import begin_launch, choose_audience, launch_kit
from campaigns.queries.kits import offered_kits
from tcma.app import create_app
from tcma.contacts.models import Basis
from tcma.contacts.operations import add_contact, add_to_list, create_list
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, User
from tcma.partners.operations import set_logo
from tests import factories
from tests.journeys.tale import logo


def main(email: str, people: int) -> None:
    app, now = create_app(), clock.now()
    with app.app_context():
        actor = _actor(email)
        with transaction(), acting(actor):
            set_logo(data=logo(), by=actor, now=now)
            the_list = create_list(name="Everybody", by=actor, now=now)
            ids: list[int] = []
            for number in range(people):
                contact = add_contact(
                    email=f"person{number}@customer.example",
                    fields={"first_name": f"Person {number}"},
                    basis=Basis.CONSENT,
                    source="a form",
                    by=actor,
                    now=now,
                )
                ids.append(contact.id)
            add_to_list(list_id=the_list.id, contact_ids=ids, by=actor, now=now)
            list_id = the_list.id
        with transaction(), acting(actor):
            launch = _launch(actor, list_id)
            sys.stdout.write(json.dumps({"launch": launch.public_id}))


def _actor(email: str) -> Actor:
    member = sa.select(Membership).join(User, User.id == Membership.user_id).where(User.email == email)
    return factories.actor(session.scalars(member).one())


def _launch(actor: Actor, list_id: int) -> Launch:
    now = clock.now()
    assert actor.partner_id is not None
    (offered,), _total = offered_kits(partner_id=actor.partner_id, today=now.date(), page=1)
    launch = begin_launch(kit_version_id=offered.version.id, by=actor, now=now)
    choose_audience(launch_id=launch.id, list_ids=[list_id], by=actor, now=now)
    return launch_kit(launch_id=launch.id, by=actor, now=now)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
