"""The record: every table, the closed lists of names as CHECKs, and the triggers that keep history.

Frozen once released: the lists are written out, so that a name added later needs a migration of its
own. Decides nothing; a test holds the tables equal to the models and the lists to `states.names`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = (
    "draft submitted returned form_review form_failed expert_review department_discussion "
    "chair_meeting not_selected approved awaiting_parent absorbed executing midterm "
    "midterm_rectifying extension_pending halt_pending halted performance_review rectifying "
    "rectification_submitted disqualified closed closed_unqualified terminated withdrawn"
)
ROLES = (
    "prov_association undertaking_unit applicant review_expert academic_department service_centre "
    "chair_meeting fj_society_unit form_checker evaluator clerk admin viewer supervisor_external "
    "system"
)
UNIT_KINDS = (
    "prov_society city_kx jiyuan_kx host_university host_enterprise host_hospital media_platform "
    "method_base univ_kx ent_kx fj_society fj_county_kx fj_city_kx fj_univ_kx fj_pingtan_kx"
)
DUTY_STATUSES = "open suggested met late overdue suspended cancelled waived"
NOTICE_STATUSES = "held pending sending sent failed cancelled dead"
PROVINCES = "henan fujian *"
RIGHTS = "grant revoke close delegate verify"

TYPES: dict[str, Any] = {
    "text": sa.String,
    "whole": sa.Integer,
    "big": sa.BigInteger,
    "flag": sa.Boolean,
    "day": sa.Date,
    "moment": sa.DateTime,
    "json": sa.JSON,
}
TABLES = (
    "store pack call idempotency command unit unit_fact person role_grant delegation rights_log "
    "project material history history_value ledger duty notice"
)

APPEND_ONLY = ("history", "ledger", "rights_log")
REFUSAL = "append-only table"
KEPT = ("id", "project_id", "seq", "name")
"""Columns of history_value that erasing must leave alone; the salt goes with the value it hid."""
ERASES = "NEW.erased AND NEW.old IS NULL AND NEW.new IS NULL AND NEW.salt = '' AND " + " AND ".join(
    f"NEW.{column} = OLD.{column}" for column in KEPT
)


def upgrade() -> None:
    """Make every table, then the triggers."""
    _people_and_units()
    _settings_of_the_store()
    _projects()
    _duties()
    _notices()
    _record()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Take everything away again; only ever of use while a migration is being written."""
    for table in reversed(TABLES.split()):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lifecycle_refuse(), lifecycle_only_erase()")


def _table(
    name: str,
    columns: str,
    *,
    key: str = "id",
    foreign: Mapping[str, str] | None = None,
    unique: Sequence[str] = (),
    one_of: Mapping[str, str] | None = None,
    check: Mapping[str, str] | None = None,
    index: Sequence[str] = (),
) -> None:
    """One table from its columns as `name:type`, a question mark where a value may be missing."""
    parts: list[Any] = [_column(word) for word in columns.split()]
    parts.append(sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")))
    parts += [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"))
        for column, target in (foreign or {}).items()
    ]
    parts += [
        sa.UniqueConstraint(*words.split(), name=op.f(f"uq_{name}_{'_'.join(words.split())}"))
        for words in unique
    ]
    for column, names in (one_of or {}).items():
        allowed = ", ".join(f"'{word}'" for word in names.split())
        parts.append(sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(f"ck_{name}_{column}")))
    parts += [
        sa.CheckConstraint(condition, name=op.f(f"ck_{name}_{label}"))
        for label, condition in (check or {}).items()
    ]
    op.create_table(name, *parts)
    for words in index:
        op.create_index(op.f(f"ix_{name}_{'_'.join(words.split())}"), name, words.split())


def _column(word: str) -> sa.Column[Any]:
    """One column from `name:type` or `name:type?`."""
    name, _, kind = word.partition(":")
    return sa.Column(name, TYPES[kind.rstrip("?")](), nullable=kind.endswith("?"))


def _people_and_units() -> None:
    _table(
        "unit",
        "id:whole name:text normal_name:text kind:text region:text? host:text? email:text? phone:text?",
        unique=("name", "normal_name"),
        one_of={"kind": UNIT_KINDS},
    )
    _table(
        "unit_fact",
        "id:whole unit_id:whole name:text value:json? verified_by:text verified_on:day basis:text?",
        foreign={"unit_id": "unit.id"},
        unique=("unit_id name",),
    )
    _table(
        "person",
        "id:whole login:text name:text email:text? phone:text? unit_id:whole? active:flag",
        foreign={"unit_id": "unit.id"},
        unique=("login",),
    )
    _table(
        "role_grant",
        "id:whole person_id:whole role:text province:text granted_by:text granted_at:moment",
        foreign={"person_id": "person.id"},
        unique=("person_id role province",),
        one_of={"role": ROLES, "province": PROVINCES},
    )
    _table(
        "delegation",
        "id:whole principal_id:whole delegate_id:whole from_on:day to_on:day recorded_by:text "
        "recorded_at:moment",
        foreign={"principal_id": "person.id", "delegate_id": "person.id"},
        check={"period": "from_on <= to_on"},
    )
    _table(
        "rights_log",
        "id:whole at:moment actor:text stood_in_by:text? what:text subject:text details:json?",
        one_of={"what": RIGHTS},
    )


