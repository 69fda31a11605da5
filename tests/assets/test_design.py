import json

import pytest

from assets.design import design_schema, load_design
from tests.assets.material import BANNER, FLYER


@pytest.mark.parametrize("text", [BANNER, FLYER])
def test_a_good_design_is_read_without_findings(text):
    design, findings = load_design(text, "designs/x.yaml")

    assert findings == []
    assert design is not None
    assert design.pages


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("min: 18, leading", "mni: 18, leading", 13, "Did you mean “min”"),
        ('fill: "#0b1f3a"', "fill: brand.primry", 11, "colour"),
        ('fill: "#0b1f3a"', "fill: #0b1f3a", 11, "in quotes"),
        ("below: head", "below: haed", 14, "stands before"),
        ("zone: headline", "zone: headlin", 13, "Add “headlin"),
        ("kind: logo, zone", "kind: lgo, zone", 12, "Write logo"),
        ("unit: px", "unit: inch", 4, "px"),
        ("box: [0, 0, 380, 314]", "box: [0, 0, 380]", 11, "[x, y, width, height]"),
        ("format: 1", "format: 2", 2, "1"),
        ("safe: 12", "safe: -3", 7, "0 or more"),
        ("kind: contact_block}", "kind: legal, editable: true}", 15, "contact_block"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_write(wrong, right, line, says):
    design, findings = load_design(BANNER.replace(wrong, right, 1), "designs/x.yaml")

    assert design is None
    told = [finding for finding in findings if says in finding.instead or says in finding.message]
    assert told, findings
    assert told[0].line == line
    assert told[0].file == "designs/x.yaml"


def test_all_faults_of_a_file_are_told_at_once():
    text = BANNER.replace("min: 18", "mni: 18").replace("unit: px", "unit: pt").replace("clear: 6", "clear: -1")

    _, findings = load_design(text, "x.yaml")

    assert len(findings) == 3


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "a: !!python/object:os.system 1", "- [", "", "just words", "x: 1\nx: 2"]
)
def test_machinery_and_nonsense_are_findings_not_crashes(text):
    design, findings = load_design(text, "x.yaml")

    assert design is None
    assert findings


def test_unknown_merge_fields_in_a_design_are_findings():
    text = BANNER.replace("text: {t: head}", 'text: "{{ contact.first_name }}"')

    _, findings = load_design(text, "x.yaml")

    assert "contact.first_name" in findings[0].message


def test_legal_text_can_never_be_editable():
    text = BANNER.replace(
        "  contact: {kind: contact_block}", "  contact: {kind: contact_block}\n  small: {kind: legal, editable: true}"
    )

    _, findings = load_design(text, "x.yaml")

    assert any("always locked" in finding.instead for finding in findings)


def test_a_zone_that_no_layer_uses_is_a_finding():
    text = BANNER.replace("zones:", "zones:\n  lost: {kind: text}")

    _, findings = load_design(text, "x.yaml")

    assert any("lost" in finding.message for finding in findings)


def test_the_key_on_is_a_word_and_not_a_truth():
    text = BANNER.replace("clear: 6", "clear: 6, on: light")

    design, findings = load_design(text, "x.yaml")

    assert not findings
    assert design.pages[0].layers[1].on == "light"


def test_the_published_schema_knows_every_kind_of_layer():
    schema = json.loads(json.dumps(design_schema()))

    kinds = {one["properties"]["kind"]["const"] for one in schema["$defs"]["layer"]["oneOf"]}
    assert kinds == {
        "image",
        "shape",
        "gradient",
        "text",
        "rich_text",
        "logo",
        "qr",
        "contact_block",
        "legal",
        "group",
    }
