"""Step 7: money is asked for beside the campaign, approved, claimed, checked, paid, and its return shown."""

import json
import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from tests.journeys.setups import path_of
from tests.journeys.tale import Tale, document, heading, sees, upload
from tests.journeys.watching import Person
from tests.processes.running import until

SUPPLIER, INVOICE = "Adwerk GmbH", "2026-4711"
WON = "2,400.00"
APPROVED_MINOR, PAID_MINOR = 30_000, 25_000


def ask_for_money(tale: Tale) -> None:
    """From the campaign's page: what the kit proposes is filled in, and one button asks."""
    page = tale.anna.page
    page.goto(path_of(tale.facts["launch_url"]))
    page.get_by_role("link", name="Ask for the vendor's share").first.click()
    heading(page, "Ask for money")
    expect(page.get_by_label("What is planned")).not_to_have_value("")
    if not page.get_by_label("Day", exact=True).input_value():
        page.get_by_label("Day", exact=True).fill(days_ahead(page, 7))
    tale.anna.look("partner-request-form")
    page.get_by_role("button", name="Ask for it").click()
    sees(page, "asked for")
    tale.facts["request_url"] = page.url
    tale.anna.look("partner-request")
    page.goto("/funds")
    tale.anna.look("partner-funds")


def days_ahead(page: Page, days: int) -> str:
    """A day from today on the clock of the page, as a field for days takes it."""
    script = """days => {
      const now = new Date(document.querySelector('meta[name=server-now]').content);
      now.setDate(now.getDate() + days);
      return now.toISOString().slice(0, 10);
    }"""
    return str(page.evaluate(script, days))


