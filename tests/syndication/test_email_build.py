"""One recipient's mail: readable by every mail program, lawful, and closed to whoever wants to add to it."""

from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr
from html import escape
from re import findall

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndication.channels.email.addresses import AddressRefused, checked_address
from syndication.channels.email.build import Addressee, SimpleMail, build_simple
from syndication.channels.email.headers import field, mailbox
from syndication.channels.email.quoted import quoted
from tcma.core.errors import DomainError
from tcma.core.links import Purpose
from tcma.core.merge import LineBreakInHeader
from tests.syndication.letters import NOON, SIGNER, addressee, builder, compiled, identity, part_of, read

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)
BREAKS = st.sampled_from(["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])


def test_the_headers_are_complete_and_read_clean() -> None:
    mail = builder().build(addressee(name="Ann Äbel", company="ACME & Co", first_name="Ann"), at=NOON)

    message = read(mail.content)
    assert message.defects == []
    assert message["From"].addresses[0].display_name == "Brandt & Söhne"
    assert message["From"].addresses[0].addr_spec == "info@brandt.example"
    assert message["To"].addresses[0].display_name == "Ann Äbel"
    assert message["Subject"] == "A word for ACME & Co"
    assert message["Reply-To"] == "sales@brandt.example"
    assert message["Date"].datetime == NOON.replace(microsecond=0)
    assert message["Feedback-ID"] == "launch-12:partner-7:campaign:tcma"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert len(message.keys()) == len({key.lower() for key in message})


def test_the_opt_out_is_signed_for_this_contact_and_the_same_everywhere() -> None:
    mail = builder().build(addressee(), at=NOON)

    address = read(mail.content)["List-Unsubscribe"].strip("<>")
    token = address.removeprefix("https://tcma.example/u/")
    assert SIGNER.read(token, Purpose.UNSUBSCRIBE) == (7, 99, 345)
    assert address in part_of(mail.content, "html")
    assert address in part_of(mail.content, "plain")


def test_every_attempt_of_a_delivery_has_the_same_message_id() -> None:
    first = builder().build(addressee(), at=NOON)
    later = builder().build(addressee(first_name="Changed"), at=NOON + timedelta(days=2))

    message_id = read(first.content)["Message-ID"]
    assert message_id == read(later.content)["Message-ID"] == builder().message_id(345)
    assert SIGNER.read_from_mailbox(message_id.strip("<>").partition("@")[0], Purpose.RETURN) == (345,)


def test_the_return_path_names_the_delivery_and_nobody_can_make_one_up() -> None:
    mail = builder().build(addressee(), at=NOON)

    local, _, domain = mail.sender.partition("@")
    base, _, token = local.partition("+")
    assert (base, domain) == ("bounces", "mail.tcma.example")
    assert len(local) <= 64
    assert SIGNER.read_from_mailbox(token, Purpose.RETURN) == (345,)


def test_links_carry_the_click_of_this_delivery() -> None:
    mail = builder(compiled('<a href="https://a.example/">a</a> <a href="https://b.example/">b</a>')).build(
        addressee(), at=NOON
    )

    tokens = findall(r'href="https://tcma.example/t/([^"]+)"', part_of(mail.content, "html"))

    placed = [SIGNER.read_placed(token) for token in tokens]
    assert [(link.ids, link.place) for link in placed] == [((12, 345), 1), ((12, 345), 2)]


def test_all_three_addresses_of_a_recipient_are_filled() -> None:
    mail = compiled('<a href="{{ preferences_url }}">p</a> <a href="{{ view_url }}">v</a>')

    html = part_of(builder(mail).build(addressee(), at=NOON).content, "html")

    assert "/preferences" in html
    (token,) = findall(r'href="https://tcma.example/v/([^"]+)"', html)
    assert SIGNER.read(token, Purpose.VIEW) == (345,)


def test_a_missing_or_blank_value_gives_way_to_the_fallback() -> None:
    for fields in ({}, {"first_name": ""}, {"first_name": "  "}):
        assert "Hello there." in part_of(builder().build(addressee(**fields), at=NOON).content, "plain")


@given(ANY_TEXT, ANY_TEXT)
def test_the_decoded_html_is_what_a_plain_fill_would_give(first: str, city: str) -> None:
    mail = compiled("Hé {{ contact.first_name | you }}, {{ contact.city | there }}! x = 1.\n.dot\nFrom here")
    content = builder(mail).build(addressee(first_name=first, city=city), at=NOON).content

    values = {"contact.first_name": first, "contact.city": city}
    expected = "".join(
        part
        if isinstance(part, str)
        else escape(values.get(part.name, "") if values.get(part.name, "").strip() else part.fallback)
        if part.name in values
        else "@@"
        for part in mail.html
    )
    before, _, _ = expected.partition("@@")
    html = part_of(content, "html")
    normal = html.replace("\r\n", "\n")
    assert normal.startswith(before.replace("\r\n", "\n").replace("\r", "\n"))


@given(ANY_TEXT)
def test_quoted_text_decodes_to_itself_and_keeps_its_lines_short(text: str) -> None:
    from quopri import decodestring

    encoded = quoted(text)

    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    assert decodestring(encoded) == expected.encode()
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert b"\r" not in line
        assert b"\n" not in line


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_line_is_long_and_every_line_end_is_whole(first: str, company: str, name: str) -> None:
    try:
        content = builder().build(addressee(first_name=first, company=company, name=name), at=NOON).content
    except LineBreakInHeader:
        return

    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert b"\r\n." not in content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


@given(LINE, BREAKS, LINE)
def test_a_line_break_never_reaches_a_header(before: str, line_break: str, after: str) -> None:
    hostile = f"{before}{line_break}Bcc: victim@victim.example{after}"

    for fields in ({"company": hostile}, {"name": hostile}):
        with pytest.raises(LineBreakInHeader):
            builder().build(addressee(**fields), at=NOON)
    with pytest.raises(DomainError):
        builder().build(addressee(f"ann{line_break}@customer.example"), at=NOON)


@given(LINE, LINE)
def test_whatever_is_in_a_name_or_a_subject_adds_no_header_and_no_recipient(name: str, company: str) -> None:
    mail = builder().build(addressee(name=name, company=company), at=NOON)

    message = read(mail.content)
    assert mail.recipient == "ann@customer.example"
    assert sorted(message.keys()) == sorted(read(builder().build(addressee(), at=NOON).content).keys())
    assert [person.addr_spec for person in message["To"].addresses] == ["ann@customer.example"]


@given(LINE)
def test_a_subject_is_read_back_as_it_was_written(subject: str) -> None:
    line = field("Subject", subject)

    assert all(len(part) <= 78 for part in line.split(b"\r\n"))
    if subject.strip() == subject and "=?" not in subject:
        assert read(line + b"\r\n")["Subject"] == subject


@given(LINE)
def test_a_name_is_read_back_as_it_was_written(name: str) -> None:
    line = b"To: " + mailbox(name, "ann@customer.example") + b"\r\n\r\n"

    (person,) = read(line)["To"].addresses
    assert person.addr_spec == "ann@customer.example"
    # The standard library's address parser puts spaces between encoded words; its older header decoder does not.
    shown, _address = parseaddr(line.removeprefix(b"To: ").decode("ascii").replace("\r\n ", " "))
    assert str(make_header(decode_header(shown))) == name.strip() or "=?" in name


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example c@d.example",
        "<a@b.example>",
        "Ann <a@b.example>",
        "a@b@c.example",
        '"a b"@c.example',
        "a@[192.0.2.1]",
        "a@localhost",
        "a..b@c.example",
        ".a@c.example",
        "a@-c.example",
        "a@c.example.",
        "a@c.example\r\nRCPT TO:<d@e.example>",
        "a@c.example\n",
        "a\0@c.example",
        "ä@c.example",
        "a@" + "x" * 64 + ".example",
        "x" * 65 + "@c.example",
        "a%0d%0a@c.example ",
        "group: a@b.example;",
        "",
        "@",
        "a@",
        "@b.example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        checked_address(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ann@customer.example", "ann@customer.example"),
        ("Ann.O'Hara+news@Customer.Example", "Ann.O'Hara+news@customer.example"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("info@例え.example", "info@xn--r8jz45g.example"),
        ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
    ],
)
def test_a_plain_address_passes_and_its_domain_is_one_that_dns_knows(address: str, expected: str) -> None:
    assert checked_address(address) == expected


