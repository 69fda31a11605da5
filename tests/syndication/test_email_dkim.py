"""Signatures that others can check, over everything that must not be changed on the way."""

from base64 import b64decode, b64encode
from types import SimpleNamespace
from typing import Any

import dkim as judge
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndication.channels.email.dkim import BodyForm, DkimKey
from tests.syndication.letters import NOON, addressee, builder

Key = RSAPrivateKey | Ed25519PrivateKey
RSA = generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()
KEYS = pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
FORMS = pytest.mark.parametrize("form", ["simple", "relaxed"])
BODY_PIECES = st.sampled_from([b"a", b"b ", b" ", b"\t", b"\r\n", b"\r\n\r\n", b"=\r\n", b".", b"words"])


class VerifyKey:
    """What dkimpy asks of PyNaCl for Ed25519, answered by the library that is here."""

    def __init__(self, text: bytes, encoder: Any = None) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(b64decode(text))

    def verify(self, message: bytes, signature: bytes) -> bytes:
        self._key.verify(signature, message)
        return message


@pytest.fixture(autouse=True)
def _ed25519(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(BadSignatureError=InvalidSignature),
    )
    monkeypatch.setattr(judge, "nacl", parts, raising=False)


def is_valid(mail: bytes, key: Key) -> bool:
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        shown = b"v=DKIM1; k=ed25519; p=" + b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    else:
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        shown = b"v=DKIM1; k=rsa; p=" + b64encode(der)
    return bool(judge.verify(mail, dnsfunc=lambda _name, timeout=5: shown))


def signed(key: Key, form: BodyForm = "simple") -> bytes:
    signer = DkimKey("brandt.example", "tcma1", key, form)
    to = addressee(name="Ann Äbel", company="ACME & Söhne " * 8, first_name="Ann")
    return builder(dkim=signer).build(to, at=NOON).content


@KEYS
@FORMS
def test_a_built_mail_is_signed_so_that_others_can_check_it(key: Key, form: BodyForm) -> None:
    assert is_valid(signed(key, form), key)


@KEYS
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Subject: x"),
        (b"List-Unsubscribe: <https://tcma.example", b"List-Unsubscribe: <https://evil.example"),
        (b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"),
        (b"Feedback-ID: ", b"Feedback-ID: x"),
        (b"\r\nAnn=\r\n", b"\r\nBob=\r\n"),
        (b"MIME-Version:", b"From: evil@evil.example\r\nMIME-Version:"),
        (b"MIME-Version:", b"Subject: second\r\nMIME-Version:"),
        (b"MIME-Version:", b"List-Unsubscribe: <https://evil.example>\r\nMIME-Version:"),
    ],
)
def test_what_is_changed_or_added_on_the_way_shows(key: Key, old: bytes, new: bytes) -> None:
    mail = signed(key)
    assert old in mail

    assert not is_valid(mail.replace(old, new, 1), key)


def test_both_opt_out_headers_are_under_the_signature() -> None:
    names = signed(RSA).partition(b"h=")[2].partition(b";")[0].replace(b"\r\n ", b"").split(b":")

    for name in (b"from", b"to", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"):
        assert name in names


@KEYS
@FORMS
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(BODY_PIECES, max_size=12))
def test_any_body_is_signed_in_the_form_that_checkers_use(key: Key, form: BodyForm, pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    fields = [b"From: a@brandt.example\r\n", b"Subject: two\r\n  lines \t here \r\n", b"To: b@customer.example\r\n"]
    signature = DkimKey("brandt.example", "s1", key, form).signature(fields, body, NOON)

    assert is_valid(b"".join([signature, *fields, b"\r\n", body]), key)


@KEYS
def test_a_key_is_read_from_pem(key: Key) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    fields = [b"From: a@brandt.example\r\n"]
    signature = DkimKey.from_pem("brandt.example", "s1", pem).signature(fields, b"x\r\n", NOON)

    assert is_valid(b"".join([signature, *fields, b"\r\nx\r\n"]), key)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="2048"):
        DkimKey("brandt.example", "s1", generate_private_key(65537, 1024))  # noqa: S505 - refused for that
