"""Kits for tests: the starter kit that comes with the product, taken in and published by the operations."""

from datetime import datetime
from functools import cache
from pathlib import Path

from assets.library.brands import _prepared
from campaigns.manifest import KitPackage, read_kit
from campaigns.models import KitVersion
from campaigns.operations import kits as operations
from tcma.core import outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tests.people import People

STARTER = Path(__file__).parents[2] / "campaigns" / "kits" / "phishing-drill"
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 80"><rect width="80" height="80" rx="16" fill="#0f766e"/>'
    b'<path d="M100 20h180v14H100zM100 46h120v14H100z" fill="#14181f"/></svg>'
)
DARK_LOGO = LOGO.replace(b"#0f766e", b"#101418")


@cache
def starter() -> KitPackage:
    return read_kit(STARTER)


def imported(people: People, now: datetime, package: KitPackage | None = None) -> KitVersion:
    by = people.actor("vera")
    with acting(by):
        version = operations.import_kit(package=package or starter(), by=by, now=now)
        session.flush()
    return version


def published(people: People, now: datetime, package: KitPackage | None = None) -> KitVersion:
    """The starter kit, checked, run dry over the partners, published, and on offer to those whom it fits."""
    by = people.actor("vera")
    version_id = imported(people, now, package).id
    with acting(by):
        operations.ask_to_publish(version_id=version_id, by=by, now=now)
    session.commit()
    outbox.drain(now=now)
    with acting(by):
        return session.get_one(KitVersion, version_id)


def with_logo(people: People, name: str = "partner", *, logo: bytes = LOGO) -> None:
    """Give a partner a logo, as its brand profile keeps it."""
    _prepared.cache_clear()
    org = getattr(people, name)
    from assets.svg import rasterised

    blob = runtime.store().put(f"org-{org.id}", rasterised(logo, side=600))
    with acting(Actor.system("test", partner_id=org.id)):
        profile = session.query(BrandProfile).filter_by(partner_id=org.id).one()
        profile.logo_blob = blob.path
        session.flush()
