"""Mails are looked over before anybody gets them."""

import pytest

from syndication.channels.email.lint import Level, lint_mail
from tests.syndication.letters import compiled, mjml

WORDS = (
    "Words that fill the mail so that it is more than pictures, twenty of them at the very least, as filters like it. "
)


def codes(body: str = "", subject: str = "A calm subject", hosts: frozenset[str] | None = None) -> list[str]:
    return [finding.code for finding in lint_mail(compiled(WORDS + body, subject=subject), link_hosts=hosts)]


def test_a_calm_mail_has_no_findings() -> None:
    body = (
        '<a href="https://partner.example/offer">The offer</a> <img src="https://partner.example/a.png" alt="A lock">'
    )

    assert codes(body, hosts=frozenset({"partner.example"})) == []


def test_a_mail_that_gmail_would_cut_is_an_error() -> None:
    findings = lint_mail(compiled(WORDS * 1000))

    assert [(finding.level, finding.code) for finding in findings] == [(Level.ERROR, "size")]
    assert "102 kB" in str(findings[0].message)


def test_a_mail_without_an_opt_out_is_an_error() -> None:
    findings = lint_mail(compiled(source=mjml(WORDS, footer="{{ partner.name }}")))

    assert [(finding.level, finding.code) for finding in findings] == [(Level.ERROR, "unsubscribe")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<img src="https://partner.example/a.png">', "alt"),
        ('<img src="http://partner.example/a.png" alt="a">', "picture-address"),
        ('<a href="https://bit.ly/x">x</a>', "shortener"),
        ('<a href="http://192.0.2.1/x">x</a>', "numeric"),
        ('<a href="https://evil.example/">www.partner.example</a>', "deceit"),
        ('<a href="https://evilpartner.example/">x</a>', "host"),
        ("Buy now!!", "spam-words"),
    ],
)
def test_each_fault_has_its_name(body: str, code: str) -> None:
    assert code in codes(body, hosts=frozenset({"partner.example", "bit.ly", "192.0.2.1", "evil.example"}))


@pytest.mark.parametrize(
    ("subject", "code"),
    [("", "subject"), ("x" * 151, "subject-length"), ("READ THIS AT ONCE", "loud"), ("FREE for you", "spam-words")],
)
def test_the_subject_is_looked_over(subject: str, code: str) -> None:
    assert code in codes(subject=subject)


def test_a_subject_in_a_script_without_capitals_is_not_loud() -> None:
    assert codes(subject="フィッシング訓練のご案内です") == []


def test_subdomains_of_an_allowed_host_are_allowed() -> None:
    assert codes('<a href="https://shop.partner.example/">x</a>', hosts=frozenset({"www.partner.example"})) == []


def test_a_mail_of_pictures_only_is_pointed_out() -> None:
    mail = compiled('<img src="https://partner.example/a.png" alt="a">')

    assert "pictures" in [finding.code for finding in lint_mail(mail)]
