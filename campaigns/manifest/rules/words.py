"""The words: there in every language, with known merge fields and no links elsewhere."""

from collections.abc import Iterable
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from campaigns.manifest.findings import Findings, Place, nearest
from campaigns.manifest.kit import Kit
from campaigns.manifest.texts import Text
from campaigns.manifest.uses import TextUse, Where
from tcma.core.merge import FIELDS, FILE_FIELDS, MergeError, scan
from tcma.core.words import lazy_gettext as _

_ADDRESS: Final = compile_pattern(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|(?<![\w/:@.-])//(?=[\w-]+\.)|\bwww\.)[^\s<>\"“”]*", IGNORECASE
)
# Mail programs and networks make links of bare names too.
_BARE_HOST: Final = compile_pattern(
    r"(?<![\w@./:-])(?:[a-z0-9-]{1,63}\.)+(?:com|net|org|info|biz|io|co|app|dev|eu|de|at|ch|fr|es|it|nl|uk|us|jp|ru|cn|xyz|top"
    r"|shop|online|site|link|click|ly|gl|me|example)\b(?:/[^\s<>\"“”]*)?(?![\w@])",
    IGNORECASE,
)
_TRAILING: Final = ".,;:!?)]}’'…"


def check_languages(kit: Kit, findings: Findings) -> None:
    """Each language is one, has its file, and the default is among them."""
    manifest = kit.manifest
    there = kit.texts.by_language.keys()
    for language in manifest.languages:
        if not _is_language(language):
            findings.error(
                "wrong-value",
                manifest.place,
                _("“%(language)s” is not a language.", language=language),
                _("Write its BCP 47 name, such as en, de or pt-BR."),
            )
        if language not in there:
            findings.error(
                "missing-language",
                Place("kit.yaml", _line_of_languages(kit)),
                _("The kit says it speaks %(language)s, and there is no texts/%(language)s.yaml.", language=language),
                _("Add texts/%(language)s.yaml, or take %(language)s out of `languages`.", language=language),
            )
    if manifest.default_language and manifest.languages and manifest.default_language not in manifest.languages:
        findings.error(
            "missing-language",
            manifest.place,
            _("The default language %(language)s is not among `languages`.", language=manifest.default_language),
            _("Add it to `languages`, or write one of: %(words)s.", words=", ".join(manifest.languages)),
        )
    for language in there - set(manifest.languages):
        findings.warning(
            "unlisted-language",
            Place(f"texts/{language}.yaml"),
            _("`languages` does not name %(language)s, so nobody will read this file.", language=language),
            _("Add %(language)s to `languages` in kit.yaml.", language=language),
        )


def check_texts(kit: Kit, uses: Iterable[TextUse], findings: Findings) -> None:
    """Each text that is used is there; in the default language always, elsewhere by falling back."""
    wanted: dict[str, list[TextUse]] = {}
    for use in uses:
        wanted.setdefault(use.key, []).append(use)
    for key, places in wanted.items():
        _check_text(kit, key, places, findings)
    _check_unused(kit, wanted.keys(), findings)


def check_merge_fields(kit: Kit, uses: Iterable[TextUse], findings: Findings) -> None:
    """Each text holds only fields that may stand where it is used, and no link to a forbidden host."""
    allowed: dict[str, frozenset[str]] = {}
    in_mail: set[str] = set()
    for use in uses:
        allowed[use.key] = allowed.get(use.key, use.where.fields) & use.where.fields
        if use.where in (Where.MAIL, Where.SUBJECT):
            in_mail.add(use.key)
    for texts in kit.texts.by_language.values():
        for key, text in texts.items():
            _check_fields(text, allowed.get(key, FIELDS), findings)
            _check_links(text, kit, findings)
            if key in in_mail:
                _check_fallbacks(text, findings)
                _check_one_line(key, text, uses, findings)


def is_allowed_host(address: str, hosts: Iterable[str]) -> bool:
    """Whether an address of the web points to one of `hosts`, as a browser would read it."""
    if "\\" in address or any(letter.isspace() or not letter.isprintable() for letter in address):
        return False
    try:
        parts = urlsplit(address if "://" in address else f"https://{address.lstrip('/')}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("https", "http") and parts.username is None and port is None and host.casefold() in set(hosts)
    )


def forbidden_host(findings: Findings, place: Place, address: str, hosts: Iterable[str]) -> None:
    """Note a link that leads where the kit does not say it leads."""
    hosts = sorted(hosts)
    findings.error(
        "forbidden-host",
        place,
        _("The link “%(address)s” leads to a host that the kit does not allow.", address=address[:100]),
        _(
            "Write {{ launch.page_url }} or {{ partner.website }}, or add the host to `link_hosts` in kit.yaml "
            "(now: %(hosts)s).",
            hosts=", ".join(hosts) or "-",
        ),
    )


