"""How a vendor's leads find their partner, and who would have got the last ones."""

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import operations, queries, simulation
from tcma.leads.forms import RulesForm
from tcma.leads.views import blueprint
from tcma.leads.words import RULES

LAST_LEADS = 20


@blueprint.get("/leads/rules")
@requires(Permission.LEADS_DISTRIBUTE)
def rules() -> Response:
    """The rules, and what they would have done with the last leads."""
    chain = queries.rules()
    return _page(RulesForm.of(chain))


@blueprint.post("/leads/rules")
@requires(Permission.LEADS_DISTRIBUTE)
def save_rules() -> Response:
    """Let the rules hold from the next lead on."""
    form = RulesForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    operations.set_rules(rules=form.chain(), by=current_actor(), now=clock.now())
    return web.go(url_for("leads.rules"), _("Saved. The next lead goes by these rules."))


@blueprint.post("/leads/rules/preview")
@requires(Permission.LEADS_DISTRIBUTE)
def preview_rules() -> Response:
    """Show who would have got the last leads; nothing is saved."""
    form = RulesForm()
    status = 200 if form.validate_on_submit() else 422
    trials = simulation.last_leads(rules=form.chain(), limit=LAST_LEADS)
    return web.render(
        "leads/rules.html",
        "leads/_trials.html",
        status=status,
        form=form,
        trials=trials,
        rule_words=RULES,
        unsaved=True,
    )


def _page(form: RulesForm, *, status: int = 200) -> Response:
    trials = simulation.last_leads(rules=form.chain(), limit=LAST_LEADS)
    return web.render("leads/rules.html", status=status, form=form, trials=trials, rule_words=RULES, unsaved=False)
