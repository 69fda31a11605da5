"""`tcma render`: a kit's collateral in one brand, with no database at all."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import click

from assets.artwork import Artwork, UnreadablePicture, load_artwork
from assets.brand import Brand, load_brand
from assets.design import Design, load_design
from assets.rendering import FORMATS, Complaint, Rendered, Unfit, Values, render
from assets.svg import UnsafeSvg
from campaigns.manifest import Kit, KitRefused, load, read_kit

_IMAGES = ("png", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class _Made:
    """One file that was asked for: written, or refused with its reasons."""

    name: str
    complaints: tuple[Complaint, ...]
    is_refused: bool

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return {
            "file": self.name,
            "made": not self.is_refused,
            "complaints": [
                {
                    "kind": each.kind,
                    "page": each.page,
                    "layer": each.layer,
                    "refuses": each.refuses,
                    "message": each.text,
                }
                for each in self.complaints
            ],
        }


@click.command("render")
@click.option("--kit", "kit_path", type=click.Path(path_type=Path), required=True, help="The kit's folder or zip.")
@click.option("--brand", "brand_path", type=click.Path(path_type=Path), required=True, help="The partner's brand.yaml.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The folder where the files go.")
@click.option("--zip", "archive", type=click.Path(path_type=Path, dir_okay=False), help="One zip with all files.")
@click.option("--vendor", "vendor_path", type=click.Path(path_type=Path), help="The vendor's brand.yaml.")
@click.option(
    "--language", "languages", multiple=True, help="A language of the kit; may be given again. Default: the brand's."
)
@click.option("--design", "keys", multiple=True, help="Only this design; may be given again.")
@click.option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="Only this format.")
@click.option(
    "--scale", "scales", multiple=True, type=click.Choice(["1", "2"]), default=["1", "2"], help="Only 1x or 2x images."
)
@click.option("--field", "fields", multiple=True, help="A merge field, such as launch.page_url=https://….")
@click.option("--code", default="", help="The version code that every file carries.")
@click.option("--check-url", default="", help="The address that tells whether a file is still valid.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made, and every complaint, as JSON.")
def command(  # noqa: PLR0917 - one argument for each option
    kit_path: Path,
    brand_path: Path,
    out: Path | None,
    archive: Path | None,
    vendor_path: Path | None,
    languages: tuple[str, ...],
    keys: tuple[str, ...],
    formats: tuple[str, ...],
    scales: tuple[str, ...],
    fields: tuple[str, ...],
    code: str,
    check_url: str,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Render a kit's designs in a partner's brand: every format that a design has, images at 1x and 2x.

    Ends with 1 if a design was refused; the reasons say what to change.
    """
    if out is None and archive is None:
        raise click.UsageError("Say where the files go: --out with a folder, --zip with a file, or both.")
    kit = _read_kit(kit_path)
    brand = _read_brand(brand_path)
    vendor = _read_brand(vendor_path) if vendor_path else None
    filled = {"launch.page_url": brand.website, **dict(_field(each) for each in fields)}
    artwork = _artwork(kit)
    with _destination(out, archive) as write:
        made = [
            one
            for design in _designs(kit, keys)
            for language in _languages(kit, brand, languages)
            for one in _render_all(
                design,
                partial(
                    render,
                    design,
                    brand,
                    Values(texts=kit.texts.resolved(language), fields=filled, vendor=vendor),
                    language,
                    artwork=artwork,
                    code=code,
                    check_url=check_url,
                ),
                language,
                formats or design.outputs,
                scales,
                write,
            )
        ]
    _tell(made, as_json=as_json)
    sys.exit(1 if any(one.is_refused for one in made) else 0)


def _read_kit(path: Path) -> Kit:
    try:
        kit, findings = load(read_kit(path))
    except KitRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if kit is None:
        raise click.ClickException(f"The kit cannot be read. `tcma kit check {path}` tells why ({len(findings)}).")
    return kit


