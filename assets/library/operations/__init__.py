"""What is done with pieces of the library, one file per subject."""

from assets.library.operations.files import (
    FileDiffers,
    PieceExpired,
    PieceUnfit,
    PieceWithdrawn,
    TermsNotAccepted,
    file_of,
    render_piece,
    version_code,
)
from assets.library.operations.styles import checked_styles, choose_styles, refuse_unfit_styles
from assets.library.operations.zones import (
    ZoneLocked,
    ZoneRefused,
    checked_words,
    choose_words,
    remove_picture,
    set_picture,
)

__all__ = [
    "FileDiffers",
    "PieceExpired",
    "PieceUnfit",
    "PieceWithdrawn",
    "TermsNotAccepted",
    "ZoneLocked",
    "ZoneRefused",
    "checked_styles",
    "checked_words",
    "choose_styles",
    "choose_words",
    "file_of",
    "refuse_unfit_styles",
    "remove_picture",
    "render_piece",
    "set_picture",
    "version_code",
]
