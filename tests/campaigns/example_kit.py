"""A small kit with one of everything, as files: the tests change one thing in it and look at what is said."""

import struct
import zlib
from datetime import date

from campaigns.checks import Report, check
from campaigns.manifest import Finding, KitPackage, make_package

TODAY = date(2026, 6, 1)


def png(width: int, height: int) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x00" * (-(-width // 8))) * height)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


KIT = """\
format: 1
slug: spring-offer
version: 1.0.0
title: {t: kit.title}
summary: {t: kit.summary}
theme: security
products: [managed-security]
languages: [en, de]
default_language: en
partner_types: [msp, reseller]
eligibility: {tiers: [], competencies: [security], countries: [DE, AT], industries: []}
available: {from: 2026-01-01, until: 2026-12-31}
link_hosts: [www.vendor.example]
benchmark: {human_click_rate: 0.031, reply_rate: 0.006, form_rate: 0.009}
tactics:
  - {key: page, kind: landing_page, source: page/landing.yaml}
  - key: mails
    kind: email_sequence
    steps:
      - {key: first, kind: email, after: {days: 0, at: "09:30"}, subject: {t: mails.subject}, preheader: {t: mails.preheader}, body: mail/first.mjml}
      - {key: wait-1, kind: wait, days: 4}
      - {key: fork, kind: condition, when: {not_responded: true}, otherwise: call}
      - {key: share, kind: social_post, post: p1, after: {days: 5}}
      - {key: call, kind: task, after: {days: 9}, when: {clicked: true, step: first}, title: {t: call.title}, playbook: playbook/call.yaml}
  - key: posts
    kind: social_posts
    posts:
      - {key: p1, networks: [linkedin, facebook, x], text: {t: posts.p1}, image: banner, alt: {t: posts.alt}, after: {days: 0, at: "10:00"}}
  - {key: banner, kind: collateral, design: designs/banner.yaml}
  - {key: webinar, kind: event, title: {t: event.title}, summary: {t: event.summary}, format: webinar, minutes: 45, capacity: 100, agenda: [{t: event.agenda}], reminders: [{days: -7}, {hours: -1}]}
  - {key: ads, kind: paid_activity, title: {t: ads.title}, activity_type: digital_ads, cost: {minor: 60000, currency: EUR}, share_percent: 50, proof: [invoice], expected: {t: ads.expected}}
  - {key: visit, kind: custom_activity, title: {t: visit.title}, summary: {t: visit.summary}}
  - {key: script, kind: playbook, source: playbook/call.yaml}
"""

PAGE = """\
format: 1
title: {t: page.title}
description: {t: page.description}
share_image: banner
sections:
  - {kind: hero, title: {t: page.title}, image: artwork/hero.png, alt: {t: posts.alt}, button: {t: form.button}}
  - {kind: benefits, title: {t: page.title}, items: [{title: {t: page.title}, text: {t: page.description}, icon: shield}]}
  - kind: form
    title: {t: form.title}
    fields:
      - {name: first_name}
      - {name: email, required: true}
      - {name: seats, kind: choice, label: {t: form.seats}, options: [{value: "1-10", label: {t: form.few}}]}
    consent: {t: form.consent}
    privacy: {t: form.privacy}
    button: {t: form.button}
    thank_you: {title: {t: form.thanks}, text: {t: form.thanks_text}}
    asset: banner
  - {kind: contact, title: {t: page.contact}}
"""

PLAYBOOK = """\
format: 1
title: {t: call.title}
steps:
  - {key: opening, title: {t: call.title}, say: {t: call.say}}
outcomes: [{key: meeting, label: {t: call.meeting}}]
"""

DESIGN = """\
format: 1
key: banner
unit: px
pages:
  - size: [600, 300]
    ground: {image: artwork/hero.png, fit: cover}
    layers:
      - {kind: logo, zone: partner_logo, of: partner, box: [20, 20, 200, 60]}
      - {kind: text, zone: headline, box: [20, 100, 500, 120], text: {t: banner.headline}, font: {size: 40, min: 20}, colour: "#ffffff"}
zones:
  partner_logo: {kind: logo, required: true}
  headline: {kind: text, editable: true, max_characters: 60}
"""

