"""What pages and other parts read of a partner's people."""

from tcma.contacts.addresses import address_digest
from tcma.contacts.queries.audience import (
    Audience,
    LeftOut,
    Mailable,
    audience,
    mailable_contacts,
    may_be_mailed,
    suppressed,
)
from tcma.contacts.queries.blocking import blocked_counts
from tcma.contacts.queries.imports import (
    all_findings,
    findings_of,
    import_by,
    latest_imports,
    samples_of,
)
from tcma.contacts.queries.lists import ListRow, list_by, list_of, lists_of
from tcma.contacts.queries.people import (
    PER_PAGE,
    Counts,
    PersonRow,
    chosen_people,
    contact_by,
    contact_ids,
    contacts_page,
    counts,
    counts_by_rules,
    custom_names,
    history_of,
    lists_with,
    reason_for,
    topics_declined,
)
from tcma.contacts.queries.topics import topic_by, topics_of, topics_to_choose

__all__ = [
    "PER_PAGE",
    "Audience",
    "Counts",
    "LeftOut",
    "ListRow",
    "Mailable",
    "PersonRow",
    "address_digest",
    "all_findings",
    "audience",
    "blocked_counts",
    "chosen_people",
    "contact_by",
    "contact_ids",
    "contacts_page",
    "counts",
    "counts_by_rules",
    "custom_names",
    "findings_of",
    "history_of",
    "import_by",
    "latest_imports",
    "list_by",
    "list_of",
    "lists_of",
    "lists_with",
    "mailable_contacts",
    "may_be_mailed",
    "reason_for",
    "samples_of",
    "suppressed",
    "topic_by",
    "topics_declined",
    "topics_of",
    "topics_to_choose",
]
