"""Which addresses are taken, and the hash by which they are known."""

from dataclasses import replace

import pytest
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tcma.contacts.addresses import OddAddress, address_digest, clean_address, domain_digest
from tcma.core import runtime

PARTS = st.text(st.sampled_from("abcXYZ019.-_+'@ é\"[]<>,;:\\\u00a0ß٣"), max_size=70)
DOMAINS = st.sampled_from(
    ["example.com", "b.de", "B.De.", "münchen.de", "localhost", "a.test", "-x.de", "x" * 64 + ".de"]
)


@given(local=PARTS, domain=DOMAINS | PARTS)
def test_an_address_is_taken_exactly_when_email_validator_takes_it(local: str, domain: str) -> None:
    address = f"{local}@{domain}".strip()
    try:
        expected = validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        with pytest.raises(OddAddress):
            clean_address(address)
    else:
        assert clean_address(address) == expected


@pytest.mark.parametrize("length", [64, 65, 188, 189, 190, 240])
def test_the_longest_addresses_are_judged_alike(length: int) -> None:
    for address in (f"{'a' * length}@example.com", f"a@{'b' * 60}.{'c' * 60}.{'d' * max(length - 130, 1)}.com"):
        try:
            validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            with pytest.raises(OddAddress):
                clean_address(address)
        else:
            assert clean_address(address)


def test_every_spelling_of_an_address_has_one_hash(app: Flask) -> None:
    spellings = ["Eva@München.de", " eva@münchen.de ", "EVA@xn--mnchen-3ya.de"]

    assert len({address_digest(one) for one in spellings}) == 1
    assert address_digest("eva@muenchen.de") != address_digest("eva@münchen.de")
    assert domain_digest("münchen.de") != address_digest("@münchen.de")[:63]


def test_a_new_secret_key_changes_no_hash(app: Flask) -> None:
    settings = runtime.settings()
    before = address_digest("eva@example.com")

    runtime.start(
        replace(
            settings, secret_key="another secret key, quite long enough", previous_secret_keys=(settings.secret_key,)
        )
    )

    assert address_digest("eva@example.com") == before
