"""Pages and forms: an answer can be sent, and whoever sends it knows what they agree to."""

from campaigns.manifest.findings import Findings, nearest
from campaigns.manifest.kit import Kit
from campaigns.manifest.pages import BUILT_IN_FIELDS, Form, FormField, Hero, Page, Video
from campaigns.manifest.rules.words import forbidden_host, is_allowed_host
from tcma.core.words import lazy_gettext as _


def check_pages(kit: Kit, findings: Findings) -> None:
    """Check every page and every form in it."""
    for page in kit.pages.values():
        _check_page(page, findings)
        _check_videos(page, kit, findings)
        for form in page.forms:
            _check_form(form, findings)


def _check_page(page: Page, findings: Findings) -> None:
    for form in page.forms[1:]:
        findings.error(
            "two-forms",
            form.place,
            _("The page has more than one form."),
            _("Keep one; a button may lead to it from anywhere."),
        )
    for section in page.sections[1:]:
        if isinstance(section, Hero):
            findings.error(
                "two-heroes",
                section.place,
                _("A hero stands at the head of a page, and only there."),
                _("Move it up, or write `kind: text`."),
            )
    for section in page.sections:
        for owner in (section, *getattr(section, "items", ())):
            if getattr(owner, "image", None) and not getattr(owner, "alt", None):
                findings.warning(
                    "no-alt",
                    owner.place,
                    _("The picture has no words for those who cannot see it."),
                    _("Add `alt: {t: …}`."),
                )


def _check_videos(page: Page, kit: Kit, findings: Findings) -> None:
    hosts = kit.manifest.link_hosts
    for video in page.sections:
        if isinstance(video, Video) and video.url and not is_allowed_host(video.url, hosts):
            forbidden_host(findings, video.place, video.url, hosts)


def _check_form(form: Form, findings: Findings) -> None:
    if form.consent is None:
        findings.error(
            "no-consent",
            form.place,
            _("The form has no consent text."),
            _("Add `consent: {t: form.consent}` and the words in every language."),
        )
    if form.privacy is None:
        findings.error(
            "no-privacy",
            form.place,
            _("The form does not say who does what with the answer."),
            _("Add `privacy: {t: form.privacy}` and the words in every language."),
        )
    if not any(field.name == "email" and field.required for field in form.fields):
        findings.error(
            "no-email",
            form.place,
            _("The form does not ask for an email address."),
            _("Add `{name: email, required: true}` to its fields."),
        )
    if "phone" in form.consent_channels and not any(field.name == "phone" for field in form.fields):
        findings.error(
            "wrong-value",
            form.place,
            _("The form asks for consent to calls, and not for a number."),
            _("Add `{name: phone}` to its fields, or take phone out of `consent_channels`."),
        )
    names: set[str] = set()
    for field in form.fields:
        if field.name and field.name in names:
            findings.error(
                "duplicate-key",
                field.place,
                _("The field “%(name)s” is there twice.", name=field.name),
                _("Keep one of them."),
            )
        names.add(field.name)
        _check_field(field, findings)


def _check_field(field: FormField, findings: Findings) -> None:
    if field.is_built_in and field.kind != "text":
        findings.error(
            "wrong-value",
            field.place,
            _("“%(name)s” is a field of the platform and always a text.", name=field.name),
            _("Leave `kind` out, or choose another name."),
        )
    if field.name and not field.is_built_in and field.label is None:
        near = nearest(field.name, list(BUILT_IN_FIELDS))
        mend = _("Write “%(near)s” instead, or add `label: {t: …}`.", near=near) if near else _("Add `label: {t: …}`.")
        findings.error("missing-key", field.place, _("The field “%(name)s” has no label.", name=field.name), mend)
    if (field.kind == "choice") != bool(field.options):
        message = _("A choice needs options, and only a choice may have them.")
        findings.error(
            "wrong-value", field.place, message, _("Write `kind: choice` and `options: [{value: …, label: {t: …}}]`.")
        )
    values = [option.value for option in field.options]
    for option in field.options:
        if values.count(option.value) > 1:
            findings.error(
                "duplicate-key",
                option.place,
                _("The value “%(value)s” is there twice.", value=option.value),
                _("Give each option its own value."),
            )
