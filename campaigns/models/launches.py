"""Launches: the campaigns that partners make of kits."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaigns.models.kits import KitVersion
from campaigns.models.serving import Service
from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import PartnerScoped, SharedScoped


class LaunchState(StrEnum):
    """Where a launch stands. Pages say campaign."""

    CUSTOMISING = "customising"
    READY = "ready"
    PENDING_VENDOR_APPROVAL = "pending_vendor_approval"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    COMPLETED = "completed"
    PAUSED = "paused"
    STOPPED = "stopped"
    RECALLED = "recalled"
    FAILED = "failed"


class Execution(StrEnum):
    """Who sends the mails of a launch."""

    PLATFORM = "platform"
    EXPORTED = "exported"


class Launch(Base, PublicId, SharedScoped):
    """One partner's run of one kit version. It is whole without a contact list too.

    `prepared_by` is the vendor's member who prepared it; at `starts_unless` it starts unless the partner says no.
    `site_id` is the branch that it runs for; those that were started in one go have `together` in common.
    """

    __tablename__ = "launch"
    __prefix__ = "lau"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("site.id"))
    together: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    state: Mapped[LaunchState] = mapped_column(default=LaunchState.CUSTOMISING)
    execution: Mapped[Execution] = mapped_column(default=Execution.PLATFORM)
    service: Mapped[Service] = mapped_column(default=Service.OWN)
    prepared_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    starts_unless: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(sa.String(160))
    language: Mapped[str] = mapped_column(sa.String(10))
    brand: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    page_slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    starts_at: Mapped[datetime | None]
    start_local: Mapped[str | None] = mapped_column(sa.String(20))
    zone: Mapped[str] = mapped_column(sa.String(60))
    recipients: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    launched_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    launched_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[KitVersion] = relationship(foreign_keys="Launch.kit_version_id", viewonly=True)


class LaunchList(Base, PartnerScoped):
    """The contact lists picked for a launch."""

    __tablename__ = "launch_list"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    list_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact_list.id"))
    __table_args__ = (sa.UniqueConstraint("launch_id", "list_id"),)


class LaunchTask(Base, PublicId, SharedScoped):
    """Something to do for a launch: a call, an item of a list.

    `contact_id` is whom it is about, where the kit asks for it after an answer; `made_for` is the same key, or 0.
    The title names nobody, because the vendor's side may read the row. `assigned_to`: the partner's member who does it.
    """

    __tablename__ = "launch_task"
    __prefix__ = "tsk"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    contact_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("contact.id"), index=True)
    made_for: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(200))
    due_at: Mapped[datetime]
    assigned_to: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"), index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    __table_args__ = (sa.UniqueConstraint("launch_id", "key", "made_for"),)


class TaskResult(Base, PartnerScoped):
    """What came of a task: the partner's own words, and a file that shows it. No vendor reads them.

    `proves` is the funded activity that got the file as its evidence, once there is one.
    """

    __tablename__ = "task_result"
    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch_task.id"))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    blob: Mapped[str | None] = mapped_column(sa.String(200))
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str] = mapped_column(sa.String(40), default="")
    proves: Mapped[int | None]
    at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("task_id"),)
