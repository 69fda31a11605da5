"""How files beside money are given: invoices, evidence, quotes, each as it was written anew."""

from io import BytesIO

from flask import Response, send_file

from tcma.core import runtime
from tcma.mdf.operations.documents import PDF


def kept_file(blob: str, name: str) -> Response:
    """Answer with a kept file to download, with the ending of what is in it."""
    data = runtime.store().get(blob)
    is_pdf = data[:5] == PDF
    kind, ending = ("application/pdf", "pdf") if is_pdf else ("image/png", "png")
    if not is_pdf and data[:2] == b"\xff\xd8":
        kind, ending = "image/jpeg", "jpg"
    return send_file(BytesIO(data), mimetype=kind, as_attachment=True, download_name=f"{name}.{ending}")
