"""Secrets in columns: sealed under the data key of their organisation, and opened where they stand and nowhere else."""

from datetime import datetime

import sqlalchemy as sa

from tcma.core import runtime
from tcma.core.db import session
from tcma.core.models import DataKey as DataKeyRow
from tcma.core.vault import DataKey, Place, UnknownKey, Wrapped, open_sealed, seal


def seal_for(*, org_id: int, table: str, row: int | str, column: str, text: str, now: datetime) -> bytes:
    """Return `text` sealed for one column of one row of an organisation. Its data key is made when it has none."""
    place = Place(tenant=str(org_id), table=table, row=str(row), column=column)
    return seal(_newest_key(org_id, now), text.encode(), place)


def open_for(*, org_id: int, table: str, row: int | str, column: str, sealed: bytes) -> str:
    """Return what `seal_for` sealed for this very place; anything else is a `VaultError`."""
    place = Place(tenant=str(org_id), table=table, row=str(row), column=column)
    return open_sealed(sealed, place, lambda key_id: _key(org_id, key_id)).decode()


def _newest_key(org_id: int, now: datetime) -> DataKey:
    chosen = sa.select(DataKeyRow).where(DataKeyRow.org_id == org_id).order_by(DataKeyRow.id.desc()).limit(1)
    row = session.scalar(chosen)
    if row is not None:
        return _opened(row)
    secret, wrapped = runtime.master_keys().new_data_key(tenant=str(org_id))
    row = DataKeyRow(org_id=org_id, key_id=wrapped.key_id, wrapped=wrapped.wrapped, created_at=now)
    session.add(row)
    session.flush()  # sealed values carry its id
    return DataKey(id=row.id, tenant=str(org_id), secret=secret)


def _key(org_id: int, key_id: int) -> DataKey:
    row = session.scalar(sa.select(DataKeyRow).where(DataKeyRow.id == key_id, DataKeyRow.org_id == org_id))
    if row is None:
        message = f"data key {key_id} of organisation {org_id} is not there"
        raise UnknownKey(message)
    return _opened(row)


def _opened(row: DataKeyRow) -> DataKey:
    secret = runtime.master_keys().unwrap(Wrapped(row.key_id, row.wrapped), tenant=str(row.org_id))
    return DataKey(id=row.id, tenant=str(row.org_id), secret=secret)
