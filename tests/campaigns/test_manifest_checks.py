"""`kit check`: every fault is told with its file, its line, what is wrong and what to write instead."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.checks import reasons_not_to_publish
from campaigns.manifest import KitRefused, load, make_package
from campaigns.manifest.rules.posts import weighted_length
from tests.campaigns.example_kit import TODAY, changed, checked, found, kit_files, line_of, png


def test_the_example_kit_is_publishable_and_nothing_is_said_about_it() -> None:
    report = checked(make_package(kit_files()))

    assert [finding.as_dict() for finding in report.findings] == []
    assert report.publishable
    assert report.coverage["de"].is_complete


# path, what stands there, what is written instead, the code of the finding, words of its message, words of its mend
FAULTS = [
    ("kit.yaml", "theme:", "thme:", "unknown-key", "thme", "theme"),
    ("kit.yaml", "capacity:", "capactiy:", "unknown-key", "capactiy", "capacity"),
    ("page/landing.yaml", "consent:", "concent:", "unknown-key", "concent", "consent"),
    ("kit.yaml", "minutes: 45", "minutes: long", "wrong-type", "minutes", "minutes: 45"),
    ("kit.yaml", "version: 1.0.0", "version: 1.0", "wrong-type", "version", '"1.0"'),
    ("kit.yaml", "summary: {t: kit.summary}", "summary: Words", "wrong-type", "summary", "{t: …}"),
    ("kit.yaml", "products: [managed-security]", "products: managed", "wrong-type", "products", "["),
    ("kit.yaml", "days: 4", "days: 4000", "wrong-value", "4000", "365"),
    ("kit.yaml", 'at: "09:30"', 'at: "9.30"', "wrong-value", "9.30", "09:30"),
    ("kit.yaml", "kind: landing_page", "kind: landing", "wrong-value", "landing", "landing_page"),
    ("kit.yaml", "networks: [linkedin,", "networks: [linkdin,", "wrong-value", "linkdin", "linkedin"),
    ("kit.yaml", "countries: [DE,", "countries: [XQ,", "wrong-value", "XQ", "ISO"),
    ("kit.yaml", "currency: EUR", "currency: EUX", "wrong-value", "EUX", "ISO"),
    ("kit.yaml", "minutes: 45, ", "", "missing-key", "minutes", "minutes: 45"),
    ("kit.yaml", "theme: security", "theme: security\ntheme: other", "duplicate-key", "theme", "one of the two"),
    ("kit.yaml", "languages: [en, de]", "languages: [en, de, ja]", "missing-language", "ja", "texts/ja.yaml"),
    ("kit.yaml", "default_language: en", "default_language: fr", "missing-language", "fr", "en, de"),
    ("kit.yaml", "t: kit.title", "t: kit.titel", "missing-text", "kit.titel", "kit.title"),
    ("mail/first.mjml", "text.mails.greeting", "text.mails.greting", "missing-text", "mails.greting", "mails.greeting"),
    ("kit.yaml", "body: mail/first.mjml", "body: mail/frist.mjml", "dead-reference", "mail/frist.mjml", "mail/first.mjml"),
    ("kit.yaml", "design: designs/banner.yaml", "design: designs/baner.yaml", "dead-reference", "baner", "banner"),
    ("kit.yaml", "otherwise: call", "otherwise: cal", "dead-reference", "cal", "call"),
    ("kit.yaml", "step: first", "step: frist", "dead-reference", "frist", "first"),
    ("kit.yaml", "post: p1", "post: p2", "dead-reference", "p2", "p1"),
    ("kit.yaml", "image: banner", "image: baner", "dead-reference", "baner", "banner"),
    ("page/landing.yaml", "asset: banner", "asset: flyer", "dead-reference", "flyer", "banner"),
    ("page/landing.yaml", "image: artwork/hero.png", "image: artwork/hro.png", "dead-reference", "hro", "hero"),
    ("mail/first.mjml", "artwork/hero.png", "artwork/hro.png", "dead-reference", "hro", "hero"),
    ("mail/first.mjml", 'src="artwork/hero.png"', 'src="https://x.example/a.png"', "picture-source", "x.example", "artwork/"),
    ("texts/en.yaml", "{{ contact.first_name |", "{{ contact.firstname |", "merge-field", "contact.firstname", "contact.first_name"),
    ("texts/en.yaml", "{{ partner.name }}: {{ launch", "{{ contact.city | x }}: {{ launch", "merge-field", "contact.city", "partner.name"),
    ("texts/en.yaml", "this is {{ partner.sender_name }}", "this is {{ 7*7 }}", "merge-field", "7*7", "{{ name"),
    ("mail/first.mjml", "{{ partner.street }}", "{{ partner.stret }} {{ partner.street }}", "merge-field", "partner.stret", "partner.street"),
    ("texts/en.yaml", "www.vendor.example/spring", "evil.example/spring", "forbidden-host", "evil.example", "link_hosts"),
    ("texts/en.yaml", "https://www.vendor.example/spring", "https://www.vendor.example@evil.example/", "forbidden-host", "evil.example", "link_hosts"),
    ("texts/en.yaml", "https://www.vendor.example/spring", "bit.ly/spring", "forbidden-host", "bit.ly", "link_hosts"),
    ("texts/de.yaml", "https://www.vendor.example/spring", "WWW.evil.example", "forbidden-host", "evil.example", "link_hosts"),
    ("mail/first.mjml", "{{ launch.page_url }}", "https://evil.example/{{ launch.page_url }}", "forbidden-host", "evil.example", "launch.page_url"),
    ("mail/first.mjml", "{{ launch.page_url }}", "javascript:alert(1)", "forbidden-host", "javascript", "launch.page_url"),
    ("kit.yaml", "after: {days: 9}", "after: {days: 365}", "after-expiry", "365", "364"),
    ("kit.yaml", 'after: {days: 0, at: "10:00"}', "after: {days: 400}", "after-expiry", "400", "364"),
    ("kit.yaml", "until: 2026-12-31", "until: 2025-12-31", "wrong-value", "ends before", "2026-01-01"),
    ("kit.yaml", "until: 2026-12-31", "until: 2026-02-01", "expired", "2026-02-01", "until"),
    ("page/landing.yaml", "    consent: {t: form.consent}\n", "", "no-consent", "consent text", "consent: {t: form.consent}"),
    ("page/landing.yaml", "    privacy: {t: form.privacy}\n", "", "no-privacy", "who does what", "privacy: {t: form.privacy}"),
    ("page/landing.yaml", "email, required: true", "email", "no-email", "email", "required: true"),
    ("page/landing.yaml", ", label: {t: form.seats}", "", "missing-key", "seats", "label"),
    ("texts/de.yaml", "  consent: Ich bin einverstanden, dass {{ partner.name }} mir schreibt.\n", "", "missing-consent", "form.consent", "texts/de.yaml"),
    ("texts/de.yaml", "  thanks: Danke\n", "", "missing-translation", "form.thanks", "texts/de.yaml"),
    ("texts/en.yaml", "  thanks: Thank you", "  thanks: 5", "wrong-type", "form.thanks", '"5"'),
    ("mail/first.mjml", "<mj-text>{{ text.mails.body }}</mj-text>", "<mj-txt>{{ text.mails.body }}</mj-txt>", "mjml-tag", "mj-txt", "mj-text"),
    ("mail/first.mjml", "<mj-text>{{ text.mails.body }}</mj-text>", "<script>{{ text.mails.body }}</script>", "mjml-tag", "script", "mj-"),
    ("mail/first.mjml", "{{ text.mails.body }}", "Hello {{ text.mails.body }}", "plain-words", "Hello", "texts/"),
    ("mail/first.mjml", "</mj-body>", "", "mjml", "well-formed", "Close every tag"),
    ("mail/first.mjml", "brand.primary", "brand.primry", "brand-colour", "brand.primry", "brand.primary"),
    ("mail/first.mjml", 'href="{{ unsubscribe_url }}"', 'href="{{ launch.page_url }}"', "no-unsubscribe", "unsubscribe", "unsubscribe_url"),
    ("mail/first.mjml", "{{ partner.street }}", "", "no-address", "postal", "partner.address"),
    ("designs/banner.yaml", "min: 20", "mini: 20", "design", "mini", "min"),
    ("kit.yaml", "when: {not_responded: true}", "when: {}", "wrong-value", "exactly one", "not_responded"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "message", "mend"), FAULTS, ids=[f"{f[3]}-{f[2][:30]}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_words_and_its_mend(
    *, path: str, old: str, new: str, code: str, message: str, mend: str
) -> None:
    report = checked(changed(path, old, new))

    findings = [finding for finding in report.findings if finding.code == code]

    assert findings, [finding.as_dict() for finding in report.findings]
    assert any(message in finding.message and mend in finding.mend for finding in findings), [
        finding.as_dict() for finding in findings
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("kit.yaml", "capacity: 100", "capactiy: 100", "unknown-key"),
        ("kit.yaml", "minutes: 45", "minutes: long", "wrong-type"),
        ("kit.yaml", "body: mail/first.mjml", "body: mail/none.mjml", "dead-reference"),
        ("texts/de.yaml", "von {{ partner.name }}", "von {{ partner.nme }}", "merge-field"),
        ("texts/de.yaml", "www.vendor.example", "evil.example", "forbidden-host"),
        ("kit.yaml", "after: {days: 9}", "after: {days: 900, hours: 1}", "wrong-value"),
        ("kit.yaml", "after: {days: 9}", "after: {days: 700}", "after-expiry"),
        ("mail/first.mjml", '<mj-image src="artwork', '<mj-imgae src="artwork', "mjml-tag"),
    ],
)  # fmt: skip
def test_a_fault_is_told_on_the_line_on_which_it_stands(path: str, old: str, new: str, code: str) -> None:
    package = changed(path, old, new)

    finding = next(finding for finding in checked(package).findings if finding.code == code)

    assert (finding.file, finding.line) == (path, line_of(package, path, new))


# what stands in the kit, what is written instead, words of the message
SENSELESS = [
    ("post: p1, after: {days: 5}", "post: p1, after: {days: 5}, when: {absent: true}", "speaks to everybody"),
    ("when: {clicked: true, step: first}", "when: {registered: true, step: first}", "names a mail"),
    ("when: {clicked: true, step: first}", "when: {step: first}", "exactly one thing"),
    (
        "after: {days: 9}, when: {clicked: true, step: first}",
        "after: {days: -1, from: event}, when: {absent: true}",
        "nobody has come",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), SENSELESS, ids=[each[2] for each in SENSELESS])
def test_a_condition_that_makes_no_sense_at_its_step_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    package = changed("kit.yaml", old, new)

    finding = found(package, "wrong-value")

    assert message in finding.message
    assert (finding.file, finding.line) == ("kit.yaml", line_of(package, "kit.yaml", new))


def test_many_faults_are_told_at_once() -> None:
    files = kit_files()
    files["kit.yaml"] = files["kit.yaml"].replace(b"minutes: 45", b"minutes: x").replace(b"theme:", b"thme:")
    files["texts/en.yaml"] = files["texts/en.yaml"].replace(b"www.vendor", b"evil")
    files["mail/first.mjml"] = files["mail/first.mjml"].replace(b"artwork/hero", b"artwork/none")

    report = checked(make_package(files))

    assert {"wrong-type", "unknown-key", "forbidden-host", "dead-reference"} <= {one.code for one in report.findings}
    assert not report.publishable


def test_a_post_that_is_too_long_only_with_the_longest_partner_name_is_refused() -> None:
    finding = found(changed("texts/en.yaml", "A free check from", "x" * 180), "post-length")

    assert (finding.file, "x" in finding.message) == ("texts/en.yaml", True)
    assert not checked(changed("texts/en.yaml", "A free check from", "x" * 170)).errors


def test_x_counts_a_link_as_23_and_a_japanese_letter_or_an_emoji_as_two() -> None:
    assert weighted_length("a" * 10) == 10
    assert weighted_length("See https://example.com/" + "a" * 200) == 4 + 23
    assert weighted_length("日本語") == 6
    assert weighted_length("👍🏽 👩‍💻") == 5


def test_a_mail_over_102_kb_is_refused() -> None:
    long = "word " * 3_900
    package = changed("texts/en.yaml", 'body: "', f'body: "{long}')
    files = dict(package.files)
    files["mail/first.mjml"] = files["mail/first.mjml"].replace(
        b"<mj-text>{{ text.mails.body }}</mj-text>", b"<mj-text>{{ text.mails.body }}</mj-text>" * 6
    )

    finding = found(make_package(files), "mail-size")

    assert finding.file == "mail/first.mjml"
    assert "102 kB" in finding.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"GIF89a" + b"\x00" * 50, "artwork-format"),
        (b"", "artwork-format"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20, "artwork-format"),
        (png(1300, 650)[:-12], "artwork-format"),
        (png(9000, 10), "artwork-size"),
        (png(300, 150), "artwork-size"),
        (b"<svg onload='alert(1)'/>", "artwork-format"),
    ],
    ids=["gif", "empty", "jpeg", "cut off", "too wide", "too small", "svg"],
)
def test_artwork_of_the_wrong_format_or_size_is_refused(data: bytes, code: str) -> None:
    report = checked(make_package(kit_files() | {"artwork/hero.png": data}))

    assert code in {finding.code for finding in report.errors}


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<rect onclick='x()'/>",
        "<image href='https://evil.example/x.png'/>",
        "<image xlink:href='file:///etc/passwd'/>",
        "<style>@import 'x';</style>",
        "<a href='javascript:x'/>",
        "<foreignObject/>",
    ],
)
def test_an_svg_that_reaches_out_or_runs_is_refused(body: str) -> None:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'>{body}</svg>".encode()

    assert "artwork-unsafe" in {one.code for one in checked(make_package(kit_files() | {"artwork/x.svg": svg})).errors}


@pytest.mark.parametrize(
    ("inside", "is_refused"), [(b"/S /JavaScript", True), (b"stream\n..../JS ..\nendstream", False)]
)
def test_a_pdf_with_scripts_is_refused_and_packed_bytes_are_not_taken_for_words(
    *, inside: bytes, is_refused: bool
) -> None:
    pdf = b"%PDF-1.7\n1 0 obj <<" + inside + b">> endobj\n%%EOF\n"

    codes = {one.code for one in checked(make_package(kit_files() | {"artwork/x.pdf": pdf})).errors}

    assert ("artwork-unsafe" in codes) is is_refused


def test_a_kit_without_a_page_is_not_publishable() -> None:
    package = changed("kit.yaml", "  - {key: page, kind: landing_page, source: page/landing.yaml}\n", "")

    assert "no-page" in {finding.code for finding in checked(package).errors}
    assert any("landing page" in reason for reason in reasons_not_to_publish(package, today=TODAY))


def test_a_page_without_a_form_is_not_publishable() -> None:
    files = kit_files()
    head, _form, _tail = files["page/landing.yaml"].decode().partition("  - kind: form")
    files["page/landing.yaml"] = head.encode()

    assert "no-form" in {finding.code for finding in checked(make_package(files)).errors}


def test_a_kit_that_leads_nowhere_is_not_publishable() -> None:
    files = {
        path: data.replace(b"{{ launch.page_url }}", b"{{ partner.website }}") for path, data in kit_files().items()
    }

    assert "no-tracking" in {finding.code for finding in checked(make_package(files)).errors}


def test_a_kit_that_nobody_follows_up_is_not_publishable() -> None:
    package = changed("kit.yaml", "  - {key: script, kind: playbook, source: playbook/call.yaml}\n", "")
    files = dict(package.files)
    lines = [
        line
        for line in files["kit.yaml"].decode().splitlines()
        if "kind: task" not in line and "kind: condition" not in line
    ]
    files["kit.yaml"] = "\n".join(lines).encode()

    assert "no-follow-up" in {finding.code for finding in checked(make_package(files)).errors}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &a [x]\nb: *a", "yaml-anchor"),
        ("a: *a", "yaml-anchor"),
        ("a: !!python/object/apply:os.system [ls]", "yaml-tag"),
        ("a: !include x", "yaml-tag"),
        ("a: 1\na: 2", "duplicate-key"),
        ("? [a, b]\n: c", "yaml-key"),
        ("a: " + "[" * 50 + "]" * 50, "yaml-depth"),
        ("a: [" + "1," * 60_000 + "1]", "yaml-size"),
        ("a: b\n--- \nc: d", "yaml-documents"),
        ("a: 'unclosed", "yaml"),
        ("\tb: c", "yaml"),
        ("", "empty-file"),
        ("a: " + "x" * 600_000, "file-size"),
        ("x: &lol [l,l]\ny: &lol2 [*lol,*lol,*lol]", "yaml-anchor"),
    ],
)
@pytest.mark.parametrize("path", ["kit.yaml", "texts/en.yaml", "page/landing.yaml", "designs/banner.yaml"])
def test_yaml_that_is_clever_or_huge_is_refused_in_every_file(path: str, text: str, code: str) -> None:
    report = checked(make_package(kit_files() | {path: text.encode()}))

    assert code in {finding.code for finding in report.errors if finding.file == path}


def test_words_that_look_like_other_types_stay_words() -> None:
    for word in ("no", "yes", "on", "09:30", "1.0.0", "0x10", "1e3", "2026-13-40"):
        package = changed("texts/en.yaml", "thanks: Thank you", f"thanks: {word}")

        kit, _findings = load(package)

        assert kit is not None
        assert kit.texts.words("form.thanks", "en") == word


def test_a_reader_of_a_regional_language_reads_the_wider_one_and_then_the_default() -> None:
    kit, _findings = load(make_package(kit_files()))

    assert kit is not None
    assert kit.texts.words("form.thanks", "de-AT") == "Danke"
    assert kit.texts.words("form.thanks", "ja") == "Thank you"
    assert kit.texts.chain("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh", "en")


PATHS = st.sampled_from(sorted(kit_files()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATHS, st.integers(0, 6000), st.integers(0, 40), st.binary(max_size=12))
def test_any_change_of_the_bytes_of_a_kit_is_answered_without_a_traceback(
    path: str, at: int, length: int, new: bytes
) -> None:
    files = kit_files()
    data = files[path]
    files[path] = data[: at % (len(data) + 1)] + new + data[at % (len(data) + 1) + length :]

    try:
        report = checked(make_package(files))
    except KitRefused:
        return

    assert report.publishable or report.errors
    assert all(one.file and one.line and one.message and one.mend for one in report.findings)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    PATHS.filter(lambda path: not path.startswith("artwork")),
    st.integers(0, 200),
    st.sampled_from(
        [
            "null",
            "[]",
            "{}",
            "''",
            "0",
            "-1",
            "true",
            "[[]]",
            "{t: {t: a}}",
            "2026-01-01",
            "{kind: email}",
            "~",
            "1.5",
            "{{ x }}",
        ]
    ),
)
def test_any_value_of_another_shape_is_answered_without_a_traceback(path: str, number: int, value: str) -> None:
    files = kit_files()
    lines = files[path].decode().splitlines()
    line = number % len(lines)
    head, colon, _rest = lines[line].partition(":")
    lines[line] = f"{head}{colon} {value}"
    files[path] = "\n".join(lines).encode()

    report = checked(make_package(files))

    assert report.publishable or report.errors


def test_files_may_be_left_out_without_a_traceback() -> None:
    for path in kit_files():
        if path != "kit.yaml":
            report = checked(make_package({name: data for name, data in kit_files().items() if name != path}))

            assert report.errors, path
