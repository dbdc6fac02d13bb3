"""The whole ledger: every state and role of the rules, findings, publications, packs in force, calls.

The closed lists of names are widened in place. On SQLite a CHECK changes no row, so the text of the
tables is edited (the way that SQLite's own manual gives): a rebuild would copy millions of rows and drop
the triggers that keep history. Frozen once released; a test holds the lists to `states.names`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = (
    "draft submitted returned city_review form_review form_failed site_survey expert_review "
    "department_discussion chair_meeting not_selected approved awaiting_parent absorbed "
    "executing midterm midterm_rectifying extension_pending halt_pending halted "
    "performance_review rectifying rectification_submitted disqualified closed "
    "closed_unqualified terminated withdrawn recommended not_qualified committee_review "
    "proposed_nomination not_nominated survey_and_comments criteria_and_rules_issued call "
    "edition_concluded result not_awarded motion party_study vote publish todo doing done "
    "preparing applied_to_CAST"
)
ROLES = (
    "prov_association undertaking_unit applicant review_expert academic_department "
    "service_centre chair_meeting fj_society_unit local_kx city_kx_reviewer survey_expert "
    "local_government enterprise participant_unit form_checker evaluator committee nominator "
    "hr_department society_organs mentor liaison party_government national_society contact "
    "clerk admin viewer supervisor_external system public"
)
RIGHTS = "grant revoke close delegate verify undelegate unit pack"

WIDENED = (
    ("project", "state", STATES),
    ("history", "source", STATES),
    ("history", "dest", STATES),
    ("history", "role", ROLES),
    ("role_grant", "role", ROLES),
    ("rights_log", "what", RIGHTS),
)
"""Table, column and the new closed list."""
NEW_TABLES = "finding publication publication_entry pack_current call_log"
APPEND_ONLY = ("finding", "publication", "publication_entry", "call_log")
REFUSAL = "append-only table"


def upgrade() -> None:
    """Widen the lists, add the columns and tables, guard what is append-only."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    if on_postgres:
        _widen_postgres()
    else:
        _widen_sqlite()
    op.execute(
        "ALTER TABLE unit ADD COLUMN superior_id INTEGER CONSTRAINT fk_unit_superior_id REFERENCES unit (id)"
    )
    _findings()
    _publications()
    _packs_and_calls()
    for table in APPEND_ONLY:
        _guard_postgres(table) if on_postgres else _guard_sqlite(table)


def downgrade() -> None:
    """Take the new tables away again; the lists stay wide. Only of use while a migration is being written."""
    for table in reversed(NEW_TABLES.split()):
        op.drop_table(table)


def _allowed(column: str, names: str) -> str:
    listed = ", ".join(f"'{word}'" for word in names.split())
    return f"{column} IN ({listed})"


def _widen_postgres() -> None:
    for table, column, names in WIDENED:
        name = f"ck_{table}_{column}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({_allowed(column, names)})")


def _widen_sqlite() -> None:
    conn = op.get_bind()
    version = conn.exec_driver_sql("PRAGMA schema_version").scalar_one()
    conn.exec_driver_sql("PRAGMA writable_schema=ON")
    for table, column, names in WIDENED:
        _retext(conn, table, column, _allowed(column, names))
    conn.exec_driver_sql(f"PRAGMA schema_version={int(version) + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema=RESET")


def _retext(conn: sa.Connection, table: str, column: str, allowed: str) -> None:
    """Put a new list into the CHECK of one column in the text of its table."""
    found = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    sql = str(conn.exec_driver_sql(found, (table,)).scalar_one())
    head, sign, rest = sql.partition(f"ck_{table}_{column} CHECK (")
    before, close, after = rest.partition("))")
    if not sign or not close or not before.startswith(f"{column} IN ("):
        raise RuntimeError(f"{table}: no list of names for {column} in {sql}")
    changed = f"{head}{sign}{allowed}){after}"
    conn.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (changed, table)
    )


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("project_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("rule", "name", "result", "severity")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("stage", "message")),
        *(sa.Column(name, sa.String) for name in ("cite", "document")),
        *(sa.Column(name, sa.JSON) for name in ("missing", "inputs")),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_finding_project_id"),
        sa.CheckConstraint(_allowed("result", "pass fail unknown"), name="ck_finding_result"),
    )
    op.create_index("ix_finding_project_id_seq", "finding", ["project_id", "seq"])


def _publications() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("command_id", "programme")),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("url", sa.String),
        sa.Column("published_by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("command_id", "programme", name="uq_publication_command_id_programme"),
    )
    op.create_table(
        "publication_entry",
        sa.Column("publication_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("project_id", "title", "unit")),
        sa.PrimaryKeyConstraint("publication_id", "project_id", name="pk_publication_entry"),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name="fk_publication_entry_publication_id"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_publication_entry_project_id"),
    )


def _packs_and_calls() -> None:
    op.create_table(
        "pack_current",
        *(sa.Column(name, sa.String, nullable=False) for name in ("slug", "digest", "version")),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_pack_current"),
        sa.ForeignKeyConstraint(["digest"], ["pack.digest"], name="fk_pack_current_digest"),
    )
    op.create_table(
        "call_log",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("programme", sa.String, nullable=False),
        *(sa.Column(name, sa.Date) for name in ("opens_on", "closes_on")),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        *(sa.Column(name, sa.String) for name in ("stood_in_by", "reason")),
        sa.PrimaryKeyConstraint("id", name="pk_call_log"),
    )
    op.create_index("ix_call_log_programme", "call_log", ["programme"])


def _guard_sqlite(table: str) -> None:
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {table}'); END"
        )


def _guard_postgres(table: str) -> None:
    """The function that refuses was made with the first migration."""
    for changes, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"{table}_no_{changes.lower().replace(' ', '_')}"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {changes} ON {table} FOR EACH {level} "
            "EXECUTE FUNCTION lifecycle_refuse()"
        )
