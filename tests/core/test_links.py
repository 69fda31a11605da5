"""Signed addresses hold what they say, and nothing else passes for them."""

from string import ascii_letters, digits
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcma.core.links import ACTING_MAC_BYTES, CLICK_MAC_BYTES, ForgedLink, Keyring, LinkSigner, Purpose

SIGNER = LinkSigner(Keyring({1: b"first secret, long enough"}, current=1))
PURPOSES = st.sampled_from(Purpose)
IDS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=4)
TOKEN_LETTERS = ascii_letters + digits + "-_"


@given(PURPOSES, IDS)
def test_a_token_gives_back_its_ids(purpose: Purpose, ids: list[int]) -> None:
    token = SIGNER.sign(purpose, *ids)

    assert SIGNER.read(token, purpose) == tuple(ids)
    assert set(token) <= set(TOKEN_LETTERS)


@given(PURPOSES, IDS)
def test_a_mailbox_token_gives_back_its_ids_in_any_case(purpose: Purpose, ids: list[int]) -> None:
    token = SIGNER.sign_for_mailbox(purpose, *ids)

    assert SIGNER.read_from_mailbox(token, purpose) == tuple(ids)
    assert SIGNER.read_from_mailbox(token.upper(), purpose) == tuple(ids)


@given(PURPOSES, IDS, st.data())
def test_changing_one_letter_anywhere_makes_a_token_forged(
    purpose: Purpose, ids: list[int], data: st.DataObject
) -> None:
    token = SIGNER.sign(purpose, *ids)
    position = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(TOKEN_LETTERS).filter(lambda other: other != token[position]))

    with pytest.raises(ForgedLink):
        SIGNER.read(token[:position] + letter + token[position + 1 :], purpose)


@given(PURPOSES, PURPOSES, IDS)
def test_a_token_for_one_purpose_is_worth_nothing_for_another(made: Purpose, used: Purpose, ids: list[int]) -> None:
    if made is used:
        return
    with pytest.raises(ForgedLink):
        SIGNER.read(SIGNER.sign(made, *ids), used)


@given(st.text(max_size=300))
def test_any_other_text_is_forged_and_never_an_error(text: str) -> None:
    for reading in (
        lambda: SIGNER.read(text, Purpose.CLICK),
        lambda: SIGNER.read_placed(text),
        lambda: SIGNER.read_from_mailbox(text, Purpose.RETURN),
    ):
        with pytest.raises(ForgedLink):
            reading()


@pytest.mark.parametrize("ending", ["=", "==", ".", " ", "\n", "%3D", "A"])
def test_a_token_has_one_spelling(ending: str) -> None:
    with pytest.raises(ForgedLink):
        SIGNER.read(SIGNER.sign(Purpose.UNSUBSCRIBE, 7) + ending, Purpose.UNSUBSCRIBE)


def test_clicks_carry_eighty_bits_and_what_acts_carries_a_hundred_and_twenty_eight() -> None:
    assert CLICK_MAC_BYTES * 8 >= 80
    assert ACTING_MAC_BYTES * 8 >= 128
    for purpose in Purpose:
        expected = CLICK_MAC_BYTES if purpose in {Purpose.CLICK, Purpose.SHARE} else ACTING_MAC_BYTES
        assert len(bytes.fromhex(SIGNER.sign_for_mailbox(purpose, 5))) == 4 + 1 + expected


def test_one_click_token_serves_every_place_in_its_set() -> None:
    token = SIGNER.sign(Purpose.CLICK, 12, 3_000_000_000)

    first, last = SIGNER.read_placed(f"{token}.1"), SIGNER.read_placed(f"{token}.14")

    assert (first.purpose, first.ids, first.place) == (Purpose.CLICK, (12, 3_000_000_000), 1)
    assert last.place == 14


@pytest.mark.parametrize("place", ["", "x", "-1", "1.", "99999", "١", "1e3"])
def test_an_odd_place_is_forged(place: str) -> None:
    with pytest.raises(ForgedLink):
        SIGNER.read_placed(f"{SIGNER.sign(Purpose.CLICK, 1, 2)}.{place}")


def test_an_acting_token_does_not_pass_for_a_click() -> None:
    with pytest.raises(ForgedLink):
        SIGNER.read_placed(SIGNER.sign(Purpose.UNSUBSCRIBE, 1, 2) + ".1")


def test_old_links_are_read_after_the_key_was_changed() -> None:
    old = LinkSigner(Keyring.from_secrets("the old secret of this house"))
    new = LinkSigner(Keyring.from_secrets("the new secret of this house", ["the old secret of this house"]))

    token = old.sign(Purpose.UNSUBSCRIBE, 4, 5)

    assert new.read(token, Purpose.UNSUBSCRIBE) == (4, 5)
    with pytest.raises(ForgedLink):
        old.read(new.sign(Purpose.UNSUBSCRIBE, 4, 5), Purpose.UNSUBSCRIBE)


def test_a_key_that_was_dropped_no_longer_reads() -> None:
    old = LinkSigner(Keyring.from_secrets("the old secret of this house"))
    new = LinkSigner(Keyring.from_secrets("the new secret of this house"))

    with pytest.raises(ForgedLink):
        new.read(old.sign(Purpose.CLICK, 4, 5), Purpose.CLICK)


@pytest.mark.parametrize(
    ("keys", "current"),
    [({}, 1), ({1: b"short"}, 1), ({1: b"x" * 32}, 2), ({70_000: b"x" * 32}, 70_000)],
)
def test_a_keyring_that_cannot_sign_is_refused_at_once(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(keys, current)


def test_ids_outside_the_range_of_a_row_are_refused() -> None:
    for number in (-1, 2**63):
        with pytest.raises(ValueError, match="id"):
            SIGNER.sign(Purpose.CLICK, number)


def test_signing_stays_cheap_enough_for_every_mail() -> None:
    started = perf_counter()
    for number in range(1000):
        SIGNER.sign(Purpose.CLICK, 12, number)

    assert perf_counter() - started < 0.2
