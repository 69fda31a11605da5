"""From the text of a design file to a `Design`, or to everything that is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assets.design import model
from assets.design.grammar import COLOUR_PATTERN, DESIGN
from assets.design.reading import Log, Unreadable, compose, line_of, pairs, read_keys

if TYPE_CHECKING:
    import yaml

    from assets.design.reading import Finding

DEFAULT_OUTPUTS = {"px": ("png", "jpeg", "webp", "pdf"), "mm": ("pdf", "print_pdf", "png")}
MERGE_FIELD = re.compile(r"\{\{\s*([a-z_.]+)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")
_ZONE_KINDS_OF = {
    "image": ("image",),
    "text": ("text", "choice"),
    "rich_text": ("rich_text", "text", "choice"),
    "legal": ("legal",),
    "logo": ("logo",),
    "qr": ("qr",),
    "contact_block": ("contact_block",),
}


def load_design(text: str, path: str) -> tuple[model.Design | None, list[Finding]]:
    """The design in `text`, or None and what to mend, each with its line in the file `path`."""
    log = Log(path)
    node = compose(text, log)
    design = _read(node, log) if node is not None else None
    if design is not None:
        _check(design, _zone_lines(node), log)
    return (design if not log.findings else None), log.findings


def _read(node: yaml.Node, log: Log) -> model.Design | None:
    try:
        found = read_keys(node, DESIGN, log, "design")
    except Unreadable as fault:
        log.add(fault.node, fault.message, fault.instead)
        return None
    return None if found is None else _make(found)


def _make(found: dict[str, Any]) -> model.Design:
    return model.Design(
        key=found["key"],
        unit=found["unit"],
        pages=found["pages"],
        zones=found.get("zones", {}),
        outputs=found.get("outputs") or DEFAULT_OUTPUTS[found["unit"]],
        title=found.get("title"),
    )


def _zone_lines(node: yaml.Node | None) -> dict[str, int]:
    entries = pairs(node) if node is not None else []
    zones = next((value for name, _, value in entries if name == "zones"), None)
    return {name: line_of(key) for name, key, _ in pairs(zones)} if zones is not None else {}


def _check(design: model.Design, zone_lines: dict[str, int], log: Log) -> None:
    for page in design.pages:
        _check_ground(page, log)
        _check_layers(page, design, log)
    for name, zone in design.zones.items():
        _check_zone(name, zone, zone_lines.get(name, 1), log)
    used = {layer.zone for page in design.pages for layer in model.all_layers(page.layers)}
    used |= {colour.token[5:] for colour in model.design_colours(design) if colour.token.startswith("zone.")}
    for name in design.zones:
        if name not in used:
            log.at(zone_lines.get(name, 1), f"No layer uses the zone “{name}”.", "Name it at a layer, or remove it.")


def _check_ground(page: model.Page, log: Log) -> None:
    given = [page.ground.colour, page.ground.image, page.ground.pdf]
    if sum(each is not None for each in given) != 1:
        line = page.layers[0].line if page.layers else 1
        log.at(line, "The page's ground is not one thing.", "Give it one of colour, image and pdf.")


def _check_layers(page: model.Page, design: model.Design, log: Log) -> None:
    seen: set[str] = set()
    for layer in model.all_layers(page.layers):
        if layer.below is not None and layer.below not in seen:
            log.at(
                layer.line,
                f"No earlier layer of this page has the id “{layer.below}”.",
                "Name a layer that stands before this one.",
            )
        if layer.id in seen:
            log.at(layer.line, f"The id “{layer.id}” stands twice on this page.", "Give each layer its own.")
        if layer.id:
            seen.add(layer.id)
        _check_layer_zone(layer, design, log)
        _check_layer_itself(layer, design, log)


def _check_layer_zone(layer: model.Layer, design: model.Design, log: Log) -> None:
    if layer.zone is None:
        return
    zone = design.zones.get(layer.zone)
    if zone is None:
        log.at(layer.line, f"The zone “{layer.zone}” is not declared.", f"Add “{layer.zone}: …” under zones.")
    elif zone.kind not in _ZONE_KINDS_OF.get(layer.kind, ()):
        wanted = " or ".join(_ZONE_KINDS_OF.get(layer.kind, ())) or "no zone at all"
        log.at(layer.line, f"A {layer.kind} layer cannot show a zone of kind {zone.kind}.", f"It takes {wanted}.")


def _check_layer_itself(layer: model.Layer, design: model.Design, log: Log) -> None:
    if isinstance(layer, model.TextLayer) and layer.text is None and layer.zone is None:
        log.at(layer.line, f"This {layer.kind} layer has neither text nor zone.", "Add “text: {t: key}”.")
    if isinstance(layer, model.QrLayer) and layer.value is None and layer.zone is None:
        log.at(layer.line, "This QR code says nothing.", 'Add “value: "{{ launch.page_url }}"”.')
    if isinstance(layer, model.ImageLayer) and layer.src is None and layer.zone is None:
        log.at(layer.line, "This image layer has neither src nor zone.", "Add “src: artwork/….jpg”.")
    if isinstance(layer, model.LogoLayer) and layer.of != "both" and (layer.lead or layer.divider is not None):
        log.at(layer.line, "“lead” and “divider” arrange two logos, and here is one.", "Write “of: both”.")
    for field in _merge_fields(layer):
        if field not in model.MERGE_FIELDS:
            log.at(layer.line, f"There is no merge field “{field}” here.", "Use " + ", ".join(model.MERGE_FIELDS) + ".")
    for colour in model.layer_colours(layer):
        name = colour.token[5:] if colour.token.startswith("zone.") else None
        if name is not None and (name not in design.zones or design.zones[name].kind != "colour"):
            log.at(layer.line, f"There is no colour zone “{name}”.", f"Declare “{name}: {{kind: colour}}”.")


def _merge_fields(layer: model.Layer) -> list[str]:
    words = getattr(layer, "text", None) or getattr(layer, "value", None)
    if not isinstance(words, model.Words):
        return []
    return [match[1] for match in MERGE_FIELD.finditer(words.literal)]


def _check_zone(name: str, zone: model.Zone, line: int, log: Log) -> None:
    if zone.kind == "legal" and zone.editable:
        log.at(line, f"The legal zone “{name}” is editable.", "Legal text is always locked: remove “editable”.")
    if zone.kind == "choice" and not zone.options:
        log.at(line, f"The choice “{name}” has no options.", "Add “options: {short: {t: …}, long: {t: …}}”.")
    if zone.kind == "choice" and zone.default is not None and zone.default not in zone.options:
        log.at(line, f"“{zone.default}” is not an option of “{name}”.", "Use one of " + ", ".join(zone.options) + ".")
    if zone.kind == "colour" and zone.default is None:
        log.at(line, f"The colour zone “{name}” has no default.", "Add “default: brand.primary”.")
    if zone.kind == "colour" and zone.default and not re.fullmatch(COLOUR_PATTERN, zone.default):
        log.at(line, f"“{zone.default}” is not a colour.", "Write “#rrggbb” or a brand colour.")
    if zone.change_required and not zone.editable:
        log.at(line, f"“{name}” must be changed and is not editable.", "Add “editable: true”.")
    if zone.nudge and not zone.may_change("position_size"):
        log.at(line, f"“{name}” has a nudge and its place is locked.", "Leave “nudge” or the lock out.")
    if zone.editable and "content" in zone.locks:
        log.at(line, f"“{name}” is editable and its content locked.", "Keep one of the two.")
