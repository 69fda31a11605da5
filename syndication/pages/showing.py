"""What a visitor sees of a launch: its content in one language and brand, or that it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from assets.fonts import is_right_to_left
from campaigns.content import Content, content_of
from campaigns.manifest.model import LandingPage
from campaigns.models import Event, EventState, KitState, Launch, LaunchState
from campaigns.pages import ShownPage, shown_page
from campaigns.queries.pieces import Side
from syndication.media import MediaAddresses
from syndication.models import Delivery, LinkSet
from syndication.sending.mails import side_in
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.links import ForgedLink, PlacedLink, Purpose
from tcma.core.models import PublicAddress
from tcma.identity.models import Organisation, OrganisationState

OVER = frozenset({LaunchState.STOPPED, LaunchState.RECALLED, LaunchState.FAILED})
WITHDRAWN = frozenset({KitState.RECALLED})


def address_at(slug: str, purpose: str) -> PublicAddress:
    """Return what a public address leads to; answers as if it never existed where there is none."""
    chosen = sa.select(PublicAddress).where(PublicAddress.slug == slug, PublicAddress.purpose == purpose)
    return require(session.scalar(chosen))


def visitor_at(address: PublicAddress) -> Actor:
    """Return the one who acts for a visitor: only the rows of this partner and vendor are in reach."""
    return Actor.system("visitor", vendor_id=address.vendor_id, partner_id=address.partner_id)


def launch_at(address: PublicAddress) -> Launch:
    """Return the launch of a public page."""
    chosen = sa.select(Launch).where(Launch.id == address.object_id).options(joinedload(Launch.version))
    return require(session.scalar(chosen))


def is_over(launch: Launch) -> bool:
    """Whether the page only says that the campaign is over, and how to reach the partner."""
    state = session.scalar(sa.select(Organisation.state).where(Organisation.id == launch.partner_id))
    return launch.state in OVER or launch.version.state in WITHDRAWN or state is not OrganisationState.ACTIVE


@dataclass(frozen=True, slots=True)
class Click:
    """The tracked link that led somebody here."""

    link_set_id: int
    place: int
    channel: str
    step: str
    language: str
    recipient_id: int | None


def click_in(text: str, launch: Launch) -> Click | None:
    """Return the click that an address carries, if it belongs to this very launch."""
    link = _placed(text)
    if link is None:
        return None
    link_set = session.get(LinkSet, link.ids[0])
    if link_set is None or link_set.launch_id != launch.id:
        return None
    recipient_id = None
    if link.purpose is Purpose.CLICK and len(link.ids) > 1:
        chosen = sa.select(Delivery.recipient_id).where(Delivery.id == link.ids[1], Delivery.launch_id == launch.id)
        recipient_id = session.scalar(chosen)
    return Click(link_set.id, link.place, link_set.channel, link_set.step, link_set.language, recipient_id)


def _placed(text: str) -> PlacedLink | None:
    try:
        return runtime.links().read_placed(text) if text else None
    except ForgedLink:
        return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A launch as its visitors see it."""

    launch: Launch
    content: Content
    side: Side
    page: ShownPage
    media: MediaAddresses
    tactic: str

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.side.language

    @property
    def direction(self) -> str:
        """Which way its language is written."""
        return "rtl" if is_right_to_left(self.language) else "ltr"

    @property
    def form(self) -> Mapping[str, Any]:
        """The section with the form."""
        return require(self.page.form)


def shown_launch(launch: Launch, language: str = "") -> Shown:
    """Return a launch in `language` where its kit has it, else in its own."""
    content = content_of(launch.version)
    side = side_in(launch, content, language if language in launch.version.languages else launch.language)
    media = MediaAddresses.of(launch, side.brand)
    tactic = next(one for one in content.kit.tactics if isinstance(one, LandingPage))
    page = shown_page(content, require(content.landing), side.language, values=side.fields, image_url=media)
    return Shown(launch, content, side, page, media, tactic.key)


def open_event(launch_id: int, *, now: datetime) -> Event | None:
    """Return the event of a launch that people may register for now."""
    chosen = sa.select(Event).where(
        Event.launch_id == launch_id,
        Event.state.in_((EventState.REGISTRATION_OPEN, EventState.FULL)),
        Event.starts_at > now,
    )
    return session.scalar(chosen.order_by(Event.starts_at).limit(1))
