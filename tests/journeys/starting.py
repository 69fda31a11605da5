"""Steps 2 and 3: the partner's own look, its contacts, and a campaign that starts in three screens."""

import re

from playwright.sync_api import expect

from tests.journeys.effort import Effort
from tests.journeys.making import PDF_TITLE
from tests.journeys.tale import KIT, Tale, heading, logo, painted, pictures_are_there, sees, upload

OWN_HEADLINE = "Ten minutes that spare you a bad week"
LIST = "Practices around the corner"
MOST_PRESSES, MOST_SCREENS = 5, 3
# Names of columns as a German office writes them; two rows about one person, one broken address, one without any.
PEOPLE = """Mail;Vorname;Nachname;Firma;Stadt;Kundennummer
sabine@zahnarzt.example;Sabine;Krüger;Zahnarztpraxis Krüger;Berlin;1001
omar@kanzlei.example;Omar;Haddad;Kanzlei Haddad;Berlin;1002
lena@tischlerei.example;Lena;Albers;Tischlerei Albers;Potsdam;1003
jonas@optik.example;Jonas;Vogt;Optik Vogt;Berlin;1004
LENA@tischlerei.example;Lena;Albers;Tischlerei Albers;Potsdam;1003
not an address;Kai;Brandt;Autohaus Brandt;Berlin;1005
;Nobody;Inparticular;;Berlin;1006
"""
FIRST, SECOND = "sabine@zahnarzt.example", "omar@kanzlei.example"


def drop_in_the_logo(tale: Tale) -> None:
    """One picture of a logo, and every piece is the partner's own."""
    page = tale.anna.page
    page.goto("/campaigns")
    heading(page, "Campaigns")
    tale.anna.look("partner-campaigns-no-logo")
    upload(page.get_by_label("logo", exact=False).first, "logo.png", "image/png", logo())
    page.get_by_role("button", name="Show me my campaigns").click()
    sees(page, "Here is what your customers will see")
    expect(page.get_by_role("heading", name=KIT)).to_be_visible()
    expect(page.get_by_role("heading", name="Wi-Fi")).to_have_count(0)  # still a draft: nobody is offered it
    expect(page.get_by_role("heading", name="The backup that restores")).to_have_count(0)  # it does not fit
    tale.anna.look("partner-campaigns")


def see_the_wall(tale: Tale) -> None:
    """A dozen finished pieces, drawn from the partner's brand, the vendor's words and PDF among them."""
    page = tale.anna.page
    page.get_by_role("link", name=KIT).first.click()
    heading(page, KIT)
    main = page.locator("main")
    assert pictures_are_there(main) >= 6
    sees(page, PDF_TITLE)
    expect(page.frame_locator("iframe").first.get_by_text("Bergmann IT").first).to_be_visible()
    mails, posts = (
        main.locator("section", has_text="Mails").locator("article"),
        main.locator("section", has_text="Posts"),
    )
    pieces = main.locator("figure, article").count()
    assert pieces >= 12, pieces
    assert mails.count() >= 3
    expect(posts.first).to_be_visible()
    tale.facts["offer_url"] = page.url
    tale.anna.look("partner-kit")


def change_a_zone(tale: Tale) -> None:
    """The open zone follows as one types; what the vendor has locked has no field and is refused by name."""
    page = tale.anna.page
    page.get_by_role("link", name="Web banner").first.click()
    preview = page.locator("#preview img").first
    before, drawn = preview.get_attribute("src"), painted(preview)
    page.get_by_label("Headline").fill(OWN_HEADLINE)
    expect(preview).not_to_have_attribute("src", before or "")
    pictures_are_there(page.locator("#preview"))
    tale.anna.look("partner-piece")
    page.get_by_role("button", name="Save").click()
    sees(page, "Saved. Every file of this piece says so from now on.")
    expect(page.get_by_label("Headline")).to_have_value(OWN_HEADLINE)
    assert painted(page.locator("#preview img").first) != drawn
    locked = page.locator("section, article, div").filter(has_text="Set by the vendor").last
    expect(locked).to_be_visible()
    expect(page.locator("[name=partner_logo]")).to_have_count(0)
    _cannot_change_a_locked_zone(tale)


