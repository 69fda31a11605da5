"""The first tables."""

import sqlalchemy as sa
from alembic import op
from tcma.core.db import BigId
from tcma.core.db import Json
from tcma.core.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_due_kind_object_id")),
    )
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.create_index("ix_due_kind_due_at", ["kind", "due_at"], unique=False)

    op.create_table(
        "heartbeat",
        sa.Column("id", BigId, nullable=False),
        sa.Column("process", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
        sa.UniqueConstraint("process", name=op.f("uq_heartbeat_process")),
    )
    op.create_table(
        "hit",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("segment", sa.String(length=200), nullable=False),
        sa.Column("offset", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("link_set_id", BigId, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("link_id", BigId, nullable=True),
        sa.Column("delivery_id", BigId, nullable=True),
        sa.Column("recipient_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("agent", sa.String(length=500), nullable=False),
        sa.Column("network_hash", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_hit")),
        sa.UniqueConstraint("segment", "offset", "at", name=op.f("uq_hit_segment_offset_at")),
        postgresql_partition_by="RANGE (at)",
    )
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hit_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index("ix_hit_link_set_at", ["link_set_id", "at"], unique=False)

    op.create_table(
        "inbound_mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_inbound_mail_key")),
        sa.UniqueConstraint("place", name=op.f("uq_inbound_mail_place")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_mail_at"), ["at"], unique=False)

    op.create_table(
        "journal_position",
        sa.Column("id", BigId, nullable=False),
        sa.Column("segment", sa.String(length=200), nullable=False),
        sa.Column("offset", BigId, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_position")),
        sa.UniqueConstraint("segment", name=op.f("uq_journal_position_segment")),
    )
    op.create_table(
        "link_set",
        sa.Column("id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_set")),
        sa.UniqueConstraint(
            "launch_id",
            "tactic",
            "step",
            "channel",
            "language",
            name=op.f("uq_link_set_launch_id_tactic_step_channel_language"),
        ),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_link_set_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("link_set", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_set_launch_id"), ["launch_id"], unique=False)

    op.create_table(
        "mailbox_mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sender", sa.String(length=400), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("snippet", sa.String(length=300), nullable=False),
        sa.Column("is_marketing", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_mail")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mailbox_mail_public_id")),
    )
    with op.batch_alter_table("mailbox_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailbox_mail_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailbox_mail_recipient"), ["recipient"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("vendor", "partner", "agency", name="organisationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("active", "suspended", "closed", name="organisationstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("succeeded_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["succeeded_by"], ["organisation.id"], name=op.f("fk_organisation_succeeded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_public_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("fact", sa.String(length=80), nullable=False),
        sa.Column("listener", sa.String(length=120), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("vendor_id", BigId, nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("ids", Json, nullable=False),
        sa.Column(
            "state", sa.Enum("ready", "done", "parked", name="workstate", native_enum=False, length=40), nullable=False
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'ready'"),
            sqlite_where=sa.text("state = 'ready'"),
        )

    op.create_table(
        "public_address",
        sa.Column("id", BigId, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("vendor_id", BigId, nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_address")),
        sa.UniqueConstraint("slug", name=op.f("uq_public_address_slug")),
    )
    op.create_table(
        "send_claim",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_claim")),
    )
    with op.batch_alter_table("send_claim", schema=None) as batch_op:
        batch_op.create_index(
            "ix_send_claim_open",
            ["kind", "object_id"],
            unique=False,
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )
        batch_op.create_index("ix_send_claim_turns", ["partner_id", "at"], unique=False)

    op.create_table(
        "send_pace",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("free_at", UtcDateTime(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_send_pace")),
    )
    op.create_table(
        "suppression",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "scope",
            sa.Enum("platform", "vendor", "partner", name="suppressionscope", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("org_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("digest", "scope", "org_id", name=op.f("uq_suppression_digest_scope_org_id")),
    )
    op.create_table(
        "switch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switch")),
        sa.UniqueConstraint("name", name=op.f("uq_switch_name")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", BigId, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_account_public_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_label", sa.String(length=120), nullable=False),
        sa.Column("user_id", BigId, nullable=True),
        sa.Column("on_behalf_of", BigId, nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", BigId, nullable=True),
        sa.Column("before", Json, nullable=True),
        sa.Column("after", Json, nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_audit_entry_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_org_id"), ["org_id"], unique=False)

    op.create_table(
        "bounce",
        sa.Column("id", BigId, nullable=False),
        sa.Column("delivery_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_bounce_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bounce_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bounce_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "brand_profile",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("claim", sa.String(length=200), nullable=False),
        sa.Column("logo_blob", sa.String(length=200), nullable=True),
        sa.Column("logo_dark_blob", sa.String(length=200), nullable=True),
        sa.Column("primary", sa.String(length=7), nullable=False),
        sa.Column("secondary", sa.String(length=7), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("sender_email", sa.String(length=320), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_brand_profile_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_profile")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_brand_profile_partner_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_profile_public_id")),
    )
    with op.batch_alter_table("brand_profile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brand_profile_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "collection_point",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("parties", Json, nullable=False),
        sa.Column("purposes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_collection_point_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_point")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_collection_point_partner_id_id")),
        sa.UniqueConstraint("partner_id", "text_hash", name=op.f("uq_collection_point_partner_id_text_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_collection_point_public_id")),
    )
    op.create_table(
        "contact_tally",
        sa.Column("id", BigId, nullable=False),
        sa.Column("contacts", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_tally_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_tally")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_contact_tally_partner_id")),
    )
    with op.batch_alter_table("contact_tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_tally_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "topic",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("names", Json, nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_topic_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_topic_partner_id_id")),
        sa.UniqueConstraint("partner_id", "key", name=op.f("uq_topic_partner_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_topic_public_id")),
    )
    op.create_table(
        "contact_rule",
        sa.Column("id", BigId, nullable=False),
        sa.Column("confirm_forms", sa.Boolean(), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_rule_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_rule")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_contact_rule_partner_id")),
    )
    with op.batch_alter_table("contact_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_rule_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "data_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_data_key_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    with op.batch_alter_table("data_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_key_org_id"), ["org_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("recipient_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.String(length=1), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "sending",
                "accepted",
                "deferred",
                "refused",
                "failed",
                "suppressed",
                "skipped",
                "unknown",
                name="deliverystate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("attempt_id", BigId, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("relay", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_delivery_partner_id")),
        sa.PrimaryKeyConstraint("id", "cohort", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "recipient_id", "step", "cohort", "partner_id", name=op.f("uq_delivery_recipient_id_step_cohort_partner_id")
        ),
        postgresql_partition_by="RANGE (cohort)",
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index("ix_delivery_contact_settled", ["contact_id", "settled_at"], unique=False)
        batch_op.create_index("ix_delivery_launch_state", ["launch_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "external_id",
        sa.Column("id", BigId, nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("object_name", sa.String(length=120), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_external_id_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_id")),
        sa.UniqueConstraint(
            "org_id",
            "system",
            "object_type",
            "object_name",
            name=op.f("uq_external_id_org_id_system_object_type_object_name"),
        ),
    )
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_id_org_id"), ["org_id"], unique=False)

    op.create_table(
        "fund",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.Enum("mdf", "co_op", name="fundkind", native_enum=False, length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "open",
                "closed_to_requests",
                "closed_to_claims",
                "reconciled",
                name="fundstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_percent", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("requests_until", sa.Date(), nullable=False),
        sa.Column("claims_until", sa.Date(), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("form_key", sa.String(length=40), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_fund_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_fund_public_id")),
        sa.UniqueConstraint("vendor_id", "form_key", name=op.f("uq_fund_vendor_id_form_key")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_fund_vendor_id_id")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("actor_label", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_idempotency_key_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("org_id", "actor_label", "key", name=op.f("uq_idempotency_key_org_id_actor_label_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_org_id"), ["org_id"], unique=False)

    op.create_table(
        "kit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kit_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_kit_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "slug", name=op.f("uq_kit_vendor_id_slug")),
    )
    op.create_table(
        "launch_hour",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_launch_hour_partner_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_launch_hour_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_hour")),
        sa.UniqueConstraint(
            "launch_id",
            "tactic",
            "step",
            "hour",
            "kind",
            "verdict",
            "vendor_id",
            "partner_id",
            name=op.f("uq_launch_hour_launch_id_tactic_step_hour_kind_verdict_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("launch_hour", schema=None) as batch_op:
        batch_op.create_index("ix_launch_hour_kit_id", ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_hour_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_launch_hour_vendor_hour", ["vendor_id", "hour"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_hour_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "ledger_transaction",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", BigId, nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("posted_by", sa.String(length=120), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "reverses_id"],
            ["ledger_transaction.vendor_id", "ledger_transaction.id"],
            name=op.f("fk_ledger_transaction_vendor_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_ledger_transaction_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_transaction_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_ledger_transaction_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "key", name=op.f("uq_ledger_transaction_vendor_id_key")),
    )
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_transaction_posted_at"), ["posted_at"], unique=False)

    op.create_table(
        "legal_entity",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("bank_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("vendor_number", sa.String(length=60), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_legal_entity_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_entity")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_legal_entity_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_legal_entity_public_id")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", BigId, nullable=False),
        sa.Column("holder_id", BigId, nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["organisation.id"], name=op.f("fk_mandate_holder_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_mandate_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mandate_public_id")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", BigId, nullable=False),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "marketer",
                "cam",
                "mdf_approver",
                "finance",
                "sales",
                "viewer",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("site_id", BigId, nullable=True),
        sa.Column("approval_limit_minor", BigId, nullable=True),
        sa.Column("approval_currency", sa.String(length=3), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_membership_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_public_id")),
        sa.UniqueConstraint("user_id", "org_id", "role", name=op.f("uq_membership_user_id_org_id_role")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_org_id"), ["org_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("to_address", sa.String(length=320), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=320), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("unique_key", sa.String(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "sending",
                "accepted",
                "deferred",
                "refused",
                "failed",
                "unknown",
                name="messagestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempt_id", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_message_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
        sa.UniqueConstraint("unique_key", "org_id", name=op.f("uq_message_unique_key_org_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_org_id"), ["org_id"], unique=False)

    op.create_table(
        "oauth_state",
        sa.Column("id", BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("membership_id", BigId, nullable=False),
        sa.Column("session_digest", sa.String(length=64), nullable=False),
        sa.Column("verifier_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_oauth_state_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_state")),
        sa.UniqueConstraint("digest", "partner_id", name=op.f("uq_oauth_state_digest_partner_id")),
    )
    with op.batch_alter_table("oauth_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oauth_state_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "partner_group",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_partner_group_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_group_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_partner_group_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "name", name=op.f("uq_partner_group_vendor_id_name")),
    )
    op.create_table(
        "period",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_period_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_period_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "name", name=op.f("uq_period_vendor_id_name")),
    )
    op.create_table(
        "product",
        sa.Column("id", BigId, nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "parent_id"], ["product.vendor_id", "product.id"], name=op.f("fk_product_vendor_id_parent_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_product_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_product_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "key", name=op.f("uq_product_vendor_id_key")),
    )
    op.create_table(
        "programme",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_programme_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_programme_vendor_id_id")),
    )
    op.create_table(
        "rate",
        sa.Column("id", BigId, nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("rate_date", sa.Date(), nullable=False),
        sa.Column("millionths", BigId, nullable=False),
        sa.Column("use", sa.String(length=20), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_rate_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint(
            "vendor_id", "base", "quote", "rate_date", "use", name=op.f("uq_rate_vendor_id_base_quote_rate_date_use")
        ),
    )
    with op.batch_alter_table("rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "reply_choice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("come_here", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_reply_choice_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_choice")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_reply_choice_partner_id")),
    )
    with op.batch_alter_table("reply_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_choice_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "routing_rule",
        sa.Column("id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_routing_rule_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_routing_rule_public_id")),
        sa.UniqueConstraint("vendor_id", "position", name=op.f("uq_routing_rule_vendor_id_position")),
    )
    with op.batch_alter_table("routing_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routing_rule_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "sender_domain",
        sa.Column("id", BigId, nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "verified", "lapsed", name="senderdomainstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("found", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_sender_domain_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_domain")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_sender_domain_partner_id_id")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_sender_domain_partner_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sender_domain_public_id")),
    )
    op.create_table(
        "site",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("holidays", Json, nullable=False),
        sa.Column("opening_hours", Json, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_site_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_site_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_site_public_id")),
    )
    op.create_table(
        "social_account",
        sa.Column("id", BigId, nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("connected", "expiring", "expired", "revoked", name="accountstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("auto_publish", "requires_approval", "off", name="subscriptionmode", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous_token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("refresh_expires_at", UtcDateTime(), nullable=True),
        sa.Column("refreshed_at", UtcDateTime(), nullable=True),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.Column("disconnected_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_social_account_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_account")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_social_account_partner_id_id")),
        sa.UniqueConstraint(
            "partner_id", "network", "remote_id", name=op.f("uq_social_account_partner_id_network_remote_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_social_account_public_id")),
    )
    op.create_table(
        "touch",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("hit_id", BigId, nullable=True),
        sa.Column("link_id", BigId, nullable=True),
        sa.Column("recipient_id", BigId, nullable=True),
        sa.Column("lead_id", BigId, nullable=True),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("human", "suspect", "machine", name="verdict", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("answer_key", sa.String(length=80), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_touch_partner_id")),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_touch")),
        sa.UniqueConstraint("answer_key", "at", "partner_id", name=op.f("uq_touch_answer_key_at_partner_id")),
        sa.UniqueConstraint("hit_id", "at", "partner_id", name=op.f("uq_touch_hit_id_at_partner_id")),
        postgresql_partition_by="RANGE (at)",
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index("ix_touch_launch_at", ["launch_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_touch_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_touch_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_touch_recipient_id"), ["recipient_id"], unique=False)

    op.create_table(
        "vendor_brand",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("logo_blob", sa.String(length=200), nullable=True),
        sa.Column("logo_dark_blob", sa.String(length=200), nullable=True),
        sa.Column("colours", Json, nullable=False),
        sa.Column("legal", Json, nullable=False),
        sa.Column("guideline", Json, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_vendor_brand_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_brand")),
        sa.UniqueConstraint("public_id", name=op.f("uq_vendor_brand_public_id")),
    )
    with op.batch_alter_table("vendor_brand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vendor_brand_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("fund_id", BigId, nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_allocation_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "fund_id"], ["fund.vendor_id", "fund.id"], name=op.f("fk_allocation_vendor_id_fund_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_allocation_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint(
            "fund_id", "partner_id", "vendor_id", name=op.f("uq_allocation_fund_id_partner_id_vendor_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_allocation_public_id")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", BigId, nullable=False),
        sa.Column("membership_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_api_token_membership_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_api_token_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_org_id"), ["org_id"], unique=False)

    op.create_table(
        "audit_seal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("entry_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_seal_position")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", BigId, nullable=False),
        sa.Column("membership_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_calendar_feed_membership_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_calendar_feed_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("membership_id", "org_id", name=op.f("uq_calendar_feed_membership_id_org_id")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_org_id"), ["org_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("email_hash", sa.String(length=64), nullable=True),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.Column("custom", Json, nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "site_id"], ["site.partner_id", "site.id"], name=op.f("fk_contact_partner_id_site_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("partner_id", "email", name=op.f("uq_contact_partner_id_email")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_contact_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_public_id")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_email_hash"), ["email_hash"], unique=False)

    op.create_table(
        "contact_field",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_field_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_field")),
        sa.UniqueConstraint("partner_id", "name", name=op.f("uq_contact_field_partner_id_name")),
    )
    with op.batch_alter_table("contact_field", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_field_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "contact_list",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rules", Json, nullable=True),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "site_id"], ["site.partner_id", "site.id"], name=op.f("fk_contact_list_partner_id_site_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_list_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_list")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_contact_list_partner_id_id")),
        sa.UniqueConstraint("partner_id", "name", name=op.f("uq_contact_list_partner_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_list_public_id")),
    )
    op.create_table(
        "fund_snapshot",
        sa.Column("id", BigId, nullable=False),
        sa.Column("fund_id", BigId, nullable=False),
        sa.Column("period_id", BigId, nullable=False),
        sa.Column("balances", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "fund_id"], ["fund.vendor_id", "fund.id"], name=op.f("fk_fund_snapshot_vendor_id_fund_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "period_id"],
            ["period.vendor_id", "period.id"],
            name=op.f("fk_fund_snapshot_vendor_id_period_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_fund_snapshot_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_snapshot")),
        sa.UniqueConstraint(
            "fund_id", "period_id", "vendor_id", name=op.f("uq_fund_snapshot_fund_id_period_id_vendor_id")
        ),
    )
    with op.batch_alter_table("fund_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_snapshot_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "marketer",
                "cam",
                "mdf_approver",
                "finance",
                "sales",
                "viewer",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invited_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["invited_by"], ["membership.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_invitation_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_org_id"), ["org_id"], unique=False)

    op.create_table(
        "kit_benchmark",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("partners", sa.Integer(), nullable=False),
        sa.Column("delivered", BigId, nullable=False),
        sa.Column("middles", Json, nullable=False),
        sa.Column("counted_until", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_benchmark_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_benchmark_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_benchmark")),
        sa.UniqueConstraint("kit_id", "step", "vendor_id", name=op.f("uq_kit_benchmark_kit_id_step_vendor_id")),
    )
    with op.batch_alter_table("kit_benchmark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_benchmark_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_fit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("total", BigId, nullable=False),
        sa.Column("done", BigId, nullable=False),
        sa.Column("last_partner_id", BigId, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_fit_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_fit_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_fit")),
        sa.UniqueConstraint("kit_id", "vendor_id", name=op.f("uq_kit_fit_kit_id_vendor_id")),
    )
    with op.batch_alter_table("kit_fit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_fit_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_grant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("fits", sa.Boolean(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("past", Json, nullable=False),
        sa.Column("promise", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_kit_grant_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_grant_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_grant_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_grant")),
        sa.UniqueConstraint("kit_id", "partner_id", "vendor_id", name=op.f("uq_kit_grant_kit_id_partner_id_vendor_id")),
    )
    with op.batch_alter_table("kit_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_grant_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_grant_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_grant_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_group",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("group_id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "group_id"],
            ["partner_group.vendor_id", "partner_group.id"],
            name=op.f("fk_kit_group_vendor_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_group_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_group_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_group")),
        sa.UniqueConstraint("kit_id", "group_id", "vendor_id", name=op.f("uq_kit_group_kit_id_group_id_vendor_id")),
    )
    with op.batch_alter_table("kit_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_group_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_group_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_version",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "changes_requested",
                "approved",
                "scheduled",
                "published",
                "paused",
                "expired",
                "recalled",
                "archived",
                name="kitstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("default_language", sa.String(length=10), nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column("eligibility", Json, nullable=False),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("available_until", sa.Date(), nullable=True),
        sa.Column("package_hash", sa.String(length=64), nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("outdated", Json, nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("recalled_at", UtcDateTime(), nullable=True),
        sa.Column("recall_reason", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["membership.id"], name=op.f("fk_kit_version_created_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_version_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_version_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_version")),
        sa.UniqueConstraint("kit_id", "number", "vendor_id", name=op.f("uq_kit_version_kit_id_number_vendor_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kit_version_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_kit_version_vendor_id_id")),
    )
    with op.batch_alter_table("kit_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_version_kit_id"), ["kit_id"], unique=False)

    op.create_table(
        "ledger_account",
        sa.Column("id", BigId, nullable=False),
        sa.Column("fund_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "funding",
                "unallocated",
                "allocated",
                "reserved",
                "payable",
                "paid",
                "expired",
                "exchange",
                name="purpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("balance_minor", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('funding', 'exchange') OR balance_minor >= 0",
            name=op.f("ck_ledger_account_balance_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "fund_id"], ["fund.vendor_id", "fund.id"], name=op.f("fk_ledger_account_vendor_id_fund_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_ledger_account_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "vendor_id",
            "fund_id",
            "partner_id",
            "currency",
            "purpose",
            name=op.f("uq_ledger_account_vendor_id_fund_id_partner_id_currency_purpose"),
        ),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_ledger_account_vendor_id_id")),
    )
    op.create_table(
        "partnership",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prospect",
                "applied",
                "invited",
                "active",
                "inactive",
                "offboarding",
                "archived",
                name="partnershipstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("partner_type", sa.String(length=40), nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("cam_membership_id", BigId, nullable=True),
        sa.Column("competencies", Json, nullable=False),
        sa.Column("industries", Json, nullable=False),
        sa.Column("lead_capacity", sa.Integer(), nullable=False),
        sa.Column("open_leads", sa.Integer(), nullable=False),
        sa.Column("last_assigned_at", UtcDateTime(), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint("open_leads >= 0", name=op.f("ck_partnership_open_leads_not_negative")),
        sa.ForeignKeyConstraint(
            ["cam_membership_id"], ["membership.id"], name=op.f("fk_partnership_cam_membership_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_partnership_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "parent_id"],
            ["partnership.vendor_id", "partnership.id"],
            name=op.f("fk_partnership_vendor_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_partnership_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partnership_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_partnership_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_partnership_vendor_id_partner_id_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", name=op.f("uq_partnership_vendor_id_partner_id")),
    )
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnership_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "preflight_result",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("for_partner_id", BigId, nullable=False),
        sa.Column("piece", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("shape_hash", sa.String(length=64), nullable=False),
        sa.Column("complaints", Json, nullable=False),
        sa.Column("picture", sa.String(length=200), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["for_partner_id"], ["organisation.id"], name=op.f("fk_preflight_result_for_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_preflight_result_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_preflight_result_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preflight_result")),
        sa.UniqueConstraint(
            "kit_id",
            "for_partner_id",
            "piece",
            "language",
            "vendor_id",
            name=op.f("uq_preflight_result_kit_id_for_partner_id_piece_language_vendor_id"),
        ),
    )
    with op.batch_alter_table("preflight_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preflight_result_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preflight_result_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "sending_hold",
        sa.Column("id", BigId, nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("came_back", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["membership.id"], name=op.f("fk_sending_hold_closed_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_sending_hold_partner_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_sending_hold_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_hold")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sending_hold_public_id")),
    )
    with op.batch_alter_table("sending_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_hold_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sending_hold_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "uq_sending_hold_open",
            ["vendor_id", "partner_id"],
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "service_choice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column(
            "service",
            sa.Enum("own", "defaults", "prepared", "subscribed", name="service", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("veto_days", sa.Integer(), nullable=False),
        sa.Column("chosen_by", BigId, nullable=True),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint("veto_days between 1 and 30", name=op.f("ck_service_choice_veto_days_in_range")),
        sa.ForeignKeyConstraint(["chosen_by"], ["membership.id"], name=op.f("fk_service_choice_chosen_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_service_choice_partner_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_service_choice_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_choice")),
        sa.UniqueConstraint(
            "vendor_id", "partner_id", "theme", name=op.f("uq_service_choice_vendor_id_partner_id_theme")
        ),
    )
    with op.batch_alter_table("service_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_choice_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_choice_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "signing_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("domain_id", BigId, nullable=False),
        sa.Column("selector", sa.String(length=63), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("signs_since", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "domain_id"],
            ["sender_domain.partner_id", "sender_domain.id"],
            name=op.f("fk_signing_key_partner_id_domain_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_signing_key_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint(
            "domain_id", "selector", "partner_id", name=op.f("uq_signing_key_domain_id_selector_partner_id")
        ),
    )
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_key_domain_id"), ["domain_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signing_key_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "stream_subscription",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("auto_publish", "requires_approval", "off", name="subscriptionmode", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "account_id"],
            ["social_account.partner_id", "social_account.id"],
            name=op.f("fk_stream_subscription_partner_id_account_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_stream_subscription_partner_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_stream_subscription_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_subscription")),
        sa.UniqueConstraint(
            "account_id",
            "vendor_id",
            "topic",
            "partner_id",
            name=op.f("uq_stream_subscription_account_id_vendor_id_topic_partner_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_stream_subscription_public_id")),
    )
    with op.batch_alter_table("stream_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stream_subscription_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stream_subscription_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "tier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("programme_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "programme_id"],
            ["programme.vendor_id", "programme.id"],
            name=op.f("fk_tier_vendor_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_tier_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier")),
        sa.UniqueConstraint("programme_id", "key", "vendor_id", name=op.f("uq_tier_programme_id_key_vendor_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_tier_vendor_id_id")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("membership_id", BigId, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_user_session_membership_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_session_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "consent_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "consent",
                "existing_customer",
                "legitimate_interest",
                "unproven",
                name="basis",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("proof", sa.String(length=120), nullable=False),
        sa.Column("collection_point_id", BigId, nullable=True),
        sa.Column("actor_label", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "collection_point_id"],
            ["collection_point.partner_id", "collection_point.id"],
            name=op.f("fk_consent_event_partner_id_collection_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_consent_event_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_consent_event_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index("ix_consent_event_contact_partner", ["contact_id", "partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_event_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "contact_import",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "mapping", "running", "done", "stopped", "failed", name="importstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=True),
        sa.Column("header_hash", sa.String(length=64), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("merge", sa.Enum("file", "fill", "keep", name="merge", native_enum=False, length=40), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "consent",
                "existing_customer",
                "legitimate_interest",
                "unproven",
                name="basis",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("rows_total", BigId, nullable=False),
        sa.Column("rows_done", BigId, nullable=False),
        sa.Column("added", BigId, nullable=False),
        sa.Column("updated", BigId, nullable=False),
        sa.Column("duplicates", BigId, nullable=False),
        sa.Column("bad", BigId, nullable=False),
        sa.Column("suppressed", BigId, nullable=False),
        sa.Column("waiting", BigId, nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("imported_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["imported_by"], ["membership.id"], name=op.f("fk_contact_import_imported_by")),
        sa.ForeignKeyConstraint(
            ["partner_id", "list_id"],
            ["contact_list.partner_id", "contact_list.id"],
            name=op.f("fk_contact_import_partner_id_list_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_contact_import_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_import")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_contact_import_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_import_public_id")),
    )
    op.create_table(
        "design",
        sa.Column("id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "approved",
                "available",
                "expired",
                "superseded",
                "recalled",
                "archived",
                name="designstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("outputs", Json, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_design_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_design_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_design_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design")),
        sa.UniqueConstraint("kit_version_id", "key", "vendor_id", name=op.f("uq_design_kit_version_id_key_vendor_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_design_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_design_vendor_id_id")),
    )
    with op.batch_alter_table("design", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_design_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_design_kit_version_id"), ["kit_version_id"], unique=False)

    op.create_table(
        "kit_file",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("clean_blob", sa.String(length=200), nullable=True),
        sa.Column("clean_type", sa.String(length=60), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_file_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_kit_file_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_file_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_file")),
        sa.UniqueConstraint(
            "kit_version_id", "path", "vendor_id", name=op.f("uq_kit_file_kit_version_id_path_vendor_id")
        ),
    )
    with op.batch_alter_table("kit_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_file_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_file_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_file_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_review",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("package_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("comment", "approved", "changes_requested", name="verdict", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("piece", sa.String(length=80), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["membership.id"], name=op.f("fk_kit_review_by")),
        sa.ForeignKeyConstraint(["person_id"], ["user_account.id"], name=op.f("fk_kit_review_person_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_kit_review_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_review_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kit_review_public_id")),
    )
    with op.batch_alter_table("kit_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_review_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_review_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "launch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=True),
        sa.Column("together", sa.String(length=40), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "customising",
                "ready",
                "pending_vendor_approval",
                "scheduled",
                "running",
                "completed",
                "paused",
                "stopped",
                "recalled",
                "failed",
                name="launchstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "execution", sa.Enum("platform", "exported", name="execution", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "service",
            sa.Enum("own", "defaults", "prepared", "subscribed", name="service", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("prepared_by", BigId, nullable=True),
        sa.Column("starts_unless", UtcDateTime(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("brand", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("page_slug", sa.String(length=80), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("start_local", sa.String(length=20), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("recipients", BigId, nullable=False),
        sa.Column("left_out", Json, nullable=False),
        sa.Column("launched_by", BigId, nullable=True),
        sa.Column("launched_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["launched_by"], ["membership.id"], name=op.f("fk_launch_launched_by")),
        sa.ForeignKeyConstraint(
            ["partner_id", "site_id"], ["site.partner_id", "site.id"], name=op.f("fk_launch_partner_id_site_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_launch_partner_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["membership.id"], name=op.f("fk_launch_prepared_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_launch_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_launch_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_launch_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch")),
        sa.UniqueConstraint("page_slug", name=op.f("uq_launch_page_slug")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_launch_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_launch_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_launch_vendor_id_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_launch_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_together"), ["together"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("transaction_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("amount_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "account_id"],
            ["ledger_account.vendor_id", "ledger_account.id"],
            name=op.f("fk_ledger_entry_vendor_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "transaction_id"],
            ["ledger_transaction.vendor_id", "ledger_transaction.id"],
            name=op.f("fk_ledger_entry_vendor_id_transaction_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_ledger_entry_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_transaction_id"), ["transaction_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "kit_topic",
        sa.Column("id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "topic_id"], ["topic.partner_id", "topic.id"], name=op.f("fk_kit_topic_partner_id_topic_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_kit_topic_partner_id")),
        sa.ForeignKeyConstraint(["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_kit_topic_vendor_id_kit_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_kit_topic_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_topic")),
        sa.UniqueConstraint("kit_id", "partner_id", name=op.f("uq_kit_topic_kit_id_partner_id")),
    )
    with op.batch_alter_table("kit_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_topic_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "launch_topic",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "launch_id"],
            ["launch.partner_id", "launch.id"],
            name=op.f("fk_launch_topic_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "topic_id"],
            ["topic.partner_id", "topic.id"],
            name=op.f("fk_launch_topic_partner_id_topic_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_launch_topic_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_topic")),
        sa.UniqueConstraint("launch_id", "partner_id", name=op.f("uq_launch_topic_launch_id_partner_id")),
    )
    with op.batch_alter_table("launch_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_topic_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "confirmation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("mailed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_confirmation_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "list_id"],
            ["contact_list.partner_id", "contact_list.id"],
            name=op.f("fk_confirmation_partner_id_list_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_confirmation_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("contact_id", "partner_id", name=op.f("uq_confirmation_contact_id_partner_id")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_list_id"), ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "list_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_list_entry_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "list_id"],
            ["contact_list.partner_id", "contact_list.id"],
            name=op.f("fk_list_entry_partner_id_list_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_list_entry_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
        sa.UniqueConstraint(
            "list_id", "contact_id", "partner_id", name=op.f("uq_list_entry_list_id_contact_id_partner_id")
        ),
    )
    with op.batch_alter_table("list_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_entry_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_entry_list_id"), ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_entry_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "preflight",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("package_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "clean", "findings", "stopped", name="preflightstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("total", BigId, nullable=False),
        sa.Column("done", BigId, nullable=False),
        sa.Column("rendered", BigId, nullable=False),
        sa.Column("last_partner_id", BigId, nullable=False),
        sa.Column("publish_when_clean", sa.Boolean(), nullable=False),
        sa.Column("asked_by", BigId, nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["membership.id"], name=op.f("fk_preflight_asked_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_preflight_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_preflight_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preflight")),
        sa.UniqueConstraint("kit_version_id", "vendor_id", name=op.f("uq_preflight_kit_version_id_vendor_id")),
    )
    with op.batch_alter_table("preflight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preflight_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "preflight_batch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("after_id", BigId, nullable=False),
        sa.Column("until_id", BigId, nullable=False),
        sa.Column("partners", sa.Integer(), nullable=False),
        sa.Column("rendered", BigId, nullable=False),
        sa.Column("unchanged", BigId, nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_preflight_batch_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_preflight_batch_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preflight_batch")),
        sa.UniqueConstraint(
            "kit_version_id",
            "run",
            "after_id",
            "vendor_id",
            name=op.f("uq_preflight_batch_kit_version_id_run_after_id_vendor_id"),
        ),
    )
    with op.batch_alter_table("preflight_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preflight_batch_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preflight_batch_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "preflight_finding",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("for_partner_id", BigId, nullable=False),
        sa.Column("piece", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("complaint", Json, nullable=False),
        sa.Column("picture", sa.String(length=200), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", BigId, nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["membership.id"], name=op.f("fk_preflight_finding_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["for_partner_id"], ["organisation.id"], name=op.f("fk_preflight_finding_for_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_preflight_finding_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_preflight_finding_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preflight_finding")),
    )
    with op.batch_alter_table("preflight_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preflight_finding_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preflight_finding_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "recall",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recalled_by", BigId, nullable=True),
        sa.Column("recalled_at", UtcDateTime(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["recalled_by"], ["membership.id"], name=op.f("fk_recall_recalled_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_recall_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_recall_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_recall_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("kit_version_id", "vendor_id", name=op.f("uq_recall_kit_version_id_vendor_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recall_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_recall_vendor_id_id")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_kit_id"), ["kit_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("partnership_id", BigId, nullable=False),
        sa.Column("programme_id", BigId, nullable=False),
        sa.Column("tier_id", BigId, nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_standing_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "partnership_id"],
            ["partnership.vendor_id", "partnership.partner_id", "partnership.id"],
            name=op.f("fk_standing_vendor_id_partner_id_partnership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "programme_id"],
            ["programme.vendor_id", "programme.id"],
            name=op.f("fk_standing_vendor_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "tier_id"], ["tier.vendor_id", "tier.id"], name=op.f("fk_standing_vendor_id_tier_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_standing_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sa.UniqueConstraint(
            "partnership_id",
            "programme_id",
            "vendor_id",
            "partner_id",
            name=op.f("uq_standing_partnership_id_programme_id_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_tier_id"), ["tier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "tactic",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("kit_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_tactic_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_tactic_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_tactic_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tactic")),
        sa.UniqueConstraint("kit_version_id", "key", "vendor_id", name=op.f("uq_tactic_kit_version_id_key_vendor_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tactic_public_id")),
    )
    with op.batch_alter_table("tactic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tactic_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tactic_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tactic_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "territory",
        sa.Column("id", BigId, nullable=False),
        sa.Column("partnership_id", BigId, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode_prefix", sa.String(length=12), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_territory_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "partnership_id"],
            ["partnership.vendor_id", "partnership.partner_id", "partnership.id"],
            name=op.f("fk_territory_vendor_id_partner_id_partnership_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_territory_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint(
            "partnership_id",
            "country",
            "postcode_prefix",
            "vendor_id",
            "partner_id",
            name=op.f("uq_territory_partnership_id_country_postcode_prefix_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_territory_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_partnership_id"), ["partnership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "registration_open",
                "full",
                "closed",
                "live",
                "ended",
                "reported",
                "cancelled",
                name="eventstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("start_local", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("join_url", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=True),
        sa.Column("waiting_list", sa.Boolean(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_event_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_event_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_event_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_event_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_event_public_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "fund_request",
        sa.Column("id", BigId, nullable=False),
        sa.Column("fund_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("kit_id", BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in_review",
                "info_requested",
                "approved",
                "partially_approved",
                "declined",
                "withdrawn",
                "expired",
                name="requeststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by", BigId, nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("hands", Json, nullable=False),
        sa.Column("form_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_fund_request_decided_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_fund_request_partner_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user_account.id"], name=op.f("fk_fund_request_submitted_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "fund_id"], ["fund.vendor_id", "fund.id"], name=op.f("fk_fund_request_vendor_id_fund_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_fund_request_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_fund_request_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_fund_request_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_request")),
        sa.UniqueConstraint(
            "partner_id", "form_key", "vendor_id", name=op.f("uq_fund_request_partner_id_form_key_vendor_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_fund_request_public_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_fund_request_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("fund_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_request_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fund_request_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "import_finding",
        sa.Column("id", BigId, nullable=False),
        sa.Column("import_id", BigId, nullable=False),
        sa.Column("line", BigId, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("row", Json, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "import_id"],
            ["contact_import.partner_id", "contact_import.id"],
            name=op.f("fk_import_finding_partner_id_import_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_import_finding_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_finding")),
    )
    with op.batch_alter_table("import_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_finding_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_finding_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "launch_list",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "launch_id"],
            ["launch.partner_id", "launch.id"],
            name=op.f("fk_launch_list_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "list_id"],
            ["contact_list.partner_id", "contact_list.id"],
            name=op.f("fk_launch_list_partner_id_list_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_launch_list_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_list")),
        sa.UniqueConstraint(
            "launch_id", "list_id", "partner_id", name=op.f("uq_launch_list_launch_id_list_id_partner_id")
        ),
    )
    with op.batch_alter_table("launch_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_list_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_list_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "launch_task",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("made_for", BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("assigned_to", BigId, nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", BigId, nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["assigned_to"], ["membership.id"], name=op.f("fk_launch_task_assigned_to")),
        sa.ForeignKeyConstraint(["done_by"], ["membership.id"], name=op.f("fk_launch_task_done_by")),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_launch_task_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_launch_task_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_launch_task_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_launch_task_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_task")),
        sa.UniqueConstraint(
            "launch_id",
            "key",
            "made_for",
            "vendor_id",
            "partner_id",
            name=op.f("uq_launch_task_launch_id_key_made_for_vendor_id_partner_id"),
        ),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_launch_task_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_launch_task_public_id")),
    )
    with op.batch_alter_table("launch_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_task_assigned_to"), ["assigned_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_task_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_task_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_task_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "task_result",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("proves", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "task_id"],
            ["launch_task.partner_id", "launch_task.id"],
            name=op.f("fk_task_result_partner_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_task_result_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_result")),
        sa.UniqueConstraint("task_id", "partner_id", name=op.f("uq_task_result_task_id_partner_id")),
    )
    with op.batch_alter_table("task_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_result_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "lead",
        sa.Column("id", BigId, nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("partner_generated", "distributed", "registered", name="leadkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "captured",
                "scored",
                "qualified",
                "unassigned",
                "assigned",
                "accepted",
                "contacted",
                "working",
                "converted",
                "closed",
                "recycled",
                name="leadstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("kit_id", BigId, nullable=True),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("site_id", BigId, nullable=True),
        sa.Column("tactic", sa.String(length=80), nullable=True),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("identity_key", sa.String(length=64), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("employees", sa.String(length=40), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column("competencies", Json, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_parts", Json, nullable=False),
        sa.Column("idempotency_key", sa.String(length=80), nullable=True),
        sa.Column("closed_reason", sa.String(length=60), nullable=True),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "partner_id IS NOT NULL OR (launch_id IS NULL AND contact_id IS NULL AND site_id IS NULL)",
            name=op.f("ck_lead_what_is_a_partners_names_the_partner"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_lead_owner_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_lead_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "site_id"], ["site.partner_id", "site.id"], name=op.f("fk_lead_partner_id_site_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_lead_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_lead_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_lead_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_lead_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("idempotency_key", "owner_id", name=op.f("uq_lead_idempotency_key_owner_id")),
        sa.UniqueConstraint("owner_id", "id", name=op.f("uq_lead_owner_id_id")),
        sa.UniqueConstraint(
            "owner_id", "vendor_id", "identity_key", name=op.f("uq_lead_owner_id_vendor_id_identity_key")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_public_id")),
        sa.UniqueConstraint("vendor_id", "id", name=op.f("uq_lead_vendor_id_id")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", BigId, nullable=False),
        sa.Column("link_set_id", BigId, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_link_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_link_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "link_set_id"],
            ["link_set.vendor_id", "link_set.partner_id", "link_set.id"],
            name=op.f("fk_link_vendor_id_partner_id_link_set_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_link_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "link_set_id",
            "place",
            "vendor_id",
            "partner_id",
            name=op.f("uq_link_link_set_id_place_vendor_id_partner_id"),
        ),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_link_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "reached_account",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("of_partner_id", BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["of_partner_id"], ["organisation.id"], name=op.f("fk_reached_account_of_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "launch_id"],
            ["launch.vendor_id", "launch.id"],
            name=op.f("fk_reached_account_vendor_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_reached_account_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reached_account")),
        sa.UniqueConstraint(
            "launch_id", "digest", "vendor_id", name=op.f("uq_reached_account_launch_id_digest_vendor_id")
        ),
    )
    with op.batch_alter_table("reached_account", schema=None) as batch_op:
        batch_op.create_index("ix_reached_account_vendor_digest", ["vendor_id", "digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_reached_account_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "recall_notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("recall_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("files", BigId, nullable=False),
        sa.Column("downloads", BigId, nullable=False),
        sa.Column("launches", BigId, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by", BigId, nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["membership.id"], name=op.f("fk_recall_notice_confirmed_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_recall_notice_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_recall_notice_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "recall_id"],
            ["recall.vendor_id", "recall.id"],
            name=op.f("fk_recall_notice_vendor_id_recall_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_recall_notice_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recall_notice_public_id")),
        sa.UniqueConstraint(
            "recall_id", "partner_id", "vendor_id", name=op.f("uq_recall_notice_recall_id_partner_id_vendor_id")
        ),
    )
    with op.batch_alter_table("recall_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_notice_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_notice_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_notice_recall_id"), ["recall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_notice_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "render_refusal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("complaints", Json, nullable=False),
        sa.Column("times", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("mended_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_render_refusal_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"],
            ["design.vendor_id", "design.id"],
            name=op.f("fk_render_refusal_vendor_id_design_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_render_refusal_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_render_refusal_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_render_refusal")),
        sa.UniqueConstraint(
            "partner_id",
            "design_id",
            "language",
            "vendor_id",
            name=op.f("uq_render_refusal_partner_id_design_id_language_vendor_id"),
        ),
    )
    with op.batch_alter_table("render_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_render_refusal_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_render_refusal_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_render_refusal_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_render_refusal_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "rendition",
        sa.Column("id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("shape_hash", sa.String(length=64), nullable=False),
        sa.Column("look", Json, nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("complaints", Json, nullable=False),
        sa.Column("version_code", sa.String(length=40), nullable=False),
        sa.Column("downloads", BigId, nullable=False),
        sa.Column("rendered_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_rendition_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"], ["design.vendor_id", "design.id"], name=op.f("fk_rendition_vendor_id_design_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_rendition_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_rendition_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_rendition_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint(
            "partner_id",
            "design_id",
            "shape_hash",
            "vendor_id",
            name=op.f("uq_rendition_partner_id_design_id_shape_hash_vendor_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_rendition_public_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_rendition_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rendition_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rendition_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rendition_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rendition_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rendition_version_code"), ["version_code"], unique=False)

    op.create_table(
        "reported_mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("sent", BigId, nullable=False),
        sa.Column("delivered", BigId, nullable=True),
        sa.Column("opened", BigId, nullable=True),
        sa.Column("clicked", BigId, nullable=True),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("reported_by", BigId, nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint(
            "sent >= 0 AND delivered >= 0 AND opened >= 0 AND clicked >= 0",
            name=op.f("ck_reported_mail_not_negative"),
        ),
        sa.CheckConstraint("delivered <= sent", name=op.f("ck_reported_mail_no_more_than_sent")),
        sa.CheckConstraint(
            "opened <= coalesce(delivered, sent) AND clicked <= coalesce(delivered, sent)",
            name=op.f("ck_reported_mail_no_more_than_delivered"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_reported_mail_partner_id")),
        sa.ForeignKeyConstraint(["reported_by"], ["membership.id"], name=op.f("fk_reported_mail_reported_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_reported_mail_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_reported_mail_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_mail")),
        sa.UniqueConstraint(
            "launch_id",
            "step",
            "vendor_id",
            "partner_id",
            name=op.f("uq_reported_mail_launch_id_step_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("reported_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reported_mail_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reported_mail_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "step_mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("link_set_id", BigId, nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_step_mail_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_step_mail_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "link_set_id"],
            ["link_set.vendor_id", "link_set.partner_id", "link_set.id"],
            name=op.f("fk_step_mail_vendor_id_partner_id_link_set_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_step_mail_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_mail")),
        sa.UniqueConstraint(
            "launch_id",
            "step",
            "language",
            "vendor_id",
            "partner_id",
            name=op.f("uq_step_mail_launch_id_step_language_vendor_id_partner_id"),
        ),
        sa.UniqueConstraint(
            "link_set_id", "vendor_id", "partner_id", name=op.f("uq_step_mail_link_set_id_vendor_id_partner_id")
        ),
    )
    with op.batch_alter_table("step_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_mail_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_mail_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_mail_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "subject_test",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("winner", sa.String(length=1), nullable=True),
        sa.Column("a_mailed", sa.Integer(), nullable=False),
        sa.Column("a_clicked", sa.Integer(), nullable=False),
        sa.Column("b_mailed", sa.Integer(), nullable=False),
        sa.Column("b_clicked", sa.Integer(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_subject_test_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_subject_test_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_subject_test_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_test")),
        sa.UniqueConstraint(
            "launch_id",
            "step",
            "vendor_id",
            "partner_id",
            name=op.f("uq_subject_test_launch_id_step_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("subject_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subject_test_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subject_test_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "terms_acceptance",
        sa.Column("id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("accepted_by", BigId, nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["membership.id"], name=op.f("fk_terms_acceptance_accepted_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_terms_acceptance_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"],
            ["design.vendor_id", "design.id"],
            name=op.f("fk_terms_acceptance_vendor_id_design_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_terms_acceptance_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
        sa.UniqueConstraint(
            "partner_id",
            "design_id",
            "text_hash",
            "vendor_id",
            name=op.f("uq_terms_acceptance_partner_id_design_id_text_hash_vendor_id"),
        ),
    )
    with op.batch_alter_table("terms_acceptance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_acceptance_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_terms_acceptance_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_terms_acceptance_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "zone_choice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_zone_choice_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"],
            ["design.vendor_id", "design.id"],
            name=op.f("fk_zone_choice_vendor_id_design_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_zone_choice_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_zone_choice_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_choice")),
        sa.UniqueConstraint(
            "partner_id",
            "design_id",
            "language",
            "zone",
            "launch_id",
            "vendor_id",
            name=op.f("uq_zone_choice_partner_id_design_id_language_zone_launch_id_vendor_id"),
        ),
    )
    with op.batch_alter_table("zone_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zone_choice_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_choice_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_choice_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_choice_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "zone_style",
        sa.Column("id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=80), nullable=False),
        sa.Column("style", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_zone_style_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"],
            ["design.vendor_id", "design.id"],
            name=op.f("fk_zone_style_vendor_id_design_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_zone_style_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_zone_style_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_style")),
        sa.UniqueConstraint(
            "partner_id",
            "design_id",
            "language",
            "zone",
            "launch_id",
            "vendor_id",
            name=op.f("uq_zone_style_partner_id_design_id_language_zone_launch_id_vendor_id"),
        ),
    )
    with op.batch_alter_table("zone_style", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zone_style_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_style_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_style_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_style_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "rejected",
                "expired",
                "withdrawn",
                name="assignmentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("town", sa.String(length=160), nullable=False),
        sa.Column("path", Json, nullable=False),
        sa.Column("score_parts", Json, nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_assignment_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "lead_id"], ["lead.vendor_id", "lead.id"], name=op.f("fk_assignment_vendor_id_lead_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_assignment_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("lead_id", "hop", "vendor_id", name=op.f("uq_assignment_lead_id_hop_vendor_id")),
        sa.UniqueConstraint(
            "lead_id", "partner_id", "vendor_id", name=op.f("uq_assignment_lead_id_partner_id_vendor_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_public_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "download",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rendition_id", BigId, nullable=False),
        sa.Column("design_id", BigId, nullable=False),
        sa.Column("kit_version_id", BigId, nullable=False),
        sa.Column(
            "channel",
            sa.Enum("page", "zip", "api", "post", name="downloadchannel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("by", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["membership.id"], name=op.f("fk_download_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_download_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "design_id"], ["design.vendor_id", "design.id"], name=op.f("fk_download_vendor_id_design_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_version_id"],
            ["kit_version.vendor_id", "kit_version.id"],
            name=op.f("fk_download_vendor_id_kit_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "rendition_id"],
            ["rendition.vendor_id", "rendition.partner_id", "rendition.id"],
            name=op.f("fk_download_vendor_id_partner_id_rendition_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_download_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
    )
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_download_kit_version_id"), ["kit_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_download_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_download_rendition_id"), ["rendition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_download_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "lead_grant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("org_id", BigId, nullable=False),
        sa.Column("ground", sa.String(length=60), nullable=False),
        sa.Column("consent_event_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_lead_grant_org_id")),
        sa.ForeignKeyConstraint(
            ["owner_id", "lead_id"], ["lead.owner_id", "lead.id"], name=op.f("fk_lead_grant_owner_id_lead_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_lead_grant_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_grant")),
        sa.UniqueConstraint("lead_id", "org_id", "owner_id", name=op.f("uq_lead_grant_lead_id_org_id_owner_id")),
    )
    with op.batch_alter_table("lead_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_grant_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_grant_org_id"), ["org_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_grant_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "lead_note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_label", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "lead_id"], ["lead.owner_id", "lead.id"], name=op.f("fk_lead_note_owner_id_lead_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_lead_note_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_note")),
    )
    with op.batch_alter_table("lead_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_note_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_note_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "mdf_activity",
        sa.Column("id", BigId, nullable=False),
        sa.Column("request_id", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=True),
        sa.Column("activity_type", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("planned", "executing", "executed", name="activitystate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "decision",
            sa.Enum(
                "pending", "approved", "reduced", "declined", name="activitydecision", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("cost_minor", BigId, nullable=False),
        sa.Column("asked_minor", BigId, nullable=False),
        sa.Column("approved_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_percent", sa.Integer(), nullable=False),
        sa.Column("proof_wanted", Json, nullable=False),
        sa.Column("claim_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("quote_blob", sa.String(length=200), nullable=True),
        sa.Column("quote_file_name", sa.String(length=200), nullable=True),
        sa.Column("quote_digest", sa.String(length=64), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint("approved_minor <= asked_minor", name=op.f("ck_mdf_activity_approved_within_asked")),
        sa.CheckConstraint(
            "asked_minor >= 0 AND cost_minor >= 0 AND approved_minor >= 0",
            name=op.f("ck_mdf_activity_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_mdf_activity_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "request_id"],
            ["fund_request.vendor_id", "fund_request.partner_id", "fund_request.id"],
            name=op.f("fk_mdf_activity_vendor_id_partner_id_request_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_mdf_activity_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdf_activity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mdf_activity_public_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_mdf_activity_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("mdf_activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mdf_activity_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mdf_activity_request_id"), ["request_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("made_for", BigId, nullable=False),
        sa.Column("tactic", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alt", sa.String(length=500), nullable=False),
        sa.Column("link_url", sa.String(length=300), nullable=False),
        sa.Column("link_id", BigId, nullable=True),
        sa.Column("rendition_id", BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "upcoming",
                "needs_approval",
                "approved",
                "scheduled",
                "publishing",
                "published",
                "rejected",
                "expired",
                "held",
                "failed",
                "unknown",
                name="poststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("only_if", Json, nullable=False),
        sa.Column("attempt_id", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("remote_id", sa.String(length=120), nullable=True),
        sa.Column("remote_url", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["membership.id"], name=op.f("fk_post_decided_by")),
        sa.ForeignKeyConstraint(
            ["partner_id", "account_id"],
            ["social_account.partner_id", "social_account.id"],
            name=op.f("fk_post_partner_id_account_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_post_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_post_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "link_id"],
            ["link.vendor_id", "link.partner_id", "link.id"],
            name=op.f("fk_post_vendor_id_partner_id_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "rendition_id"],
            ["rendition.vendor_id", "rendition.partner_id", "rendition.id"],
            name=op.f("fk_post_vendor_id_partner_id_rendition_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_post_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint(
            "launch_id",
            "tactic",
            "key",
            "network",
            "made_for",
            "vendor_id",
            "partner_id",
            name=op.f("uq_post_launch_id_tactic_key_network_made_for_vendor_id_partner_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_post_public_id")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "registrant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "registered",
                "pending_approval",
                "confirmed",
                "waitlisted",
                "attended",
                "no_show",
                "cancelled",
                "rejected",
                name="registrantstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lead_id", BigId, nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("attended_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_registrant_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "event_id"], ["event.partner_id", "event.id"], name=op.f("fk_registrant_partner_id_event_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_registrant_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrant")),
        sa.UniqueConstraint("event_id", "code", "partner_id", name=op.f("uq_registrant_event_id_code_partner_id")),
        sa.UniqueConstraint("event_id", "email", "partner_id", name=op.f("uq_registrant_event_id_email_partner_id")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_registrant_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_registrant_public_id")),
    )
    with op.batch_alter_table("registrant", schema=None) as batch_op:
        batch_op.create_index("ix_registrant_event_state", ["event_id", "state", "at"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", BigId, nullable=False),
        sa.Column("activity_id", BigId, nullable=False),
        sa.Column("legal_entity_id", BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in_review",
                "info_requested",
                "approved",
                "partially_approved",
                "rejected",
                "settlement_scheduled",
                "paid",
                "reversed",
                name="claimstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invoice_number", sa.String(length=80), nullable=False),
        sa.Column("invoice_supplier", sa.String(length=200), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=True),
        sa.Column("invoice_blob", sa.String(length=200), nullable=True),
        sa.Column("invoice_file_name", sa.String(length=200), nullable=True),
        sa.Column("invoice_digest", sa.String(length=64), nullable=True),
        sa.Column("invoice_key", sa.String(length=64), nullable=True),
        sa.Column("invoice_total_minor", BigId, nullable=True),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("rounding", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("hands", Json, nullable=False),
        sa.Column("submitted_by", BigId, nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_claim_decided_by")),
        sa.ForeignKeyConstraint(
            ["partner_id", "legal_entity_id"],
            ["legal_entity.partner_id", "legal_entity.id"],
            name=op.f("fk_claim_partner_id_legal_entity_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_claim_partner_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user_account.id"], name=op.f("fk_claim_submitted_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "activity_id"],
            ["mdf_activity.vendor_id", "mdf_activity.partner_id", "mdf_activity.id"],
            name=op.f("fk_claim_vendor_id_partner_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_claim_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("public_id", name=op.f("uq_claim_public_id")),
        sa.UniqueConstraint("vendor_id", "partner_id", "id", name=op.f("uq_claim_vendor_id_partner_id_id")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_invoice_digest"), ["invoice_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_invoice_key"), ["invoice_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "deal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("lead_id", BigId, nullable=True),
        sa.Column("launch_id", BigId, nullable=True),
        sa.Column("kit_id", BigId, nullable=True),
        sa.Column("activity_id", BigId, nullable=True),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "registered",
                "approved",
                "rejected",
                "open",
                "won",
                "lost",
                name="dealstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "evidence",
            sa.Enum("reported", "registered", "confirmed", name="evidence", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("evidence_ref", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("credit", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("lost_reason", sa.String(length=80), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_deal_amount_not_negative")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_deal_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "kit_id"], ["kit.vendor_id", "kit.id"], name=op.f("fk_deal_vendor_id_kit_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "lead_id"], ["lead.vendor_id", "lead.id"], name=op.f("fk_deal_vendor_id_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "activity_id"],
            ["mdf_activity.vendor_id", "mdf_activity.partner_id", "mdf_activity.id"],
            name=op.f("fk_deal_vendor_id_partner_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "launch_id"],
            ["launch.vendor_id", "launch.partner_id", "launch.id"],
            name=op.f("fk_deal_vendor_id_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_deal_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deal_public_id")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "recipient",
        sa.Column("id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("registrant_id", BigId, nullable=True),
        sa.Column("consent_event_id", BigId, nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint(
            "(contact_id IS NULL) <> (registrant_id IS NULL)", name=op.f("ck_recipient_a_contact_or_a_registrant")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "contact_id"],
            ["contact.partner_id", "contact.id"],
            name=op.f("fk_recipient_partner_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "launch_id"],
            ["launch.partner_id", "launch.id"],
            name=op.f("fk_recipient_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "registrant_id"],
            ["registrant.partner_id", "registrant.id"],
            name=op.f("fk_recipient_partner_id_registrant_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_recipient_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint(
            "launch_id", "contact_id", "partner_id", name=op.f("uq_recipient_launch_id_contact_id_partner_id")
        ),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_recipient_partner_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recipient_public_id")),
    )
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recipient_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            "ix_recipient_registrant",
            ["registrant_id", "launch_id", "partner_id"],
            unique=True,
            postgresql_where=sa.text("registrant_id IS NOT NULL"),
            sqlite_where=sa.text("registrant_id IS NOT NULL"),
        )

    op.create_table(
        "claim_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("claim_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("net_minor", BigId, nullable=False),
        sa.Column("tax_minor", BigId, nullable=False),
        sa.Column("tax_code", sa.String(length=20), nullable=False),
        sa.Column("tax_reclaimable", sa.Boolean(), nullable=False),
        sa.Column("asked_minor", BigId, nullable=False),
        sa.Column("approved_minor", BigId, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.CheckConstraint(
            "approved_minor IS NULL OR approved_minor <= asked_minor", name=op.f("ck_claim_line_approved_within_asked")
        ),
        sa.CheckConstraint(
            "net_minor >= 0 AND tax_minor >= 0 AND asked_minor >= 0", name=op.f("ck_claim_line_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_claim_line_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "claim_id"],
            ["claim.vendor_id", "claim.partner_id", "claim.id"],
            name=op.f("fk_claim_line_vendor_id_partner_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_claim_line_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_line")),
        sa.UniqueConstraint(
            "claim_id",
            "position",
            "vendor_id",
            "partner_id",
            name=op.f("uq_claim_line_claim_id_position_vendor_id_partner_id"),
        ),
    )
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_line_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_line_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_line_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("recipient_id", BigId, nullable=False),
        sa.Column("launch_id", BigId, nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "completed", "exited", name="enrolmentstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("exit_reason", sa.String(length=40), nullable=True),
        sa.Column("next_step", sa.String(length=80), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("responded_at", UtcDateTime(), nullable=True),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "launch_id"],
            ["launch.partner_id", "launch.id"],
            name=op.f("fk_enrolment_partner_id_launch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "recipient_id"],
            ["recipient.partner_id", "recipient.id"],
            name=op.f("fk_enrolment_partner_id_recipient_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_enrolment_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("recipient_id", "partner_id", name=op.f("uq_enrolment_recipient_id_partner_id")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_launch_due", ["launch_id", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolment_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "mdf_note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("request_id", BigId, nullable=True),
        sa.Column("claim_id", BigId, nullable=True),
        sa.Column("author_id", BigId, nullable=True),
        sa.Column("from_vendor", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_mdf_note_author_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_mdf_note_partner_id")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "claim_id"],
            ["claim.vendor_id", "claim.partner_id", "claim.id"],
            name=op.f("fk_mdf_note_vendor_id_partner_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "request_id"],
            ["fund_request.vendor_id", "fund_request.partner_id", "fund_request.id"],
            name=op.f("fk_mdf_note_vendor_id_partner_id_request_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_mdf_note_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdf_note")),
    )
    with op.batch_alter_table("mdf_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mdf_note_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mdf_note_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mdf_note_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mdf_note_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "proof",
        sa.Column("id", BigId, nullable=False),
        sa.Column("activity_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "required",
                "submitted",
                "accepted",
                "change_requested",
                "waived",
                name="proofstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blob", sa.String(length=200), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("facts", Json, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("claim_id", BigId, nullable=True),
        sa.Column("uploaded_by", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_proof_partner_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user_account.id"], name=op.f("fk_proof_uploaded_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "activity_id"],
            ["mdf_activity.vendor_id", "mdf_activity.partner_id", "mdf_activity.id"],
            name=op.f("fk_proof_vendor_id_partner_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "claim_id"],
            ["claim.vendor_id", "claim.partner_id", "claim.id"],
            name=op.f("fk_proof_vendor_id_partner_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_proof_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proof_public_id")),
    )
    with op.batch_alter_table("proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("claim_id", BigId, nullable=False),
        sa.Column("payee_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sent",
                "confirmed",
                "failed",
                "reversed",
                name="settlementstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("released_by", BigId, nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "payee_id"],
            ["legal_entity.partner_id", "legal_entity.id"],
            name=op.f("fk_settlement_partner_id_payee_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_settlement_partner_id")),
        sa.ForeignKeyConstraint(["released_by"], ["user_account.id"], name=op.f("fk_settlement_released_by")),
        sa.ForeignKeyConstraint(
            ["vendor_id", "partner_id", "claim_id"],
            ["claim.vendor_id", "claim.partner_id", "claim.id"],
            name=op.f("fk_settlement_vendor_id_partner_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["organisation.id"], name=op.f("fk_settlement_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint(
            "claim_id", "vendor_id", "partner_id", name=op.f("uq_settlement_claim_id_vendor_id_partner_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_settlement_public_id")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_partner_id"))

    op.drop_table("settlement")
    with op.batch_alter_table("proof", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proof_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_proof_partner_id"))
        batch_op.drop_index(batch_op.f("ix_proof_claim_id"))
        batch_op.drop_index(batch_op.f("ix_proof_activity_id"))

    op.drop_table("proof")
    with op.batch_alter_table("mdf_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mdf_note_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_mdf_note_request_id"))
        batch_op.drop_index(batch_op.f("ix_mdf_note_partner_id"))
        batch_op.drop_index(batch_op.f("ix_mdf_note_claim_id"))

    op.drop_table("mdf_note")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_partner_id"))
        batch_op.drop_index("ix_enrolment_launch_due")

    op.drop_table("enrolment")
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_line_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_claim_line_partner_id"))
        batch_op.drop_index(batch_op.f("ix_claim_line_claim_id"))

    op.drop_table("claim_line")
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_recipient_registrant",
            postgresql_where=sa.text("registrant_id IS NOT NULL"),
            sqlite_where=sa.text("registrant_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_recipient_contact_id"))

    op.drop_table("recipient")
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_deal_partner_id"))
        batch_op.drop_index(batch_op.f("ix_deal_lead_id"))

    op.drop_table("deal")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_partner_id"))
        batch_op.drop_index(batch_op.f("ix_claim_invoice_key"))
        batch_op.drop_index(batch_op.f("ix_claim_invoice_digest"))
        batch_op.drop_index(batch_op.f("ix_claim_activity_id"))

    op.drop_table("claim")
    with op.batch_alter_table("registrant", schema=None) as batch_op:
        batch_op.drop_index("ix_registrant_event_state")

    op.drop_table("registrant")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_post_partner_id"))
        batch_op.drop_index(batch_op.f("ix_post_launch_id"))
        batch_op.drop_index(batch_op.f("ix_post_due_at"))

    op.drop_table("post")
    with op.batch_alter_table("mdf_activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mdf_activity_request_id"))
        batch_op.drop_index(batch_op.f("ix_mdf_activity_partner_id"))

    op.drop_table("mdf_activity")
    with op.batch_alter_table("lead_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_note_owner_id"))
        batch_op.drop_index(batch_op.f("ix_lead_note_lead_id"))

    op.drop_table("lead_note")
    with op.batch_alter_table("lead_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_grant_owner_id"))
        batch_op.drop_index(batch_op.f("ix_lead_grant_org_id"))
        batch_op.drop_index(batch_op.f("ix_lead_grant_lead_id"))

    op.drop_table("lead_grant")
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_download_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_download_rendition_id"))
        batch_op.drop_index(batch_op.f("ix_download_partner_id"))
        batch_op.drop_index(batch_op.f("ix_download_kit_version_id"))

    op.drop_table("download")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_partner_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_lead_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("zone_style", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_zone_style_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_zone_style_partner_id"))
        batch_op.drop_index(batch_op.f("ix_zone_style_launch_id"))
        batch_op.drop_index(batch_op.f("ix_zone_style_design_id"))

    op.drop_table("zone_style")
    with op.batch_alter_table("zone_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_zone_choice_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_zone_choice_partner_id"))
        batch_op.drop_index(batch_op.f("ix_zone_choice_launch_id"))
        batch_op.drop_index(batch_op.f("ix_zone_choice_design_id"))

    op.drop_table("zone_choice")
    with op.batch_alter_table("terms_acceptance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terms_acceptance_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_terms_acceptance_partner_id"))
        batch_op.drop_index(batch_op.f("ix_terms_acceptance_design_id"))

    op.drop_table("terms_acceptance")
    with op.batch_alter_table("subject_test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subject_test_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_subject_test_partner_id"))

    op.drop_table("subject_test")
    with op.batch_alter_table("step_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_mail_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_step_mail_partner_id"))
        batch_op.drop_index(batch_op.f("ix_step_mail_launch_id"))

    op.drop_table("step_mail")
    with op.batch_alter_table("reported_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reported_mail_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_reported_mail_partner_id"))

    op.drop_table("reported_mail")
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rendition_version_code"))
        batch_op.drop_index(batch_op.f("ix_rendition_partner_id"))
        batch_op.drop_index(batch_op.f("ix_rendition_launch_id"))
        batch_op.drop_index(batch_op.f("ix_rendition_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_rendition_design_id"))

    op.drop_table("rendition")
    with op.batch_alter_table("render_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_render_refusal_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_render_refusal_partner_id"))
        batch_op.drop_index(batch_op.f("ix_render_refusal_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_render_refusal_design_id"))

    op.drop_table("render_refusal")
    with op.batch_alter_table("recall_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_notice_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_recall_notice_recall_id"))
        batch_op.drop_index(batch_op.f("ix_recall_notice_partner_id"))
        batch_op.drop_index(batch_op.f("ix_recall_notice_kit_version_id"))

    op.drop_table("recall_notice")
    with op.batch_alter_table("reached_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reached_account_vendor_id"))
        batch_op.drop_index("ix_reached_account_vendor_digest")

    op.drop_table("reached_account")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_partner_id"))
        batch_op.drop_index(batch_op.f("ix_link_launch_id"))

    op.drop_table("link")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_partner_id"))
        batch_op.drop_index(batch_op.f("ix_lead_launch_id"))

    op.drop_table("lead")
    with op.batch_alter_table("task_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_result_partner_id"))

    op.drop_table("task_result")
    with op.batch_alter_table("launch_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_task_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_launch_task_launch_id"))
        batch_op.drop_index(batch_op.f("ix_launch_task_contact_id"))
        batch_op.drop_index(batch_op.f("ix_launch_task_assigned_to"))

    op.drop_table("launch_task")
    with op.batch_alter_table("launch_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_list_partner_id"))
        batch_op.drop_index(batch_op.f("ix_launch_list_launch_id"))

    op.drop_table("launch_list")
    with op.batch_alter_table("import_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_finding_partner_id"))
        batch_op.drop_index(batch_op.f("ix_import_finding_import_id"))

    op.drop_table("import_finding")
    with op.batch_alter_table("fund_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_request_partner_id"))
        batch_op.drop_index(batch_op.f("ix_fund_request_fund_id"))

    op.drop_table("fund_request")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_event_launch_id"))

    op.drop_table("event")
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territory_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_territory_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_territory_partner_id"))

    op.drop_table("territory")
    with op.batch_alter_table("tactic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tactic_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_tactic_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_tactic_kit_id"))

    op.drop_table("tactic")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_standing_tier_id"))
        batch_op.drop_index(batch_op.f("ix_standing_partner_id"))

    op.drop_table("standing")
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_kit_id"))

    op.drop_table("recall")
    with op.batch_alter_table("preflight_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preflight_finding_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_preflight_finding_kit_version_id"))

    op.drop_table("preflight_finding")
    with op.batch_alter_table("preflight_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preflight_batch_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_preflight_batch_kit_version_id"))

    op.drop_table("preflight_batch")
    with op.batch_alter_table("preflight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preflight_vendor_id"))

    op.drop_table("preflight")
    with op.batch_alter_table("list_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_entry_partner_id"))
        batch_op.drop_index(batch_op.f("ix_list_entry_list_id"))
        batch_op.drop_index(batch_op.f("ix_list_entry_contact_id"))

    op.drop_table("list_entry")
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_partner_id"))
        batch_op.drop_index(batch_op.f("ix_confirmation_list_id"))

    op.drop_table("confirmation")
    with op.batch_alter_table("launch_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_topic_partner_id"))

    op.drop_table("launch_topic")
    with op.batch_alter_table("kit_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_topic_partner_id"))

    op.drop_table("kit_topic")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_transaction_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_account_id"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_together"))
        batch_op.drop_index(batch_op.f("ix_launch_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_launch_kit_id"))

    op.drop_table("launch")
    with op.batch_alter_table("kit_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_review_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_kit_review_kit_version_id"))

    op.drop_table("kit_review")
    with op.batch_alter_table("kit_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_file_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_kit_file_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_kit_file_kit_id"))

    op.drop_table("kit_file")
    with op.batch_alter_table("design", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_design_kit_version_id"))
        batch_op.drop_index(batch_op.f("ix_design_kit_id"))

    op.drop_table("design")
    op.drop_table("contact_import")
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_event_partner_id"))
        batch_op.drop_index("ix_consent_event_contact_partner")

    op.drop_table("consent_event")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_user_session_membership_id"))
        batch_op.drop_index(batch_op.f("ix_user_session_expires_at"))

    op.drop_table("user_session")
    op.drop_table("tier")
    with op.batch_alter_table("stream_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stream_subscription_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_stream_subscription_partner_id"))

    op.drop_table("stream_subscription")
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_key_partner_id"))
        batch_op.drop_index(batch_op.f("ix_signing_key_domain_id"))

    op.drop_table("signing_key")
    with op.batch_alter_table("service_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_choice_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_service_choice_partner_id"))

    op.drop_table("service_choice")
    with op.batch_alter_table("sending_hold", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sending_hold_open",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_sending_hold_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_sending_hold_partner_id"))

    op.drop_table("sending_hold")
    with op.batch_alter_table("preflight_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preflight_result_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_preflight_result_kit_id"))

    op.drop_table("preflight_result")
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_partner_id"))

    op.drop_table("partnership")
    op.drop_table("ledger_account")
    with op.batch_alter_table("kit_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_version_kit_id"))

    op.drop_table("kit_version")
    with op.batch_alter_table("kit_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_group_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_kit_group_group_id"))

    op.drop_table("kit_group")
    with op.batch_alter_table("kit_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_grant_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_kit_grant_partner_id"))
        batch_op.drop_index(batch_op.f("ix_kit_grant_kit_id"))

    op.drop_table("kit_grant")
    with op.batch_alter_table("kit_fit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_fit_vendor_id"))

    op.drop_table("kit_fit")
    with op.batch_alter_table("kit_benchmark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_benchmark_vendor_id"))

    op.drop_table("kit_benchmark")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_org_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("fund_snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_snapshot_vendor_id"))

    op.drop_table("fund_snapshot")
    op.drop_table("contact_list")
    with op.batch_alter_table("contact_field", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_field_partner_id"))

    op.drop_table("contact_field")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_email_hash"))

    op.drop_table("contact")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_org_id"))

    op.drop_table("calendar_feed")
    op.drop_table("audit_seal")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_org_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_partner_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_fund_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("vendor_brand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vendor_brand_vendor_id"))

    op.drop_table("vendor_brand")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touch_recipient_id"))
        batch_op.drop_index(batch_op.f("ix_touch_partner_id"))
        batch_op.drop_index(batch_op.f("ix_touch_lead_id"))
        batch_op.drop_index("ix_touch_launch_at")

    op.drop_table("touch")
    op.drop_table("social_account")
    op.drop_table("site")
    op.drop_table("sender_domain")
    with op.batch_alter_table("routing_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_routing_rule_vendor_id"))

    op.drop_table("routing_rule")
    with op.batch_alter_table("rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_vendor_id"))

    with op.batch_alter_table("reply_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reply_choice_partner_id"))

    op.drop_table("reply_choice")
    op.drop_table("rate")
    op.drop_table("programme")
    op.drop_table("partner_group")
    op.drop_table("product")
    op.drop_table("period")
    with op.batch_alter_table("oauth_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oauth_state_partner_id"))

    op.drop_table("oauth_state")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_org_id"))

    op.drop_table("message")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_org_id"))

    op.drop_table("membership")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_partner_id"))

    op.drop_table("mandate")
    op.drop_table("legal_entity")
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_transaction_posted_at"))

    op.drop_table("ledger_transaction")
    with op.batch_alter_table("launch_hour", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_hour_vendor_id"))
        batch_op.drop_index("ix_launch_hour_vendor_hour")
        batch_op.drop_index(batch_op.f("ix_launch_hour_partner_id"))
        batch_op.drop_index("ix_launch_hour_kit_id")

    op.drop_table("launch_hour")
    op.drop_table("kit")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_org_id"))

    op.drop_table("idempotency_key")
    op.drop_table("fund")
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_id_org_id"))

    op.drop_table("external_id")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_partner_id"))
        batch_op.drop_index("ix_delivery_launch_state")
        batch_op.drop_index("ix_delivery_contact_settled")
        batch_op.drop_index(batch_op.f("ix_delivery_attempt_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("data_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_key_org_id"))

    op.drop_table("data_key")
    with op.batch_alter_table("contact_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_rule_partner_id"))

    op.drop_table("contact_rule")
    op.drop_table("topic")
    with op.batch_alter_table("contact_tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_tally_partner_id"))

    op.drop_table("contact_tally")
    op.drop_table("collection_point")
    with op.batch_alter_table("brand_profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brand_profile_partner_id"))

    op.drop_table("brand_profile")
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bounce_partner_id"))
        batch_op.drop_index(batch_op.f("ix_bounce_delivery_id"))

    op.drop_table("bounce")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_org_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    op.drop_table("user_account")
    op.drop_table("switch")
    op.drop_table("suppression")
    op.drop_table("send_pace")
    with op.batch_alter_table("send_claim", schema=None) as batch_op:
        batch_op.drop_index("ix_send_claim_turns")
        batch_op.drop_index(
            "ix_send_claim_open",
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )

    op.drop_table("send_claim")
    op.drop_table("public_address")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_due", postgresql_where=sa.text("state = 'ready'"), sqlite_where=sa.text("state = 'ready'")
        )

    op.drop_table("outbox")
    op.drop_table("organisation")
    with op.batch_alter_table("mailbox_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailbox_mail_recipient"))
        batch_op.drop_index(batch_op.f("ix_mailbox_mail_at"))

    op.drop_table("mailbox_mail")
    with op.batch_alter_table("link_set", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_set_launch_id"))

    op.drop_table("link_set")
    op.drop_table("journal_position")
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_mail_at"))

    op.drop_table("inbound_mail")
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.drop_index("ix_hit_link_set_at")
        batch_op.drop_index(batch_op.f("ix_hit_delivery_id"))

    op.drop_table("hit")
    op.drop_table("heartbeat")
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.drop_index("ix_due_kind_due_at")

    op.drop_table("due")
