"""A partner's customers: a file as it comes out of an office, imported with basis and source."""

import csv
import io
from datetime import datetime
from random import Random

from tcma.contacts.models import Basis
from tcma.contacts.operations import imports, lists
from tcma.core import outbox
from tcma.core.db import transaction
from tcma.core.tenancy import acting
from tcma.demo.names import practice_name
from tcma.demo.parties import Partner

HEADER = ("First name", "Last name", "Company", "E-mail", "Telephone", "Town", "Postcode")
LIST_NAMES = {"de": "Kunden", "en": "Customers", "ja": "お客様", "ar": "العملاء", "fr": "Clients", "es": "Clientes"}


def bring_in_customers(partner: Partner, count: int, *, rng: Random, now: datetime) -> int:
    """Import `count` made-up customers into a list of the partner's, and return the list's key."""
    data = _file(partner, count, rng)
    with transaction(), acting(partner.actor) as actor:
        name = LIST_NAMES.get(partner.country.language, "Customers")
        list_id = lists.create_list(name=name, by=actor, now=now).id
        found = imports.upload(file_name="customers.csv", data=data, by=actor, now=now)
        imports.start_import(
            import_id=found.id,
            fields=found.mapping["fields"],
            basis=Basis.EXISTING_CUSTOMER,
            source="Customers of the last two years, from our own books",
            list_id=list_id,
            by=actor,
            now=now,
        )
    outbox.drain(now=now)
    return list_id


def _file(partner: Partner, count: int, rng: Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    country = partner.country
    for number in range(1, count + 1):
        family = rng.choice(country.families)
        town, postcode = rng.choice(country.towns)
        company = practice_name(country.language, family, rng)
        address = f"customer{number}.p{partner.id}@practice-{rng.randint(100, 999)}.example"
        phone = f"{country.dial} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"
        writer.writerow([rng.choice(country.first_names), family, company, address, phone, town, postcode])
    if count > 20:  # as files are: a row without an address, one with half of one, and somebody twice
        writer.writerow(["", rng.choice(country.families), "?", "", "", "", ""])
        writer.writerow(["", rng.choice(country.families), "?", "not-an-address", "", "", ""])
    return out.getvalue().encode("utf-8-sig")