def _settings_of_the_store() -> None:
    _table(
        "store",
        "id:whole store_id:text rehearsal:flag created_at:moment swept_on:day?",
        check={"single": "id = 1"},
    )
    _table("pack", "digest:text slug:text version:text body:text stored_at:moment", key="digest")
    _table("call", "programme:text opens_on:day? closes_on:day?", key="programme")
    _table("idempotency", "key:text fingerprint:text answer:json? at:moment", key="key")
    _table(
        "command",
        "id:text action:text programme:text summary:text actor:text project_ids:json? body:json? "
        "status:text attempts:whole created_at:moment lease_until:moment? flow_run_id:text? "
        "finished_at:moment? error:text?",
        index=("status created_at",),
    )


def _projects() -> None:
    _table(
        "project",
        "id:text programme:text quota_pool:text number:whole pack_digest:text variant:text "
        "title:text normal_title:text unit_id:whole year:whole state:text version:whole "
        "amount_fen:big? parent_id:text? marked:flag started_on:day? ends_on:day? last_on:day "
        "overdue:whole contact:json? facts:json? fact_sources:json? targets:json? flags:json?",
        foreign={"pack_digest": "pack.digest", "unit_id": "unit.id", "parent_id": "project.id"},
        one_of={"state": STATES},
        check={"overdue": "overdue >= 0"},
        index=("programme state", "quota_pool state", "state", "unit_id programme"),
    )
    _table(
        "material",
        "id:whole project_id:text seq:whole kind:text filename:text sha256:text size:big "
        "version:whole filed_by:text filed_at:moment",
        foreign={"project_id": "project.id"},
        index=("project_id kind",),
    )


def _duties() -> None:
    _table(
        "duty",
        "id:whole project_id:text slug:text occurrence:text rule:text label:text owed_by:text "
        "anchor:text anchor_date:day legal_due:day due:day soft_due:day provisional:flag "
        "suggested:flag status:text met_on:day? opened_on:day? opened_seq:whole? closed_seq:whole? "
        "reminded_on:day? next_on:day? marks:json? moves:json? steps:json?",
        foreign={"project_id": "project.id"},
        unique=("project_id slug occurrence",),
        one_of={"status": DUTY_STATUSES},
        index=("next_on", "status due"),
    )


def _notices() -> None:
    _table(
        "notice",
        "id:whole key:text project_id:text duty_id:whole? command_id:text? seq:whole? kind:text "
        "letter:flag receiver:text address:text? channel:text subject:text details:json? "
        "status:text attempts:whole created_on:day not_before:moment? lease_until:moment? "
        "lease_by:text? released_by:text? sent_at:moment? error:text?",
        foreign={"project_id": "project.id", "duty_id": "duty.id"},
        unique=("key",),
        one_of={"status": NOTICE_STATUSES},
        index=("project_id", "status id"),
    )


def _record() -> None:
    _table(
        "history",
        "id:whole project_id:text seq:whole ledger_n:whole at:moment on:day backdated:flag "
        "actor:text stood_in_by:text? represented:text? role:text action:text source:text? "
        "dest:text reason:text? document:text? rule:text? cite:text? cite_document:text? "
        "materials:json? digests:json? prev_hash:text hash:text",
        foreign={"project_id": "project.id"},
        unique=("project_id seq",),
        one_of={"source": STATES, "dest": STATES, "role": ROLES},
        index=("ledger_n",),
    )
    _table(
        "history_value",
        "id:whole project_id:text seq:whole name:text old:json? new:json? salt:text erased:flag",
        foreign={"project_id": "project.id"},
        index=("project_id seq",),
    )
    _table("ledger", "n:whole at:moment entries:whole digest:text prev_head:text head:text", key="n")


def _guard_sqlite() -> None:
    """Refuse every change and removal of history on SQLite."""
    for table in APPEND_ONLY:
        for change in ("update", "delete"):
            op.execute(_sqlite_trigger(table, change))
    op.execute(_sqlite_trigger("history_value", "delete"))
    op.execute(_sqlite_trigger("history_value", "update", f"WHEN NOT COALESCE({ERASES}, 0)"))


def _sqlite_trigger(table: str, change: str, condition: str = "") -> str:
    """One trigger that raises."""
    return (
        f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {table}'); END"
    )


def _guard_postgres() -> None:
    """Refuse every change, removal and truncation of history on PostgreSQL."""
    raising = (
        f"RAISE EXCEPTION '{REFUSAL}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"
    )
    op.execute(
        f"CREATE FUNCTION lifecycle_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raising}; END $$"
    )
    op.execute(
        "CREATE FUNCTION lifecycle_only_erase() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT COALESCE({ERASES}, false) THEN {raising}; END IF; RETURN NEW; END $$"
    )
    for table in APPEND_ONLY:
        _postgres_trigger(table, "UPDATE OR DELETE", "lifecycle_refuse", "ROW")
    _postgres_trigger("history_value", "DELETE", "lifecycle_refuse", "ROW")
    _postgres_trigger("history_value", "UPDATE", "lifecycle_only_erase", "ROW")
    for table in (*APPEND_ONLY, "history_value"):
        _postgres_trigger(table, "TRUNCATE", "lifecycle_refuse", "STATEMENT")


def _postgres_trigger(table: str, changes: str, function: str, level: str) -> None:
    """One trigger on one table."""
    name = f"{table}_no_{changes.lower().replace(' ', '_')}"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {changes} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()"
    )
