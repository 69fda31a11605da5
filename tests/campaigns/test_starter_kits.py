"""The starter kits: whole campaigns that check clean, in their languages, and render for a partner without complaint."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader

from campaigns.checks import check
from campaigns.manifest import read_kit
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import EmailStep, SocialPosts
from campaigns.operations.authoring import STARTERS
from tcma.cli.render import command
from tests.assets.material import MARK

LANGUAGES = {
    "backup-that-restores": {"en", "de"},
    "phishing-drill": {"en", "de", "ja"},
    "wifi-that-reaches": {"en", "de", "ar"},
}
TODAY = date(2026, 9, 7)
BRAND = """name: Nordwind IT-Systeme
logo: mark.svg
colours: {primary: "#0f5c4d"}
phone: "+49 30 1234567"
email: hello@nordwind.example
website: https://www.nordwind.example
street: Hauptstrasse 1
postcode: "10115"
city: Berlin
language: en
"""
every_kit = pytest.mark.parametrize("slug", sorted(LANGUAGES))


def kit_of(slug: str) -> Kit:
    kit = check(read_kit(STARTERS / slug), today=TODAY).kit
    assert kit is not None
    return kit


def test_these_are_the_starter_kits() -> None:
    assert {folder.name for folder in STARTERS.iterdir() if (folder / "kit.yaml").exists()} == set(LANGUAGES)


@every_kit
def test_a_starter_kit_checks_clean_and_is_complete_in_each_language(slug: str) -> None:
    report = check(read_kit(STARTERS / slug), today=TODAY)

    assert [finding.as_dict() for finding in report.findings] == []
    assert report.publishable
    assert set(report.coverage) == LANGUAGES[slug]
    assert all(coverage.is_complete for coverage in report.coverage.values())


@every_kit
def test_a_starter_kit_is_a_whole_campaign(slug: str) -> None:
    kit = kit_of(slug)
    kinds = Counter(tactic.kind for tactic in kit.tactics)
    mails = [step for _sequence, step in kit.manifest.steps() if isinstance(step, EmailStep)]
    posts = [post for tactic in kit.tactics if isinstance(tactic, SocialPosts) for post in tactic.posts]

    assert kinds == {
        "landing_page": 1, "email_sequence": 1, "social_posts": 1, "collateral": 3, "event": 1, "paid_activity": 1,
        "playbook": 1, "web_showcase": 1,
    }  # fmt: skip
    assert (len(mails), len(posts)) == (3, 5)
    assert "kind: form" in (STARTERS / slug / "page" / "landing.yaml").read_text()


@every_kit
def test_a_starter_kit_renders_in_every_language_without_complaint(slug: str, tmp_path: Path) -> None:
    (tmp_path / "mark.svg").write_text(MARK.format("#102030"))
    (tmp_path / "brand.yaml").write_text(BRAND)
    languages = [word for language in sorted(LANGUAGES[slug]) for word in ("--language", language)]
    arguments = ["--kit", str(STARTERS / slug), "--brand", str(tmp_path / "brand.yaml"), "--out", str(tmp_path / "out")]
    arguments += ["--field", "vendor.name=Nordwall"]

    done = CliRunner().invoke(command, [*arguments, *languages, "--format", "png", "--format", "pdf", "--json"])

    assert done.exit_code == 0, done.output
    assert [one for one in json.loads(done.output) if one["complaints"] or not one["made"]] == []
    for language in LANGUAGES[slug]:
        assert Image.open(tmp_path / "out" / f"banner-{language}.png").size == (1200, 628)
        assert Image.open(tmp_path / "out" / f"card-{language}.png").size == (1080, 1080)
        assert len(PdfReader(tmp_path / "out" / f"flyer-{language}.pdf").pages) == 2
