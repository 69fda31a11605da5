"""A kit's MJML becomes one safe mail: words in, styles inline, links tracked, nothing active, everything else refused."""

from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndication.channels.email.compile import MailRefused, with_utm
from syndication.channels.email.compiled import CLICK, CompiledMail
from tcma.core.errors import DomainError
from tcma.core.merge import MergeError, Segment, Slot
from tests.syndication.letters import NOON, ROUTES, addressee, builder, compiled, mjml

BITS = st.sampled_from(
    [
        "<mj-text>", "</mj-text>", "<mj-section>", "</mj-section>", "<mj-column>", "</mj-column>", "<mj-table>", "<mj-hero>",
        "<mj-button href='https://x.example'>", "</mj-button>", "<mj-style>", "</mj-style>", "<mj-navbar>", "</mjml>", '<a href="',
        '">', "</a>", "<!--", "-->", "&", "&amp;", "&x;", "<b>", "{{", "}}", "{{ contact.city }}", "{{ partner.name }}", "{{ 7*7 }}",
        "<table><tr>", "</tr>", "'", '"', "<![CDATA[", "]]>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<?xml?>", "\0", "\ud800", "é",
        "words", "<script>alert(1)</script>", " onload=x ", "javascript:alert(1)", "%s{0}", "\n",
    ]
)  # fmt: skip


def shown(segments: tuple[Segment, ...]) -> str:
    """The part with its slots written as merge fields."""
    return "".join(part if isinstance(part, str) else f"{{{{ {part.name} }}}}" for part in segments)


def reasons(body: str = "", *, source: str | None = None) -> str:
    with pytest.raises(MailRefused) as refusal:
        compiled(body, source=source)
    return " ".join(refusal.value.reasons)


def test_words_partner_and_vendor_are_put_in_and_contacts_stay_slots() -> None:
    mail = compiled(
        "{{ text.hello }}", texts={"hello": "Hello {{ contact.first_name | there }}, says {{ partner.name }}"}
    )

    assert "Hello {{ contact.first_name }}, says Brandt &amp; Söhne" in shown(mail.html)
    assert "Hello {{ contact.first_name }}, says Brandt & Söhne" in shown(mail.text)
    assert Slot("contact.first_name", "there") in mail.html
    assert "zq" not in shown(mail.html) + shown(mail.text)


def test_words_are_words_and_never_markup() -> None:
    mail = compiled("{{ text.odd }}", texts={"odd": "1 < 2 <script>alert(1)</script> & <b>no</b>"})

    assert "1 &lt; 2 &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;no&lt;/b&gt;" in shown(mail.html)


def test_a_key_without_words_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(MergeError, match=r"text\.hello"):
        compiled("{{ text.helo }}", texts={"hello": "Hello"})


def test_links_are_tracked_in_order_and_the_opt_out_is_not() -> None:
    mail = compiled('<a href="https://a.example/x?y=1#z">First &amp; best</a> <a href="{{ launch.page_url }}">Page</a>')

    assert [(link.place, link.label) for link in mail.links] == [(1, "First & best"), (2, "Page")]
    assert mail.links[0].url == (
        "https://a.example/x?y=1&utm_source=tcma&utm_medium=email&utm_campaign=phishing-drill#z"
    )
    assert mail.links[1].url.startswith("https://tcma.example/p/brandt?x=1&utm_source=tcma")
    html = shown(mail.html)
    assert f'href="{ROUTES.click}{{{{ {CLICK} }}}}.1"' in html
    assert 'href="{{ unsubscribe_url }}"' in html
    assert "https://a.example" not in html


def test_the_text_part_has_the_same_links() -> None:
    mail = compiled('<a href="https://a.example/">Read on</a>')

    assert f"Read on: {ROUTES.click}{{{{ {CLICK} }}}}.1" in shown(mail.text)
    assert "Unsubscribe: {{ unsubscribe_url }}" in shown(mail.text)
    assert "<" not in shown(mail.text)


