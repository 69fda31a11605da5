"""What people do with their contacts."""

from tcma.contacts.operations.asking import ask_on_list, mail_confirmations
from tcma.contacts.operations.blocking import Blocked, block, holder_of, lines_of, unblock
from tcma.contacts.operations.branches import give_contact_to_branch, give_list_to_branch
from tcma.contacts.operations.confirming import (
    ask_again,
    ask_forms_to_be_confirmed,
    confirm_consent,
    forms_are_confirmed,
)
from tcma.contacts.operations.consent import (
    choose_topics,
    record_consent,
    subscribe_again,
    suppress,
    unsubscribe,
    withdraw,
)
from tcma.contacts.operations.contacts import (
    AskedToBeErased,
    KnownAddress,
    add_contact,
    capture_person,
    erase_contact,
    note_export,
    update_contact,
)
from tcma.contacts.operations.fields import OddFields, keep_fields
from tcma.contacts.operations.imports import start_import, stop_import, upload
from tcma.contacts.operations.lists import (
    add_to_list,
    change_rules,
    create_list,
    create_live_list,
    rename_list,
    take_off_list,
)
from tcma.contacts.operations.opting_out import Line, OptOuts, opt_out_lines, take_opt_outs
from tcma.contacts.operations.room import NoRoomForContacts
from tcma.contacts.operations.statements import Statement
from tcma.contacts.operations.topics import change_topic, create_topic, remove_topic

__all__ = [
    "AskedToBeErased",
    "Blocked",
    "KnownAddress",
    "Line",
    "NoRoomForContacts",
    "OddFields",
    "OptOuts",
    "Statement",
    "add_contact",
    "add_to_list",
    "ask_again",
    "ask_forms_to_be_confirmed",
    "ask_on_list",
    "block",
    "capture_person",
    "change_rules",
    "change_topic",
    "choose_topics",
    "confirm_consent",
    "create_list",
    "create_live_list",
    "create_topic",
    "erase_contact",
    "forms_are_confirmed",
    "give_contact_to_branch",
    "give_list_to_branch",
    "holder_of",
    "keep_fields",
    "lines_of",
    "mail_confirmations",
    "note_export",
    "opt_out_lines",
    "record_consent",
    "remove_topic",
    "rename_list",
    "start_import",
    "stop_import",
    "subscribe_again",
    "suppress",
    "take_off_list",
    "take_opt_outs",
    "unblock",
    "unsubscribe",
    "update_contact",
    "upload",
    "withdraw",
]
