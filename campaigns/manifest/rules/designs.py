"""Co-brand designs: read by `assets.design`, which owns their format."""

from assets.design import Design, load_design
from campaigns.manifest.findings import Findings, Place
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import Collateral
from tcma.core.words import lazy_gettext as _


def load_designs(kit: Kit, findings: Findings) -> dict[str, Design]:
    """Every design of the kit that can be read, with findings for the others."""
    designs: dict[str, Design] = {}
    for path in kit.designs:
        design, faults = load_design(kit.package.files[path].decode("utf-8-sig"), path)
        for fault in faults:
            findings.error("design", Place(path, fault.line), fault.message, fault.instead)
        if design is not None:
            designs[path] = design
    _check_keys(kit, designs, findings)
    return designs


def _check_keys(kit: Kit, designs: dict[str, Design], findings: Findings) -> None:
    for tactic in kit.tactics:
        design = designs.get(tactic.design) if isinstance(tactic, Collateral) else None
        if design is not None and design.key != tactic.key:
            findings.warning(
                "design-key",
                tactic.place,
                _(
                    "The tactic is called “%(tactic)s” and its design “%(design)s”.",
                    tactic=tactic.key,
                    design=design.key,
                ),
                _("Give both the same key."),
            )