def test_legal_links_mail_and_telephone_are_left_alone() -> None:
    legal = "https://brandt.example/imprint"
    body = f'<a href="{legal}">Imprint</a> <a href="mailto:a@b.example">m</a> <a href="tel:+4930">t</a>'

    mail = compiled(body + '<a href="https://x.example/" data-untracked="">x</a>', untracked=frozenset({legal}))

    assert mail.links == ()
    for address in (legal, "mailto:a@b.example", "tel:+4930", "https://x.example/"):
        assert f'href="{address}"' in shown(mail.html)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example?utm_source=tcma&utm_medium=e%20mail"),
        ("https://a.example/?utm_source=own", "https://a.example/?utm_source=own&utm_medium=e%20mail"),
        ("https://a.example/?a=b%20c#f", "https://a.example/?a=b%20c&utm_source=tcma&utm_medium=e%20mail#f"),
        ("https://a.example/?q=", "https://a.example/?q=&utm_source=tcma&utm_medium=e%20mail"),
    ],
)
def test_campaign_parameters_are_added_and_never_replace_the_authors(url: str, expected: str) -> None:
    assert with_utm(url, {"utm_source": "tcma", "utm_medium": "e mail", "utm_content": ""}) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>words",
        '<b onclick="alert(1)">words</b>',
        "<iframe src='https://x.example'></iframe>words",
        "<form action='https://x.example'><input></form>words",
        "<style>@import 'x'</style>words",
        '<img src="javascript:alert(1)" alt="">words',
        '<img src=x onerror=alert(1) alt="">words',
        '<b style="background-image:url(https://x.example/a);behavior:url(x)">words</b>',
        '<object data="x"></object><svg onload="alert(1)"></svg>words',
        "<!--[if mso]><script>alert(1)</script><![endif]-->words",
    ],
)
def test_what_is_active_inside_a_text_is_cleaned_away(body: str) -> None:
    html = shown(compiled(body).html).lower()

    assert "words" in html
    for active in (
        "<script",
        "onclick",
        "onerror",
        "<iframe",
        "<form",
        "@import",
        "javascript:",
        "behavior",
        "<object",
        "onload",
    ):
        assert active not in html


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        ("<mj-raw><script>alert(1)</script></mj-raw>", "mj-raw"),
        ('<mj-include path="/etc/passwd" />', "mj-include"),
        ("<script>alert(1)</script>", "script"),
        ("<mj-html-attributes></mj-html-attributes>", "mj-html-attributes"),
        ("<mj-speling>x</mj-speling>", "mj-speling"),
        ('<mj-button href="javascript:alert(1)">x</mj-button>', "not an address"),
        ('<mj-button href="data:text/html,x">x</mj-button>', "not an address"),
        ('<mj-image src="https://x.example/a.png" onload="x" alt="" />', "onload"),
        ('<mj-divider border-color="red;background:url(https://x.example/)" />', "value"),
        ("loose words", "loose words"),
    ],
)  # fmt: skip
def test_markup_that_is_not_plain_mjml_is_refused_with_its_name(piece: str, reason: str) -> None:
    source = mjml().replace("<mj-text>", f"{piece}<mj-text>", 1)

    assert reason in reasons(source=source)


def test_a_style_that_loads_or_runs_something_is_refused() -> None:
    for css in (
        ".a { background: url(https://x.example) }",
        "@import 'https://x.example';",
        ".a { width: expression(1) }",
    ):
        assert "style" in reasons(source=mjml(head=f"<mj-style>{css}</mj-style>"))


def test_styles_of_the_kit_are_inlined() -> None:
    source = mjml('<p class="loud">words</p>', head="<mj-style>.loud { color: #ff0000 }</mj-style>")

    assert '<p class="loud" style="color: #ff0000' in shown(compiled(source=source).html)


@pytest.mark.parametrize(
    "url", ["https://a.example/?mail={{ contact.first_name }}", "{{ contact.company }}", "/relative", "https:///x"]
)
def test_a_link_must_lead_somewhere_and_carry_nobodys_data(url: str) -> None:
    assert "link" in reasons(f'<a href="{url}">x</a>').lower()


def test_a_contacts_data_cannot_reach_styles_or_pictures() -> None:
    assert "contact.city" in reasons('<img src="https://a.example/{{ contact.city }}.png" alt="">')
    assert "contact.city" in reasons('<b style="color:{{ contact.city }}">x</b>')


def test_a_hostile_partner_value_stays_text() -> None:
    from syndication.channels.email.compile import LinkRules, MailSource, compile_mail

    hostile = '"><script>alert(1)</script>{{ contact.first_name }}<mj-raw>'
    mail = compile_mail(
        MailSource("From {{ partner.name }}", mjml("{{ partner.name }}"), {}),
        constants={"partner.name": hostile, "partner.street": "x"},
        links=LinkRules(ROUTES.click),
    )

    html = "".join(part for part in mail.html if isinstance(part, str))
    assert "<script" not in html
    assert hostile in unescape(html)


def test_the_preheader_and_the_language_are_put_in() -> None:
    mail = compiled(language="ar", preheader="Only & for {{ contact.first_name | you }}")

    html = shown(mail.html)
    assert 'lang="ar"' in html
    assert 'dir="rtl"' in html
    assert "Only &amp; for {{ contact.first_name }}" in html
    assert "Only" not in shown(mail.text)


def test_an_open_pixel_is_there_only_when_asked_for() -> None:
    assert f"{ROUTES.click}{{{{ {CLICK} }}}}.0" in shown(compiled(pixel=True).html)
    assert f"{CLICK} }}}}.0" not in shown(compiled().html)


def test_compiling_again_gives_the_same_mail_and_json_keeps_it() -> None:
    body = '<a href="https://a.example/">a</a> {{ contact.city | town }} {{ "Ünïcode" }}'.replace(
        '{{ "Ünïcode" }}', "Ünïcode"
    )

    mail = compiled(body)

    assert compiled(body) == mail
    assert CompiledMail.from_json(mail.to_json()) == mail


@settings(max_examples=300)
@given(st.lists(BITS, max_size=15), st.booleans())
def test_whatever_a_kit_holds_is_compiled_safely_or_refused_with_a_reason(bits: list[str], is_inside: bool) -> None:
    body = "".join(bits)
    source = mjml(body) if is_inside else mjml().replace("<mj-section>", body, 1)
    try:
        mail = compiled(source=source)
    except DomainError:
        return

    html = shown(mail.html).lower()
    assert "<script" not in html
    assert 'href="javascript:' not in html
    assert builder(mail).build(addressee(), at=NOON).content.isascii()