def test_a_static_line_break_in_the_subject_is_refused_when_the_mail_is_compiled() -> None:
    with pytest.raises(LineBreakInHeader):
        compiled(subject="Hello\nBcc: victim@victim.example")


def test_a_transactional_mail_has_the_same_manners_and_no_opt_out() -> None:
    mail = build_simple(
        SimpleMail("Ihre Einladung für morgen", "Hallö.\n", "<p>Hallö.</p>\n", "de"),
        to="ann@bücher.example",
        name="Ann",
        identity=identity(),
        message_id=5,
        signer=SIGNER,
        at=NOON,
    )

    message = read(mail.content)
    assert mail.recipient == "ann@xn--bcher-kva.example"
    assert message["Subject"] == "Ihre Einladung für morgen"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    assert part_of(mail.content, "plain").strip() == "Hallö."
    assert SIGNER.read_from_mailbox(message["Message-ID"].strip("<>").partition("@")[0], Purpose.MESSAGE) == (5,)


def test_nothing_of_one_recipient_is_left_for_the_next() -> None:
    build = builder()
    build.build(addressee(first_name="Zacharias", city="Xanten"), at=NOON)

    other = build.build(Addressee(346, 100, "bob@customer.example"), at=NOON)

    assert b"Zacharias" not in other.content
    assert "Hello there." in part_of(other.content, "plain")
