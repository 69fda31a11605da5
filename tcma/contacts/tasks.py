"""Work in the background: an import goes on chunk by chunk, each in a transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tcma.contacts.operations import imports
from tcma.contacts.operations.asking import mail_confirmations
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.outbox import Work

CHUNKS_A_TURN = 20


def continue_import(*, import_id: int, by: Actor, now: datetime) -> None:
    """Take the next rows of an import over, and ring again when there are more: others get their turn in between."""
    with transaction():
        file = imports.open_file(import_id=import_id, now=now)
    for _turn in range(CHUNKS_A_TURN):
        if file is None or not _one_chunk(file, import_id, by, now):
            break
    else:
        with transaction():
            imports.go_on(import_id=import_id, now=now)
        return
    with transaction():
        imports.let_file_go(import_id=import_id)


def _one_chunk(file: imports.FileInHand, import_id: int, by: Actor, now: datetime) -> bool:
    """Take one chunk over; returns whether there is more to do."""
    chunk = file.chunk(imports.CHUNK)
    with transaction():
        added = imports.take_chunk(import_id=import_id, chunk=chunk, by=by, now=now)
        if added is None:
            return False
        file.room -= added
        if file.ended:
            imports.finish_import(import_id=import_id, failure=file.failure, now=now)
    return not file.ended


LISTENERS: Mapping[str, Sequence[Work]] = {
    "import.continued": (Work("contacts.continue_import", continue_import, effect=True),),
    "confirmations.wanted": (Work("contacts.mail_confirmations", mail_confirmations, queue="mail"),),
}
