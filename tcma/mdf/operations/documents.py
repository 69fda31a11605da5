"""Files that people bring beside money: invoices, evidence, quotes; each a PDF or a picture, by its content."""

from dataclasses import dataclass

from tcma.core import intake, runtime
from tcma.mdf.models import Activity

PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Quote:
    """What a supplier offered an activity for, as a file (PDF or picture)."""

    data: bytes
    file_name: str


def clean_document(data: bytes) -> bytes:
    """Return a PDF or picture from outside, written anew by the decoder's child process."""
    if data.lstrip()[:5] == PDF:
        return intake.pdf(data).bytes
    return intake.image(data, purpose=intake.Purpose.EVIDENCE).bytes


def keep_quote(activity: Activity, quote: Quote) -> None:
    """Keep a supplier's quote with its activity, in place of the former one. Refused by `tcma.core.intake`."""
    blob = runtime.uploads().keep(activity.partner_id, clean_document(quote.data))
    activity.quote_blob, activity.quote_digest = blob.path, blob.sha256
    activity.quote_file_name = quote.file_name[:200]
