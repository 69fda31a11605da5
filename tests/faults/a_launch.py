"""Start a launch with many recipients on the database of the environment, as the pages would. Prints its address.

Run as a program, beside a server that may be killed at any moment.
"""

import json
import sys
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from campaigns.operations.launches import begin_launch, choose_audience, launch_kit
from campaigns.queries.kits import offered_kits
from tcma.app import create_app
from tcma.contacts.models import Basis, ContactImport, ImportState
from tcma.contacts.operations import create_list, start_import, upload
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, User
from tcma.partners.operations import set_logo
from tests import factories
from tests.journeys.tale import logo
from tests.processes.running import until


def main(email: str, people: int) -> None:
    app, now = create_app(), clock.now()
    with app.app_context():
        actor = _actor(email)
        with transaction(), acting(actor):
            set_logo(data=logo(), by=actor, now=now)
            list_id = create_list(name="Everybody", by=actor, now=now).id
            import_id = _import(actor, list_id, people, now)
        until(lambda: _is_in(actor, import_id), what="everybody on the list", patience=300)
        with transaction(), acting(actor):
            launch = _launch(actor, list_id)
            sys.stdout.write(json.dumps({"launch": launch.public_id}))


def _actor(email: str) -> Actor:
    member = sa.select(Membership).join(User, User.id == Membership.user_id).where(User.email == email)
    return factories.actor(session.scalars(member).one())


def _import(actor: Actor, list_id: int, people: int, now: datetime) -> int:
    rows = "".join(f"person{number}@customer.example,Person {number}\n" for number in range(people))
    found = upload(file_name="everybody.csv", data=f"E-mail,First name\n{rows}".encode(), by=actor, now=now)
    start_import(
        import_id=found.id, fields=found.mapping["fields"], basis=Basis.CONSENT, source="a form", list_id=list_id,
        by=actor, now=now,
    )  # fmt: skip
    return found.id


def _is_in(actor: Actor, import_id: int) -> bool:
    """Whether the server's worker has taken the file over."""
    with transaction(), acting(actor):
        return session.scalars(sa.select(ContactImport.state).filter_by(id=import_id)).one() is ImportState.DONE


def _launch(actor: Actor, list_id: int) -> Launch:
    now = clock.now()
    assert actor.partner_id is not None
    (offered,), _total = offered_kits(partner_id=actor.partner_id, today=now.date(), page=1)
    launch = begin_launch(kit_version_id=offered.version.id, by=actor, now=now)
    choose_audience(launch_id=launch.id, list_ids=[list_id], by=actor, now=now)
    return launch_kit(launch_id=launch.id, by=actor, now=now)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
