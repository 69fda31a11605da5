"""A kit's pieces as a wall of pictures: what each is, how it looks on this stage, and where to look closer."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaigns.manifest.model import Collateral
from campaigns.playbooks import Script, scripts_of
from campaigns.queries.pieces import SAMPLE_SLUG
from campaigns.stages import Stage
from campaigns.values import filled, filled_for_reader, page_address
from campaigns.views.previews import picture_url
from tcma.core.origins import address_of


@dataclass(frozen=True, slots=True)
class PieceCard:
    """One picture or PDF."""

    key: str
    title: str
    picture: str
    url: str
    ratio: str
    sub: str
    pages: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailCard:
    """One mail: what its reader sees in the list, the frame that shows the whole, and the page of its looks."""

    key: str
    subject: str
    preheader: str
    url: str
    page: str


@dataclass(frozen=True, slots=True)
class PostCard:
    """One post as it will stand in the feed."""

    key: str
    text: str
    networks: tuple[str, ...]
    picture: str | None
    alt: str


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything of a kit that can be shown."""

    pieces: list[PieceCard]
    mails: list[MailCard]
    posts: list[PostCard]
    page_url: str | None
    events: list[dict[str, str]]
    scripts: list[Script]
    author: str
    logo: str | None

    @property
    def count(self) -> int:
        """How many finished pieces that are."""
        pages = sum(piece.pages for piece in self.pieces)
        return pages + len(self.mails) + len(self.posts) + len(self.events) + len(self.scripts) + bool(self.page_url)


NETWORKS = {"linkedin": "LinkedIn", "facebook": "Facebook", "x": "X"}


def wall_of(stage: Stage) -> Wall:
    """Return the wall of a stage."""
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, **stage.query}
    content, side = stage.content, stage.side
    has_logo = bool(side.brand.get("logo_blob") or side.brand.get("logo_dark_blob"))
    return Wall(
        pieces=[_piece(stage, tactic) for tactic in content.collateral if tactic.key in content.designs],
        mails=[
            MailCard(
                key=step.key,
                subject=filled_for_reader(content.words(step.subject, side.language), side.fields),
                preheader=filled_for_reader(content.words(step.preheader, side.language), side.fields),
                url=address_of("campaigns.mail", step=step.key, **where),
                page=url_for("campaigns.mail_look", step=step.key, **where),
            )
            for step in content.mails
        ],
        posts=sorted(_posts(stage), key=lambda post: post.picture is None),
        page_url=address_of("campaigns.page", **where) if content.landing else None,
        events=[
            {
                "title": filled(content.words(event.title, side.language), side.fields),
                "summary": filled(content.words(event.summary, side.language), side.fields),
                "minutes": str(event.minutes),
            }
            for event in content.events
        ],
        scripts=scripts_of(content, side.language, side.fields),
        author=side.brand.get("name", ""),
        logo=address_of("campaigns.logo_picture", ground="light", **where) if has_logo else None,
    )


def _piece(stage: Stage, tactic: Collateral) -> PieceCard:
    design = stage.content.design(tactic.key)
    width, height = design.pages[0].size
    wide, unit = width / height, design.unit
    size = f"{width:g} × {height:g} {unit}"
    return PieceCard(
        key=tactic.key,
        title=stage.content.title_of(tactic, stage.side.language),
        picture=picture_url(stage, tactic.key),
        url=_page_of(stage, tactic.key),
        ratio="wide" if wide > 1.15 else "square" if wide > 0.9 else "page",
        sub=size if len(design.pages) == 1 else _("%(size)s, %(n)s pages", size=size, n=len(design.pages)),
        pages=len(design.pages),
        others=tuple(picture_url(stage, tactic.key, page) for page in range(2, len(design.pages) + 1)),
    )


def _page_of(stage: Stage, key: str) -> str:
    if stage.kind == "version":
        return url_for("campaigns.template", public_id=stage.public_id, key=key, **stage.query)
    return url_for("campaigns.piece", kind=stage.kind, public_id=stage.public_id, key=key, **stage.query)


def _posts(stage: Stage) -> list[PostCard]:
    content, side = stage.content, stage.side
    address = page_address(stage.launch.page_slug if stage.launch else SAMPLE_SLUG)
    return [
        PostCard(
            key=post.key,
            text=filled(content.words(post.text, side.language), side.fields).replace(address, "").strip(),
            networks=tuple(NETWORKS[network] for network in post.networks),
            picture=picture_url(stage, post.image) if post.image and post.image in content.designs else None,
            alt=content.words(post.alt, side.language),
        )
        for group in content.posts
        for post in group.posts
    ]
