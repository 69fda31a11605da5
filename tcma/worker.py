"""The background side of a process: the application with its Celery, and the relay."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask

from tcma.app import TICKS, create_app
from tcma.config import Settings
from tcma.core.doorbell import make_relay
from tcma.core.tasks import EmbeddedWorker, Relay, make_celery

if TYPE_CHECKING:
    from celery import Celery


@dataclass(frozen=True, slots=True)
class Background:
    """An application and the Celery that rings in it."""

    app: Flask
    celery: "Celery"
    settings: Settings

    @classmethod
    def of(cls, settings: Settings, app: Flask | None = None) -> "Background":
        """Make the background side of `app`, or of an application of its own."""
        app = app or create_app(settings)
        return cls(app, make_celery(app, settings, TICKS), settings)

    def relay(self) -> Relay:
        """Return what rings Celery with the ids of committed rows."""
        return make_relay(self.app, self.celery, TICKS, self.settings)

    def embedded(self) -> EmbeddedWorker:
        """Return worker and relay as threads of this process."""
        return EmbeddedWorker(self.app, self.celery, TICKS)
