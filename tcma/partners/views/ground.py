"""What the pages of this part stand on."""

import io

from flask import Blueprint, Response, send_file

blueprint = Blueprint("partners", __name__)


def png(data: bytes) -> Response:
    """Answer with a picture of our own making."""
    return send_file(io.BytesIO(data), mimetype="image/png", max_age=60)
