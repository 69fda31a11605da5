"""A kit's pictures and PDFs as they are shown: opened in a child process, and written anew.

The kit keeps its files byte for byte, for export. Nothing else reads those of its artwork: previews, finished
pieces, mails and pages show the clean ones.
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from assets.artwork import Artwork, PdfFrame, VendorPdf, load_picture
from assets.renderers.cache import BytesLru
from campaigns.manifest.findings import Finding, Place, Severity
from tcma.core import intake
from tcma.core.words import lazy_gettext as _

KEPT_BYTES = 24_000_000
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file of the artwork, written anew."""

    data: bytes
    media_type: str


_kept: BytesLru[CleanFile] = BytesLru(KEPT_BYTES, lambda clean: len(clean.data))


def cleaned(files: Mapping[str, bytes]) -> tuple[dict[str, CleanFile], list[Finding]]:
    """Return the clean files by path, and what is wrong with each of the others."""
    enough = Event()

    def answer(data: bytes) -> CleanFile | intake.FileRefused | None:
        if enough.is_set():
            return None
        try:
            return _cleaned(data)
        except intake.FileRefused as refusal:
            if isinstance(refusal, intake.TooComplex | intake.DecoderBusy):
                enough.set()  # each of them costs seconds: a kit full of them would take hours
            return refusal

    with ThreadPoolExecutor(intake.PLACES, thread_name_prefix="artwork") as opening:
        answers = dict(zip(files, opening.map(answer, files.values()), strict=True))
    found = {path: one for path, one in answers.items() if isinstance(one, CleanFile)}
    return found, [_finding(path, one) for path, one in answers.items() if isinstance(one, intake.FileRefused)]


def _finding(path: str, refusal: intake.FileRefused) -> Finding:
    mend = _("Nothing of the kit was taken in. Mend this file or leave it out, and give the kit once more.")
    return Finding(Severity.ERROR, "artwork-refused", Place(path), refusal.message, mend)


def _cleaned(data: bytes) -> CleanFile:
    """Open a file; one that was opened a short while ago is remembered."""
    return _kept.get(hashlib.sha256(data).digest(), lambda: _opened(data))


def _opened(data: bytes) -> CleanFile:
    clean = intake.material(data)
    return CleanFile(clean.bytes, clean.media_type)


def artwork_of(files: Mapping[str, CleanFile]) -> dict[str, Artwork]:
    """Return clean files as designs take them."""
    return {path: _artwork(path, clean) for path, clean in files.items()}


def _artwork(path: str, clean: CleanFile) -> Artwork:
    if clean.media_type != PDF:
        return load_picture(path, clean.data)
    frames = tuple(PdfFrame(*frame) for frame in intake.pdf_frames(clean.data))
    digest = hashlib.sha256(clean.data).hexdigest()
    return VendorPdf(digest, len(frames), clean.data, frames, intake.pdf_pixels)


def forget() -> None:
    """Drop what is kept."""
    _kept.clear()
