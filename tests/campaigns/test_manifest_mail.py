"""The mails of a kit, fitted to one partner and one language."""

import pytest

from campaigns.manifest.mail import BRAND_COLOURS, MailNotCompiled, fit_mail, longest_mail
from tests.campaigns.example_kit import MAIL

COLOURS = dict.fromkeys(BRAND_COLOURS, "#0b1f3a")


def fitted(source: str, language: str = "en") -> str:
    return fit_mail(
        source, language=language, colours=COLOURS, address_of=lambda path: f"https://f.example/?a=1&p={path}"
    )


def test_colours_and_picture_addresses_of_the_partner_are_put_in() -> None:
    source = fitted(MAIL)

    assert 'background-color="#0b1f3a"' in source
    assert 'src="https://f.example/?a=1&amp;p=brand:logo"' in source
    assert 'src="https://f.example/?a=1&amp;p=artwork/hero.png"' in source


def test_words_and_merge_fields_are_left_for_the_sender() -> None:
    source = fitted(MAIL)

    assert "{{ text.mails.greeting }}" in source
    assert 'href="{{ launch.page_url }}"' in source


def test_a_mail_in_a_right_to_left_language_is_mirrored() -> None:
    source = MAIL.replace("<mj-image ", '<mj-image align="left" ', 1)

    mirrored = fitted(source, "ar")

    assert '<mj-image align="right"' in mirrored
    assert "<mj-head><mj-attributes><mj-text align=" in mirrored
    assert fitted(source, "de").count("right") == 0


def test_the_longest_mail_holds_the_longest_values_escaped() -> None:
    texts = {"a": "R&D for {{ partner.name }}"}
    source = "<mjml><mj-body><mj-section><mj-column><mj-text>{{ text.a }}</mj-text></mj-column></mj-section></mj-body></mjml>"

    html = longest_mail(source, texts=texts, language="en", preheader="Quick & <b>short</b>")

    assert f"R&amp;D for {'W' * 80}" in html
    assert "Quick &amp; &lt;b&gt;short" in html


def test_a_mail_that_the_engine_cannot_read_is_refused_with_a_reason() -> None:
    with pytest.raises(MailNotCompiled):
        longest_mail("<mjml><mj-body></mjml>", texts={}, language="en", preheader="")
