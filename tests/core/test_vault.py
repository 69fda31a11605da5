"""Sealed values open in their own place only, and survive a change of keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcma.core.vault import (
    DataKey,
    MasterKeys,
    OddSecret,
    Place,
    Tampered,
    UnknownKey,
    Wrapped,
    open_sealed,
    seal,
    sealed_under,
)

OLD, NEW = "the first secret of the house", "the second secret of the house"
PLACE = Place("vendor:7", "social_account", "41", "refresh_token")
TOKEN = b"canary-refresh-token"


def key_for(tenant: str = "vendor:7", key_id: int = 3) -> DataKey:
    secret, _ = MasterKeys.of_secrets(OLD).new_data_key(tenant=tenant)
    return DataKey(key_id, tenant, secret)


def test_a_sealed_value_opens_in_its_place() -> None:
    key = key_for()

    sealed = seal(key, TOKEN, PLACE)

    assert open_sealed(sealed, PLACE, {3: key}.__getitem__) == TOKEN
    assert TOKEN not in sealed
    assert sealed_under(sealed) == 3
    assert seal(key, TOKEN, PLACE) != sealed


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("vendor:7", "social_account", "42", "refresh_token"),
        Place("vendor:7", "social_account", "41", "access_token"),
        Place("vendor:7", "crm_connection", "41", "refresh_token"),
        Place("vendor:8", "social_account", "41", "refresh_token"),
        Place("vendor:7", "social_account4", "1", "refresh_token"),
    ],
)
def test_a_sealed_value_opens_nowhere_else(elsewhere: Place) -> None:
    key = key_for()
    sealed = seal(key, TOKEN, PLACE)

    with pytest.raises(Tampered):
        open_sealed(sealed, elsewhere, lambda _: key)
    with pytest.raises(Tampered):
        open_sealed(sealed, elsewhere, lambda _: DataKey(key.id, elsewhere.tenant, key.secret))


@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    key = key_for()
    sealed = bytearray(seal(key, TOKEN, PLACE))
    at = data.draw(st.integers(min_value=0, max_value=len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(min_value=1, max_value=255))

    with pytest.raises(Tampered):
        open_sealed(bytes(sealed), PLACE, lambda _: key)


@given(st.binary(max_size=80))
def test_what_was_never_sealed_is_refused(rubbish: bytes) -> None:
    with pytest.raises(Tampered):
        open_sealed(rubbish, PLACE, lambda _: key_for())
    with pytest.raises(Tampered):
        MasterKeys.of_secrets(OLD).unwrap(Wrapped(MasterKeys.of_secrets(OLD).current, rubbish), tenant="vendor:7")


def test_a_data_key_opens_for_its_tenant_only() -> None:
    keys = MasterKeys.of_secrets(OLD)
    secret, stored = keys.new_data_key(tenant="vendor:7")

    assert keys.unwrap(stored, tenant="vendor:7") == secret
    assert secret not in stored.wrapped
    with pytest.raises(Tampered):
        keys.unwrap(stored, tenant="vendor:8")


def test_after_a_rotation_old_values_stay_readable() -> None:
    before, after = MasterKeys.of_secrets(OLD), MasterKeys.of_secrets(NEW, earlier=[OLD])
    secret, stored = before.new_data_key(tenant="vendor:7")
    sealed = seal(DataKey(1, "vendor:7", secret), TOKEN, PLACE)

    moved = after.rewrap(stored, tenant="vendor:7")

    assert not after.is_current(stored)
    assert after.is_current(moved)
    for keys, wrapped in ((after, stored), (after, moved), (MasterKeys.of_secrets(NEW), moved)):
        opened = {1: DataKey(1, "vendor:7", keys.unwrap(wrapped, tenant="vendor:7"))}
        assert open_sealed(sealed, PLACE, opened.__getitem__) == TOKEN
    with pytest.raises(UnknownKey):
        MasterKeys.of_secrets(NEW).unwrap(stored, tenant="vendor:7")


def test_the_same_secret_gives_the_same_ring_in_every_process() -> None:
    assert MasterKeys.of_secrets(OLD) == MasterKeys.of_secrets(OLD)
    assert MasterKeys.of_secrets(OLD).current == MasterKeys.of_secrets(OLD, earlier=[NEW, OLD]).current


def test_no_key_is_ever_printed() -> None:
    keys, key = MasterKeys.of_secrets(OLD), key_for()

    printed = repr(keys) + repr(key) + str(key)

    assert repr(key.secret)[2:-1] not in printed
    assert all(repr(secret)[2:-1] not in printed for secret in keys.ring.values())
    assert OLD not in printed


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(OddSecret):
        MasterKeys.of_secrets("short")
