"""Rows of the library, one file per subject."""

from assets.library.models.designs import Design, DesignState, RenderRefusal, Rendition, ZoneChoice, ZoneStyle
from assets.library.models.downloads import Download, DownloadChannel, TermsAcceptance
from assets.library.models.recalls import Recall, RecallNotice

__all__ = [
    "Design",
    "DesignState",
    "Download",
    "DownloadChannel",
    "Recall",
    "RecallNotice",
    "RenderRefusal",
    "Rendition",
    "TermsAcceptance",
    "ZoneChoice",
    "ZoneStyle",
]