def approve_in_two_clicks(tale: Tale) -> None:
    """From the row of the inbox: one press opens it with all evidence, the second approves; the amount is reserved."""
    amir = _staff(tale, "amir")
    page = amir.page
    page.goto("/inbox")
    amir.look("approver-inbox")
    effort = amir.begin_counting()
    page.get_by_role("link", name=re.compile("ads|advert", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Approve", exact=True).wait_for()
    amir.look("approver-request")
    _is_on_one_screen(page, page.locator(".card", has=page.get_by_role("button", name="Approve", exact=True)).first)
    page.get_by_role("button", name="Approve", exact=True).click()
    until(lambda: _stands(tale, "reserved") == APPROVED_MINOR, what="the reservation in the ledger")
    assert effort.presses <= 2, effort.told()
    assert not effort.fields, effort.told()
    tale.anna.page.goto(path_of(tale.facts["request_url"]))
    sees(tale.anna.page, "approved and reserved")


def _is_on_one_screen(page: Page, evidence: Locator) -> None:
    for words in ("Partner", "Fund", "Left of the partner's share", "Cost", "Asked for"):
        expect(evidence.get_by_text(words, exact=True).first).to_be_visible()
    box, screen = evidence.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert 0 <= box["y"] <= box["y"] + box["height"] <= screen["height"], f"{box} on a screen of {screen}"


def _staff(tale: Tale, who: str) -> Person:
    return tale.company.person().sign_in(who)


def _stands(tale: Tale, purpose: str) -> int:
    """What the ledger's entries sum up to for a purpose."""
    rows = tale.setup.query(
        "SELECT COALESCE(SUM(entry.amount_minor), 0) AS minor FROM ledger_entry entry "
        "JOIN ledger_account account ON account.id = entry.account_id WHERE account.purpose = :purpose",
        purpose=purpose,
    )
    return abs(int(rows[0]["minor"]))


def claim_with_an_invoice(tale: Tale) -> None:
    """Invoice, net and tax apart, and the platform's own proof of what ran."""
    page = tale.anna.page
    _begin_claim(tale)
    until(
        lambda: page.reload() and page.get_by_text("Seen by the platform itself").count(), what="the platform's proof"
    )
    _fill_invoice(page, INVOICE)
    tale.anna.look("partner-claim-form")
    _add_proof(page)
    page.get_by_role("button", name="Hand in").click()
    sees(page, "asked for")
    tale.facts["claim_url"] = page.url
    tale.anna.look("partner-claim")


def _begin_claim(tale: Tale) -> None:
    page = tale.anna.page
    page.goto(path_of(tale.facts["request_url"]))
    page.get_by_role("button", name="Claim it").first.click()
    page.get_by_label("Number of the invoice").wait_for()


def _fill_invoice(page: Page, number: str) -> None:
    upload(
        page.get_by_label(re.compile("^Invoice")).first, "invoice.pdf", "application/pdf", document(f"Invoice {number}")
    )
    page.get_by_label("Supplier").fill(SUPPLIER)
    page.get_by_label("Number of the invoice").fill(number)
    page.get_by_label("Date of the invoice").fill(days_ahead(page, 0))
    page.get_by_text("Further lines").click()
    for line, (words, net, tax) in enumerate((("Search ads", "500.00", "95.00"), ("Set-up", "100.00", "19.00")), 1):
        page.locator(f"#text-{line}").fill(words)
        page.locator(f"#net-{line}").fill(net)
        page.locator(f"#tax-{line}").fill(tax)
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Number of the invoice").wait_for()


def _add_proof(page: Page) -> None:
    """Bring every piece of evidence that is still missing."""
    missing = page.locator("form[action$='/proof'], form[action*='proof'] >> visible=true")
    while missing.count() and "Before you hand it in" in page.locator("aside").inner_text():
        before = missing.count()
        upload(
            missing.first.locator("input[type=file]"), "report.pdf", "application/pdf", document("Report of the ads")
        )
        missing.first.get_by_role("button", name="Add").click()
        page.wait_for_load_state()
        if missing.count() >= before:
            break


def reduce_a_line(tale: Tale) -> None:
    """The approver takes something off one line, with the reason that the partner reads."""
    amir = _staff(tale, "amir")
    page = amir.page
    page.goto("/inbox")
    page.get_by_role("link", name=re.compile("ads|advert", re.IGNORECASE)).first.click()
    page.get_by_label("Approve of line 2").fill("0.00")
    page.get_by_label("Reason for line 2").fill("Set-up is not part of the programme")
    amir.look("approver-claim")
    page.get_by_role("button", name="Approve", exact=True).click()
    until(lambda: _stands(tale, "payable") == PAID_MINOR, what="the decision in the ledger")
    tale.anna.page.goto(path_of(tale.facts["claim_url"]))
    sees(tale.anna.page, "Set-up is not part of the programme")
    tale.anna.look("partner-claim-decided")


def doubled_invoice_is_flagged(tale: Tale) -> None:
    """Another activity, the same invoice: the approver is told before anything is paid twice."""
    page = tale.anna.page
    page.goto("/funds")
    page.get_by_role("link", name="Ask for money").click()
    page.get_by_label("What is planned").fill("Second round of ads")
    page.get_by_label("Day", exact=True).fill(days_ahead(page, 5))
    page.get_by_label("Cost in full").fill("600.00")
    page.get_by_role("button", name="Ask for it").click()
    sees(page, "asked for")
    tale.facts["request_url"] = page.url
    amir = _staff(tale, "amir")
    amir.page.goto("/inbox")
    amir.page.get_by_role("link", name="Second round of ads").click()
    amir.page.get_by_role("button", name="Approve", exact=True).click()
    until(lambda: _stands(tale, "reserved") == APPROVED_MINOR, what="the second reservation")
    _begin_claim(tale)
    _fill_invoice(page, INVOICE)
    _add_proof(page)
    page.get_by_role("button", name="Hand in").click()
    page.get_by_label("Number of the invoice").wait_for(state="hidden")
    amir.page.goto("/inbox")
    sees(amir.page, "Claimed before")
    amir.page.get_by_role("link", name="Second round of ads").click()
    amir.page.get_by_role("link", name="Look at that claim").wait_for()
    amir.look("approver-doubled-invoice")


def finance_releases(tale: Tale) -> None:
    """Another person releases the payment; the ledger has it as paid."""
    fiona = _staff(tale, "fiona")
    page = fiona.page
    page.goto("/payments")
    fiona.look("finance-payments")
    page.get_by_label("Reference of the payment").fill("SEPA 2026-11-001")
    page.get_by_role("button", name="Release").click()
    page.get_by_text("SEPA 2026-11-001").first.wait_for()
    assert (_stands(tale, "paid"), _stands(tale, "payable")) == (PAID_MINOR, 0)
    fiona.look("finance-released")
    page.goto("/funds")
    fiona.look("finance-funds")


def win_the_deal(tale: Tale) -> None:
    """The lead becomes a deal, won with the vendor's net amount and its evidence."""
    page = tale.anna.page
    page.goto(path_of(tale.facts["lead_url"]))
    page.get_by_role("button", name="Make a deal").first.click()
    dialog = page.locator("#make-deal")
    dialog.get_by_label("Customer").fill("Zahnarztpraxis Krüger")
    dialog.get_by_role("button", name="Make a deal").click()
    sees(page, "Is it won?")
    tale.anna.look("partner-deal")
    page.get_by_label("Net amount").fill(WON)
    page.get_by_label("Order or invoice number").fill("PO 77-2026")
    page.get_by_role("button", name="It is won").click()
    sees(page, "PO 77-2026")
    tale.anna.look("partner-deal-won")
    vera = tale.vera.page
    vera.goto(page.url)
    vera.get_by_label("Order number in your books").fill("SO 4400")
    vera.get_by_role("button", name="Confirm the deal").click()
    sees(vera, "confirmed")


def results_agree_with_the_ledger(tale: Tale) -> None:
    """The return stands there by kit, partner and activity, per kind of evidence, as the ledger's own check has it."""
    page = tale.vera.page
    found = json.loads(tale.setup.tcma("verify", "ledger", "--json"))
    assert not any(found.values()), found
    page.goto("/results")
    sees(page, "Paid from funds")
    expect(page.locator("main")).to_contain_text("€250.00")
    roi = (Decimal(240_000) - PAID_MINOR) / PAID_MINOR
    for tab in page.get_by_role("navigation", name="Along what").get_by_role("link").all_inner_texts():
        page.get_by_role("link", name=tab, exact=True).first.click()
        row = page.locator("#returns tbody tr").filter(has_text="€250.00").first
        expect(row).to_be_visible()
        expect(row).to_contain_text("€2,400.00")
        expect(row).to_contain_text(f"{roi:+.0%}")
    expect(page.locator("main")).not_to_contain_text("Krüger")
    tale.vera.look("vendor-results")
    tale.vera.page.goto("/home")
    tale.vera.look("vendor-home")
    tale.anna.page.goto("/home")
    tale.anna.look("partner-home")


STEPS = (
    ask_for_money,
    approve_in_two_clicks,
    claim_with_an_invoice,
    reduce_a_line,
    doubled_invoice_is_flagged,
    finance_releases,
    win_the_deal,
    results_agree_with_the_ledger,
)