def _is_language(language: str) -> bool:
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _line_of_languages(kit: Kit) -> int:
    for number, line in enumerate(kit.package.files["kit.yaml"].decode("utf-8", "replace").splitlines(), 1):
        if line.startswith("languages"):
            return number
    return kit.manifest.place.line


def _check_text(kit: Kit, key: str, uses: list[TextUse], findings: Findings) -> None:
    default = kit.manifest.default_language
    there = kit.texts.by_language.get(default)
    if there is not None and key not in there:
        near = nearest(key, list(there))
        mend = (
            _("Write “%(near)s” instead, or add the text to texts/%(language)s.yaml.", near=near, language=default)
            if near
            else _("Add it to texts/%(language)s.yaml.", language=default)
        )
        findings.error(
            "missing-text",
            uses[0].place,
            _("There is no text “%(key)s” in the default language (%(language)s).", key=key, language=default),
            mend,
        )
        return
    for language in kit.manifest.languages:
        if language in kit.texts.by_language and not kit.texts.has(key, language):
            _missing_translation(key, language, uses, findings)


def _missing_translation(key: str, language: str, uses: list[TextUse], findings: Findings) -> None:
    place = Place(f"texts/{language}.yaml")
    mend = _("Add “%(key)s” to texts/%(language)s.yaml.", key=key, language=language)
    if any(use.where is Where.CONSENT for use in uses):
        findings.error(
            "missing-consent",
            place,
            _(
                "The consent text “%(key)s” is not there in %(language)s; "
                "nobody can agree to words in another language.",
                key=key,
                language=language,
            ),
            mend,
        )
    else:
        findings.warning(
            "missing-translation",
            place,
            _(
                "The text “%(key)s” is not there in %(language)s; the default language is shown.",
                key=key,
                language=language,
            ),
            mend,
        )


def _check_unused(kit: Kit, wanted: Iterable[str], findings: Findings) -> None:
    wanted = set(wanted)
    default = kit.texts.by_language.get(kit.manifest.default_language, {})
    for language, texts in kit.texts.by_language.items():
        for key, text in texts.items():
            if key not in wanted and (language == kit.manifest.default_language or key not in default):
                findings.warning(
                    "unused-text",
                    text.place,
                    _("Nothing uses the text “%(key)s”.", key=key),
                    _("Use it, or take it out."),
                )


def _check_fields(text: Text, known: frozenset[str], findings: Findings) -> None:
    for error in scan(text.words, known)[1]:
        merge_error(findings, Place(text.place.file, text.place.line), error, known)


def merge_error(findings: Findings, place: Place, error: MergeError, known: frozenset[str]) -> None:
    """Note a merge field that is unknown, or unknown in this place."""
    if error.name in FIELDS | FILE_FIELDS:
        message = _("“%(name)s” cannot stand in this place.", name=error.name)
        mend: object = _(
            "Write one of: %(names)s.", names=", ".join(sorted(name for name in known if "text." not in name))
        )
    elif error.name:
        message = _("There is no merge field “%(name)s”.", name=error.name[:60])
        mend = _("Write “{{ %(near)s }}” instead.", near=error.instead) if error.instead else error.message
    else:
        message, mend = _("This merge field cannot be read."), error.message
    findings.error("merge-field", place, message, mend)


def _check_fallbacks(text: Text, findings: Findings) -> None:
    for slot in scan(text.words, FIELDS)[0].slots:
        if slot.name.startswith("contact.") and not slot.fallback:
            findings.warning(
                "no-fallback",
                text.place,
                _("“%(name)s” is empty for some contacts.", name=slot.name),
                _("Give it words to fall back on: {{ %(name)s | … }}.", name=slot.name),
            )


def _check_one_line(key: str, text: Text, uses: Iterable[TextUse], findings: Findings) -> None:
    if "\n" not in text.words.strip("\n") and "\r" not in text.words:
        return
    if any(use.key == key and use.where is Where.SUBJECT for use in uses):
        findings.error(
            "line-break", text.place, _("A subject or preheader must be one line."), _("Write it on one line.")
        )


def _check_links(text: Text, kit: Kit, findings: Findings) -> None:
    for found in (*_ADDRESS.finditer(text.words), *_BARE_HOST.finditer(text.words)):
        address = found[0].rstrip(_TRAILING)
        if not is_allowed_host(address, kit.manifest.link_hosts):
            forbidden_host(findings, text.place, address, kit.manifest.link_hosts)
