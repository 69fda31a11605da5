"""An HTML mail becomes a mail of a kit: what people read stays, what runs, loads or counts is gone."""

from base64 import b64encode
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

from campaigns.content import content_of, package_of
from campaigns.manifest.html_mail import blocks_of, lines_of
from campaigns.models import KitVersion
from campaigns.operations import authoring, html_mails
from campaigns.operations.html_mails import NothingToRead
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.intake import FileRefused
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import Browser, signed_in


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (1200, 600), "#0f766e").save(out, "PNG")
    return out.getvalue()


MAIL = f"""<!DOCTYPE html><html><head><title>Spring</title><style>p {{ color: red }}</style></head>
<body onload="steal()"><!-- a comment --><script>alert(1)</script>
<div style="display:none">Hidden line</div>
<table><tr><td><a href="https://agency.example/logo"><img src="images/Hero.png" width="600" alt="A drawer"></a></td></tr>
<tr><td><h1>Spring is here, *|FNAME|*</h1><p>Your <b>backup</b> deserves a <a href="https://evil.example/x?u=1">quick
look</a> today.</p><ul><li>One folder</li><li>A quarter of an hour</li></ul>
<p>For %%company%%, and {{{{ custom.field }}}} too.</p>
<p><a href="https://agency.example/book" onclick="x()">Book now</a></p><p><a href="javascript:alert(1)">Or wait</a></p>
<img src="data:image/png;base64,{b64encode(picture()).decode()}" alt="">
<img src="https://tracker.example/open.gif" width="1" height="1"><img src="https://agency.example/gone.png" alt="Gone">
<p><a href="*|UNSUB|*">Unsubscribe</a></p></td></tr></table>
<iframe src="https://evil.example"></iframe><form action="https://evil.example"><input name="a"></form></body></html>"""


@pytest.fixture
def begun(people: People, now: datetime, vera: Actor) -> KitVersion:
    with acting(vera):
        version = authoring.begin_kit(name="Spring", summary="A look.", theme="", language="en", by=vera, now=now)
        session.flush()
    return version


def test_what_people_read_stays_in_its_order_and_nothing_else() -> None:
    found = [(block.kind, block.words or block.source[:15]) for block in blocks_of(MAIL)]

    assert found == [
        ("image", "images/Hero.png"),
        ("heading", "Spring is here, {{ contact.first_name | there }}"),
        ("text", "Your backup deserves a  quick look  today."),
        ("point", "One folder"),
        ("point", "A quarter of an hour"),
        ("text", "For {{ contact.company | … }}, and  too."),
        ("button", "Book now"),
        ("text", "Or wait"),
        ("image", "data:image/png;"),
        ("image", "https://agency."),
    ]


def test_a_mail_from_an_agency_is_a_mail_of_the_kit_with_the_partners_frame(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        taken = html_mails.add_html_mail(
            version_id=begun.id, html=MAIL.encode(), pictures={"hero.PNG": picture()}, subject="Spring",
            preheader="A look", facts={"after": {"days": 0}}, by=vera, now=now,
        )  # fmt: skip
        session.flush()
        files, content = package_of(begun).files, content_of(begun)
        mjml = files["mail/spring.mjml"].decode()

    assert taken.left_out == 1
    assert [path for path in files if path.startswith("artwork/")] == ["artwork/spring-1.jpg", "artwork/spring-2.jpg"]
    assert content.texts("en")["mails.spring.p2"] == "Spring is here, {{ contact.first_name | there }}"
    for gone in ("Hidden", "evil", "tracker", "alert(", "onclick", "iframe", "<form", "style=", "agency", "UNSUB"):
        assert gone not in mjml
        assert gone not in files["texts/en.yaml"].decode()
    assert mjml.count("{{ launch.page_url }}") == 2
    assert "{{ unsubscribe_url }}" in mjml
    assert begun.findings == []


def test_what_is_no_mail_or_no_picture_is_refused_and_nothing_changes(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        before = package_of(begun).files
        for html, pictures, refusal in (
            (b"<script>alert(1)</script>", {}, NothingToRead),
            (b"<p>x</p>" * 200_000, {}, NothingToRead),
            (b'<p>Read</p><img src="a.png">', {"a.png": b"no picture"}, FileRefused),
        ):
            with pytest.raises(refusal):
                html_mails.add_html_mail(
                    version_id=begun.id, html=html, pictures=pictures, subject="S", preheader="P", facts={}, by=vera,
                    now=now,
                )  # fmt: skip

        assert package_of(begun).files == before


def test_a_mail_is_taken_in_on_its_page(people: People, begun: KitVersion, vera: Actor, browser: Browser) -> None:
    with acting(vera):
        page = f"/kits/versions/{begun.public_id}/timeline/html"
    session.commit()
    signed_in(browser, people.vera)
    form = {"subject": "Spring", "preheader": "A look", "days": "2", "anchor": "launch", "only_if": ""}

    empty = browser.post(page, data=form)
    taken = browser.post(
        page,
        data={**form, "html": (BytesIO(MAIL.encode()), "mail.html"), "pictures": [(BytesIO(picture()), "Hero.png")]},
        content_type="multipart/form-data",
    )

    assert empty.status_code == 422
    assert taken.status_code == 303
    shown = browser.get(taken.location).text
    assert "One picture was not among the files" in shown
    assert "Day 2" in shown


@pytest.mark.parametrize(
    ("html", "subject", "preheader"),
    [
        ("<title>Spring &amp; you</title><div style='display: none'>Hello *|FNAME|*</div><p>Words</p>",
         "Spring & you", "Hello {{ contact.first_name | there }}"),
        ("<h1>Spring</h1><p>The first words.</p><p>More.</p>", "Spring", "The first words."),
        (f"<title>{'long ' * 60}</title><h1>Spring</h1><p>{'words ' * 60}</p><p>Short.</p>", "Spring", "Short."),
        ("<title></title><p>Words alone.</p>", "", "Words alone."),
        ("<title><b>Bold</b><script>alert(1)</script></title><h2>H</h2>", "Bold", ""),
    ],
)  # fmt: skip
def test_a_mail_names_its_subject_and_preview_line_itself(html: str, subject: str, preheader: str) -> None:
    assert lines_of(html, blocks_of(html)) == (subject, preheader)


def test_a_mail_without_lines_of_its_own_is_taken_in_with_those_that_are_written(
    begun: KitVersion, vera: Actor, now: datetime
) -> None:
    def add(html: bytes, subject: str = "", preheader: str = "") -> None:
        html_mails.add_html_mail(
            version_id=begun.id, html=html, pictures={}, subject=subject, preheader=preheader,
            facts={"after": {"days": 0}}, by=vera, now=now,
        )  # fmt: skip

    with acting(vera):
        add(MAIL.encode())
        with pytest.raises(NothingToRead):
            add(b"<p>Words alone.</p>")
        add(b"<p>Words alone.</p>", "Written")
        session.flush()

        texts, mails = content_of(begun).texts("en"), list(content_of(begun).kit.manifest.mails())
        assert [texts[one.subject.t] for one in mails] == ["Spring", "Written"]
        assert [texts[one.preheader.t] for one in mails] == ["Hidden line", "Words alone."]
