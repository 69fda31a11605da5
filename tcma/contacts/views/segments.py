"""Live lists: rules are put together, with the number of people they fit beside them."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import operations, queries
from tcma.contacts.forms import ListForm
from tcma.contacts.models import ContactList
from tcma.contacts.segments import MOST_RULES, OddRule, Rule, Rules, checked
from tcma.contacts.views.ground import blueprint
from tcma.contacts.words import ABOUT_WORDS, ACTIVITY_WORDS, BASIS_WORDS, HOW_WORDS
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners.branches import sites_of


def _typed() -> list[Rule]:
    """Return the rules of the form; a row about nothing is none."""
    return [Rule(*row) for row in web.typed_rows(("about", "how", "value"), most=MOST_RULES)]


def _checked() -> Rules:
    return checked(_typed(), any_of_them=request.form.get("any") == "1")


@blueprint.route("/contacts/live-lists/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def new_segment() -> BaseResponse:
    """Make a live list."""
    if request.method == "GET":
        return _page(None, ListForm(formdata=None), Rules(()))
    return _kept(None)


@blueprint.route("/contacts/live-lists/<list_id>", methods=["GET", "POST"])
@requires(Permission.CONTACTS_WRITE)
def segment(list_id: str) -> BaseResponse:
    """Change the rules of a live list."""
    found = queries.list_by(list_id)
    rules = Rules.from_json(require(found.rules))
    if request.method == "GET":
        return _page(found, ListForm(formdata=None, name=found.name), rules)
    return _kept(found)


def _kept(found: ContactList | None) -> BaseResponse:
    form, by, now = ListForm(), current_actor(), clock.now()
    typed = Rules(tuple(_typed()), any_of_them=request.form.get("any") == "1")
    if request.form.get("do") == "more":
        return _page(found, form, typed, more=3)
    try:
        if form.validate_on_submit():
            rules, name = _checked(), str(form.name.data)
            if found is None:
                made = operations.create_live_list(name=name, rules=rules, by=by, now=now)
            else:
                made = operations.change_rules(list_id=found.id, name=name, rules=rules, by=by, now=now)
            return web.go(url_for("contacts.show_list", list_id=made.public_id), _("The list is kept up by its rules."))
    except OddRule as reason:
        return _page(found, form, typed, odd=reason.message, status=422)
    except DomainError as reason:
        form.name.errors = [reason.message]
    return _page(found, form, typed, status=422)


@blueprint.post("/contacts/live-lists/count")
@requires(Permission.CONTACTS_WRITE)
def count_segment() -> Response:
    """How many people the rules fit, while they are being put together."""
    try:
        counts = queries.counts_by_rules(_checked(), now=clock.now())
    except DomainError as reason:
        return web.render("contacts/_segment_count.html", counts=None, odd=reason.message)
    return web.render("contacts/_segment_count.html", counts=counts, odd="")


def _page(
    found: ContactList | None, form: ListForm, rules: Rules, *, more: int = 1, odd: object = "", status: int = 200
) -> Response:
    counts = None
    if rules.rules and not odd:
        try:
            kept = checked(rules.rules, any_of_them=rules.any_of_them)
            counts = queries.counts_by_rules(kept, now=clock.now())
        except DomainError:
            counts = None
    blank = web.blank_rows(len(rules.rules), more=more, most=MOST_RULES)
    return web.render(
        "contacts/segment.html", found=found, form=form, rows=[*rules.rules, *[Rule("", "is")] * blank],
        any_of_them=rules.any_of_them, counts=counts, odd=odd, groups=_groups(rules), how=HOW_WORDS, status=status,
    )  # fmt: skip


def _groups(rules: Rules) -> list[tuple[str, dict[str, object]]]:
    """Return what a rule can be about, in groups as the page offers them; what `rules` are about stays among it."""
    partner_id = require(current_actor().partner_id)
    lists = queries.lists_of(partner_id)
    groups: list[tuple[str, dict[str, object]]] = [
        (_("What you know"), dict(ABOUT_WORDS)),
        (_("Your own fields"), {f"custom:{name}": name for name in queries.custom_names()}),
        (_("Activity"), dict(ACTIVITY_WORDS)),
        (_("Lists"), {f"list:{one.public_id}": one.name for one in lists if not one.is_live}),
        (_("Branches"), {f"branch:{one.public_id}": one.name for one in sites_of(partner_id)}),
        (_("Permission"), {f"basis:{basis.value}": words for basis, words in BASIS_WORDS.items()}),
    ]
    known = {about for _name, choices in groups for about in choices}
    gone = {rule.about: _("A list, field or branch that is no more") for rule in rules.rules if rule.about not in known}
    return [(name, choices) for name, choices in [*groups, (_("No longer there"), gone)] if choices]
