"""A first picture costs fonts and codecs to be opened; it is drawn once when the process starts, for nobody."""

import logging
from threading import Event, Thread

from flask import Flask

from assets.library.rendering import Look, preview
from campaigns.brands import SAMPLES
from campaigns.content import content_of_shipped
from campaigns.operations.authoring import STARTERS, starters
from campaigns.queries.pieces import piece_of
from campaigns.views.previews import THUMB

log = logging.getLogger(__name__)


REST = 2.0  # seconds in which the first page is answered, which would have to share the interpreter


class Warming:
    """Draws the first picture of a starter kit after the start, so that the first person does not wait for it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = Event()
        self._thread = Thread(target=self._draw, name="first picture", daemon=True)

    def start(self) -> None:
        """Draw in a while; the start goes on meanwhile."""
        self._thread.start()

    def stop(self) -> None:
        """Leave it, or wait until it is drawn, which it is after a second at the most."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _draw(self) -> None:
        if self._stopped.wait(REST):
            return
        try:
            with self._app.app_context():
                draw_first_picture()
        except Exception:  # the product works without it; what is wrong shows where somebody asks for a picture
            log.exception("first picture not drawn")


def draw_first_picture() -> None:
    """Draw one piece of a starter kit in a sample's brand, as a page of previews does."""
    content = content_of_shipped(STARTERS / starters()[0])
    key, language = content.shown_first, content.kit.manifest.default_language
    if key is not None:
        preview(piece_of(content, key, language), Look(brand=SAMPLES["short"], language=language), most_pixels=THUMB)