def _read_brand(path: Path) -> Brand:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"The brand file {path} cannot be read.") from fault
    folder = path.parent.resolve()
    brand, findings = load_brand(text, path.name, lambda name: (folder / name).read_bytes())
    if brand is None:
        raise click.ClickException("\n".join(str(finding) for finding in findings))
    return brand


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.ClickException(f"“{text}” is not a merge field. Write it as name=value.")
    return name.strip(), value.strip()


def _artwork(kit: Kit) -> dict[str, Artwork]:
    found: dict[str, Artwork] = {}
    for path, data in kit.package.under("artwork").items():
        try:
            found[path] = load_artwork(path, data)
        except (UnreadablePicture, UnsafeSvg) as fault:
            raise click.ClickException(f"{path}: {fault}") from fault
    return found


def _designs(kit: Kit, keys: tuple[str, ...]) -> list[Design]:
    designs = []
    for path, data in kit.package.under("designs").items():
        design, findings = load_design(data.decode("utf-8", "replace"), path)
        if design is None:
            raise click.ClickException("\n".join(str(finding) for finding in findings))
        if not keys or design.key in keys:
            designs.append(design)
    if not designs:
        raise click.ClickException("The kit has no such design.")
    return designs


def _languages(kit: Kit, brand: Brand, wanted: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [each for each in wanted if each not in kit.languages]:
        raise click.ClickException(f"The kit speaks {', '.join(kit.languages)}, not {', '.join(unknown)}.")
    own = brand.language if brand.language in kit.languages else kit.manifest.default_language
    return wanted or (own,)


def _render_all(  # noqa: PLR0917 - what makes a rendition
    design: Design,
    rendered: Callable[..., Rendered],
    language: str,
    formats: tuple[str, ...],
    scales: tuple[str, ...],
    write: Callable[[str, bytes], object],
) -> Iterator[_Made]:
    for format_ in formats:
        is_image = format_ in _IMAGES
        for scale in scales if is_image else ("1",):
            for page in range(1, len(design.pages) + 1) if is_image else (1,):
                name = _name(design, language, format_, scale, page)
                try:
                    made = rendered(format_, scale=float(scale), page=page)
                except Unfit as refusal:
                    yield _Made(name, refusal.complaints, is_refused=True)
                else:
                    write(name, made.data)
                    yield _Made(name, made.complaints, is_refused=False)


def _name(design: Design, language: str, format_: str, scale: str, page: int) -> str:
    number = f"-{page}" if format_ in _IMAGES and len(design.pages) > 1 else ""
    larger = f"@{scale}x" if scale != "1" else ""
    press = "-print" if format_ == "print_pdf" else ""
    return f"{design.key}{number}{press}-{language}{larger}.{FORMATS[format_][1]}"


@contextmanager
def _destination(out: Path | None, archive: Path | None) -> Iterator[Callable[[str, bytes], None]]:
    """What writes a file into the folder, the zip or both; an unfinished zip is not left behind."""
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        part = archive.with_name(f"{archive.name}.part") if archive else None
        packed = opened.enter_context(ZipFile(part, "w")) if part else None

        def write(name: str, data: bytes) -> None:
            if out is not None:
                (out / name).write_bytes(data)
            if packed is not None:
                # The same files give the same zip; they are packed as tightly as they can be already.
                packed.writestr(ZipInfo(name), data)

        try:
            yield write
        except BaseException:
            opened.close()
            if part:
                part.unlink(missing_ok=True)
            raise
    if part and archive:
        part.replace(archive)


def _tell(made: list[_Made], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in made], ensure_ascii=False, indent=2))
        return
    told: set[str] = set()
    for one in made:
        click.echo(f"{'refused' if one.is_refused else 'made'}  {one.name}")
        for complaint in one.complaints:
            if complaint.text not in told:
                told.add(complaint.text)
                click.echo(f"    page {complaint.page}: {complaint.text}")
