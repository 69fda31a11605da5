"""The starter kits, imported, dry-run over every partner, and published as a vendor would."""

from datetime import datetime

from campaigns import preflight
from campaigns.manifest import read_kit
from campaigns.models import KitState, KitVersion
from campaigns.operations import kits
from campaigns.operations.authoring import STARTERS
from tcma.core import outbox
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting
from tcma.demo.parties import Vendor
from tcma.identity.models import Role


def publish_kits(vendor: Vendor, *, now: datetime) -> None:
    """Publish the vendor's starter kits; what a partner's piece complains of is looked at and let pass."""
    for slug in vendor.plan.kits:
        with transaction(), acting(vendor.actors[Role.MARKETER]) as marketer:
            version = kits.import_kit(package=read_kit(STARTERS / slug), by=marketer, now=now)
            version_id = version.id
            kits.ask_to_publish(version_id=version_id, by=marketer, now=now)
        outbox.drain(now=now)
        _publish_what_has_findings(vendor, version_id, now=now)
        outbox.drain(now=now)


def _publish_what_has_findings(vendor: Vendor, version_id: int, *, now: datetime) -> None:
    with transaction(), acting(vendor.actors[Role.MARKETER]) as marketer:
        version = session.get_one(KitVersion, version_id)
        if version.state is KitState.PUBLISHED:
            return
        preflight.acknowledge_findings(kit_version_id=version_id, by=marketer, now=now)
        session.refresh(version)
        if _is_waiting(version):
            kits.publish_version(version_id=version_id, by=marketer, now=now)


def _is_waiting(version: KitVersion) -> bool:
    return version.state is not KitState.PUBLISHED