MAIL = """\
<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-image src="brand:logo" alt="{{ partner.name }}" />
        <mj-image src="artwork/hero.png" alt="{{ text.posts.alt }}" />
        <mj-text>{{ text.mails.greeting }}</mj-text>
        <mj-text>{{ text.mails.body }}</mj-text>
        <mj-button background-color="brand.primary" href="{{ launch.page_url }}">{{ text.form.button }}</mj-button>
        <mj-text>{{ partner.name }} · {{ partner.street }} · {{ partner.city }}</mj-text>
        <mj-text><a href="{{ unsubscribe_url }}">{{ text.mails.unsubscribe }}</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""

ENGLISH = """\
kit: {title: Spring offer, summary: One check and one talk.}
mails:
  subject: "A check for {{ contact.company | your office }}"
  preheader: It takes a quarter of an hour.
  greeting: "Hello {{ contact.first_name | there }},"
  body: "We look after R&D teams. See https://www.vendor.example/spring for more."
  unsubscribe: Unsubscribe
call: {title: Call them, say: "Hello, this is {{ partner.sender_name }}.", meeting: Meeting}
posts:
  p1: "A free check from {{ partner.name }}: {{ launch.page_url }}"
  alt: A lock on a desk
event: {title: The webinar, summary: Half an hour., agenda: What we see}
ads: {title: Search ads, expected: Ten visits a day}
visit: {title: A visit, summary: Drop in with a cake.}
page: {title: A free check, description: "What {{ partner.name }} can see for you.", contact: Talk to us}
form:
  title: Book it
  button: Book the check
  seats: How many are you?
  few: Up to ten
  consent: I agree that {{ partner.name }} writes to me.
  privacy: "{{ partner.name }} keeps what you send."
  thanks: Thank you
  thanks_text: We will be in touch.
banner: {headline: Is your door locked?}
"""

GERMAN = """\
kit: {title: Frühlingsangebot, summary: Eine Prüfung und ein Gespräch.}
mails:
  subject: "Eine Prüfung für {{ contact.company | Ihr Büro }}"
  preheader: Sie dauert eine Viertelstunde.
  greeting: "Guten Tag {{ contact.first_name | zusammen }},"
  body: "Wir betreuen Teams wie Ihres: https://www.vendor.example/spring"
  unsubscribe: Abmelden
call: {title: Anrufen, say: "Guten Tag, hier ist {{ partner.sender_name }}.", meeting: Termin}
posts:
  p1: "Eine Prüfung von {{ partner.name }}: {{ launch.page_url }}"
  alt: Ein Schloss auf einem Tisch
event: {title: Das Webinar, summary: Eine halbe Stunde., agenda: Was wir sehen}
ads: {title: Suchanzeigen, expected: Zehn Besuche am Tag}
visit: {title: Ein Besuch, summary: Mit Kuchen vorbeikommen.}
page: {title: Eine Prüfung, description: "Was {{ partner.name }} für Sie sieht.", contact: Sprechen Sie mit uns}
form:
  title: Termin
  button: Termin buchen
  seats: Wie viele sind Sie?
  few: Bis zehn
  consent: Ich bin einverstanden, dass {{ partner.name }} mir schreibt.
  privacy: "{{ partner.name }} bewahrt Ihre Angaben auf."
  thanks: Danke
  thanks_text: Wir melden uns.
banner: {headline: Ist Ihre Tür zu?}
"""


def kit_files() -> dict[str, bytes]:
    """The files of the kit; each call gives new ones to change."""
    return {
        "kit.yaml": KIT.encode(),
        "page/landing.yaml": PAGE.encode(),
        "playbook/call.yaml": PLAYBOOK.encode(),
        "designs/banner.yaml": DESIGN.encode(),
        "mail/first.mjml": MAIL.encode(),
        "texts/en.yaml": ENGLISH.encode(),
        "texts/de.yaml": GERMAN.encode(),
        "artwork/hero.png": png(1300, 650),
    }


def changed(path: str, old: str, new: str) -> KitPackage:
    """The kit with one passage of one file written differently."""
    files = kit_files()
    text = files[path].decode()
    assert text.count(old) >= 1, f"{path} does not hold {old!r}"
    files[path] = text.replace(old, new, 1).encode()
    return make_package(files)


def checked(package: KitPackage) -> Report:
    """What a check says of a package on the day of the tests."""
    return check(package, today=TODAY)


def found(package: KitPackage, code: str) -> Finding:
    """The one finding of a kind that a check makes."""
    report = checked(package)
    findings = [finding for finding in report.findings if finding.code == code]
    assert len(findings) == 1, [finding.as_dict() for finding in report.findings]
    return findings[0]


def line_of(package: KitPackage, path: str, passage: str) -> int:
    """The line on which a passage stands."""
    lines = package.files[path].decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if passage in line)