def _cannot_change_a_locked_zone(tale: Tale) -> None:
    """Somebody who sends the locked zone's name all the same is refused, and nothing has changed."""
    page = tale.anna.page
    address = page.url
    page.locator("form[data-live-preview]").evaluate(
        """form => {
          const field = document.createElement('input');
          field.name = 'partner_logo'; field.value = 'mine'; field.type = 'hidden';
          form.append(field);
        }"""
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Every file of this piece says so from now on.")).to_have_count(0)
    expect(page.get_by_text(re.compile("locked|fixed|vendor", re.IGNORECASE)).first).to_be_visible()
    page.goto(address)
    expect(page.get_by_label("Headline")).to_have_value(OWN_HEADLINE)


def import_contacts(tale: Tale) -> None:
    """A file with columns of its own: mapped, doubles merged, bad rows listed, basis and source asked once."""
    page = tale.anna.page
    page.get_by_role("link", name="Contacts").first.click()
    tale.anna.look("partner-contacts-empty")
    page.get_by_role("link", name="Import a file").first.click()
    sees(page, re.compile("vendor", re.IGNORECASE))
    upload(page.get_by_label("CSV or Excel file"), "kunden.csv", "text/csv", PEOPLE.encode())
    tale.anna.look("partner-import-file")
    page.get_by_role("button", name="Go on").click()
    heading(page, "What is in your file")
    for column, field in (("Mail", "email"), ("Vorname", "first_name"), ("Firma", "company"), ("Stadt", "city")):
        expect(page.get_by_label(column, exact=True)).to_have_value(field)
    page.get_by_label("Kundennummer", exact=True).select_option("custom")
    page.get_by_role("button", name="Import", exact=True).click()
    sees(page, "Say on which ground you may write to these people.")
    page.get_by_role("radio").first.check()
    page.get_by_label("Where do they come from?").fill("Customers in our invoicing, autumn")
    page.get_by_label("Name of the new list").fill(LIST)
    tale.anna.look("partner-import-columns")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("link", name="See the list")).to_be_visible()
    for what, count in (("New people", "4"), ("Merged rows", "1"), ("Did not go in", "2")):
        expect(page.locator(".stat", has_text=what)).to_contain_text(count)
    table = page.get_by_role("table", name="Rows that did not go in")
    expect(table.get_by_role("row").nth(1)).to_contain_text("not an address")
    expect(table.get_by_role("row").nth(1)).to_contain_text("7")
    tale.anna.look("partner-import-done")
    page.get_by_role("link", name="See the list").click()
    sees(page, "Sabine")
    tale.anna.look("partner-list")
    page.get_by_role("link", name="Contacts").first.click()
    tale.anna.look("partner-contacts")


def launch_without_contacts(tale: Tale) -> None:
    """On a phone, with nobody to mail: page, link, posts and flyer are a whole campaign."""
    page = tale.anna.page
    with tale.anna.on_a_phone():
        _start(tale, with_list=False)
        sees(page, "Your campaign is running. Share the link")
        tale.facts["page_url"] = page.get_by_label("The address of your page").input_value()
        expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()
    tale.facts["bare_launch"] = page.url
    tale.anna.look("partner-launch-without-contacts")


def _start(tale: Tale, *, with_list: bool) -> None:
    """From the campaigns' page: three screens, five presses or fewer, nothing typed."""
    person, page = tale.anna, tale.anna.page
    page.goto("/campaigns")
    effort = person.begin_counting()
    page.get_by_role("link", name="Start").and_(page.locator("a[href$='/start']")).first.click()
    if not with_list:
        tale.facts.setdefault("looked", "")
    page.get_by_role("button", name="Next: audience").click()
    if not with_list and page.get_by_role("checkbox", name=LIST).count():
        page.get_by_role("checkbox", name=LIST).uncheck()
        sees(page, "Without contacts")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("button", name="Start campaign").click()
    page.wait_for_url("**/campaigns/launches/*")
    is_short(effort)


def is_short(effort: Effort) -> None:
    """Three screens and then the running campaign, five presses, nothing typed, nothing chosen from a list."""
    assert effort.presses <= MOST_PRESSES, effort.told()
    assert len(effort.screens) - 1 <= MOST_SCREENS, effort.screens
    assert (effort.fields, effort.choices, effort.files) == ({}, 0, 0), effort.told()


def launch_with_contacts(tale: Tale) -> None:
    """With a list: reach is counted, a test goes to oneself, and the same five presses start it."""
    page = tale.anna.page
    page.goto("/campaigns")
    page.get_by_role("link", name="Start").and_(page.locator("a[href$='/start']")).first.click()
    tale.anna.look("partner-launch-look")
    page.get_by_role("button", name="Next: audience").click()
    expect(page.get_by_role("checkbox", name=LIST)).to_be_checked()
    expect(page.locator("#audience-count")).to_contain_text("4")
    sees(page, "Your vendor never sees your contacts")
    tale.anna.look("partner-launch-audience")
    page.get_by_role("button", name="Next: review").click()
    tale.anna.look("partner-launch-review")
    page.get_by_role("button", name="Send a test to me").click()
    sees(page, "The mails are on their way to you")
    _start(tale, with_list=True)
    sees(page, "Your campaign is running. The first mail goes out within a minute")
    expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()
    tale.facts["launch_url"] = page.url
    tale.facts["page_url"] = page.get_by_label("The address of your page").input_value()
    tale.anna.look("partner-launch")
    page.goto("/campaigns/launches")
    tale.anna.look("partner-launches")


BEFORE = (drop_in_the_logo, see_the_wall, change_a_zone, import_contacts)
STEPS = (launch_without_contacts, launch_with_contacts)
