"""Groups of partners: rules are put together, with the number of partners they fit beside them."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import groups as rules_of
from tcma.partners import queries
from tcma.partners.forms import COMPETENCIES, LANGUAGES, PARTNER_TYPES, GroupForm
from tcma.partners.groups import MOST_RULES, OddGroup, Rule, Rules, checked
from tcma.partners.models import PartnerGroup
from tcma.partners.views.ground import blueprint

ABOUT_WORDS = {
    "partner_type": lazy_gettext("Kind of partner"),
    "tier": lazy_gettext("Tier"),
    "competency": lazy_gettext("Competency"),
    "country": lazy_gettext("Country"),
    "language": lazy_gettext("Language"),
    "industry": lazy_gettext("Industry"),
}
HOW_WORDS = {"is": lazy_gettext("is one of"), "is_not": lazy_gettext("is none of")}


def _typed() -> list[Rule]:
    """Return the rules of the form; a row about nothing is none."""
    return [
        Rule(about, how, tuple(value.strip() for value in values.split(",") if value.strip()))
        for about, how, values in web.typed_rows(("about", "how", "values"), most=MOST_RULES)
    ]


def _any() -> bool:
    return request.form.get("any") == "1"


@blueprint.get("/partners/groups")
@requires(Permission.GROUPS_WRITE)
def groups() -> Response:
    """The vendor's groups, with how many partners are in each now."""
    return web.render("partners/groups.html", rows=rules_of.groups_counted())


@blueprint.route("/partners/groups/new", methods=["GET", "POST"])
@requires(Permission.GROUPS_WRITE)
def new_group() -> BaseResponse:
    """Make a group."""
    if request.method == "GET":
        return _page(None, GroupForm(formdata=None), Rules(()))
    return _kept(None)


@blueprint.route("/partners/groups/<public_id>", methods=["GET", "POST"])
@requires(Permission.GROUPS_WRITE)
def group(public_id: str) -> BaseResponse:
    """Change a group's name and rules."""
    found = rules_of.group_by(public_id)
    if request.method == "GET":
        return _page(found, GroupForm(formdata=None, name=found.name), Rules.from_json(found.rules))
    return _kept(found)


def _kept(found: PartnerGroup | None) -> BaseResponse:
    form, typed = GroupForm(), Rules(tuple(_typed()), any_of_them=_any())
    if request.form.get("do") == "more":
        return _page(found, form, typed, more=3)
    odd: object = ""
    try:
        if form.validate_on_submit():
            rules = checked(typed.rules, any_of_them=typed.any_of_them)
            name, by, now = str(form.name.data), current_actor(), clock.now()
            rules_of.save_group(group=found, name=name, rules=rules, by=by, now=now)
            words = _("Saved. Kits that are limited to it go to whoever the rules fit now.")
            return web.go(url_for("partners.groups"), words)
    except OddGroup as reason:
        if reason.field == "name":
            form.name.errors = [reason.message]
        else:
            odd = reason.message
    return _page(found, form, typed, odd=odd, status=422)


@blueprint.post("/partners/groups/<public_id>/remove")
@requires(Permission.GROUPS_WRITE)
def remove_group(public_id: str) -> BaseResponse:
    """Let there be no such group."""
    found = rules_of.group_by(public_id)
    try:
        rules_of.remove_group(group=found, by=current_actor(), now=clock.now())
    except rules_of.GroupInUse as reason:
        return web.go(url_for("partners.group", public_id=public_id), reason.message, kind="warning")
    return web.go(url_for("partners.groups"), _("Removed."))


@blueprint.post("/partners/groups/count")
@requires(Permission.GROUPS_WRITE)
def count_group() -> Response:
    """How many partners the rules fit, while they are being put together."""
    try:
        count, odd = rules_of.count_by_rules(checked(_typed(), any_of_them=_any())), ""
    except DomainError as reason:
        count, odd = None, reason.message
    return web.render("partners/_group_count.html", count=count, odd=odd)


def _page(
    found: PartnerGroup | None,
    form: GroupForm,
    rules: Rules,
    *,
    more: int = 1,
    odd: object = "",
    status: int = 200,
) -> Response:
    count = None
    if rules.rules and not odd:
        try:
            count = rules_of.count_by_rules(checked(rules.rules, any_of_them=rules.any_of_them))
        except DomainError:
            count = None
    blank = web.blank_rows(len(rules.rules), more=more, most=MOST_RULES)
    return web.render(
        "partners/group.html", found=found, form=form, rows=[*rules.rules, *[Rule("", "is")] * blank],
        any_of_them=rules.any_of_them, count=count, odd=odd, about=[("", ABOUT_WORDS)], how=HOW_WORDS, known=_known(),
        status=status,
    )  # fmt: skip


def _known() -> list[tuple[str, str]]:
    """Return what a rule may compare with, as the browser proposes it: the word to write, and what it means."""
    tiers = [(tier.name, _("Tier")) for tier in queries.tiers()]
    named = [(key, str(words)) for key, words in (*PARTNER_TYPES, *COMPETENCIES)]
    return [*named, *tiers, *((code, _("Language")) for code in LANGUAGES)]
