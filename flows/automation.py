"""The automation on the flow server that calls our daemon when a run of ours fails, crashes or is late.

Made where it is missing, changed where it differs, never doubled. One that somebody disabled stays
disabled: that is a person's decision, and `lifecycle status` tells of it. The webhook's token is a secret.
"""

from __future__ import annotations

from typing import Any, Final

import httpx

from flows.failed_runs import FLOWS
from flows.flow_api import flow_api
from flows.server import FlowServer, warning_token
from lifecycle.settings import Settings

NAME: Final = "流程运行失败或迟到时告警"
BLOCK: Final = "kexie-warnings"
EVENTS: Final = ("Crashed", "Failed", "Late", "TimedOut")
PAYLOAD: Final = (
    '{"id": {{ flow_run.id | string | tojson }}, "name": {{ flow_run.name | tojson }}, '
    '"flow": {{ flow.name | tojson }}, "state": {{ flow_run.state.name | tojson }}, '
    '"message": {{ flow_run.state.message | tojson }}, "tags": {{ flow_run.tags | tojson }}, '
    '"parent": {{ flow_run.parent_task_run_id | string | tojson }}, '
    '"at": {{ event.occurred.isoformat() | tojson }}}'
)


def automate(server: FlowServer, settings: Settings) -> bool:
    """`ensure_automation` for the daemon of these settings. UnavailableFault."""
    return ensure_automation(server, warning_url(settings), warning_token(settings.home))


def ensure_automation(server: FlowServer, url: str, token: str) -> bool:
    """Make or mend the automation and its webhook; returns whether it is enabled. UnavailableFault."""
    with flow_api(server, patient=True) as client:
        block = _ensure_webhook(client, url, token)
        wanted = _wanted(block)
        same = {"automations": {"name": {"any_": [NAME]}}, "sort": "CREATED_DESC"}
        found = client.post("/automations/filter", json=same).json()
        if not found:
            client.post("/automations/", json={**wanted, "enabled": True})
            return True
        kept, *doubles = sorted(found, key=lambda one: str(one["created"]))
        for double in doubles:  # two daemons made it in the same moment
            client.delete(f"/automations/{double['id']}")
        if not _holds(wanted, kept):
            client.put(f"/automations/{kept['id']}", json={**wanted, "enabled": kept["enabled"]})
        return bool(kept["enabled"])


def warning_url(settings: Settings) -> str:
    """Where the flow server reaches our daemon."""
    host = f"[{settings.daemon_host}]" if ":" in settings.daemon_host else settings.daemon_host
    return f"http://{host}:{settings.daemon_port}/warnings"


def _ensure_webhook(client: httpx.Client, url: str, token: str) -> str:
    """The id of the webhook with this address and token."""
    kind = client.get("/block_types/slug/webhook").json()["id"]
    data = {
        "url": url,
        "method": "POST",
        "headers": {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        "allow_private_urls": True,
        "verify": True,
    }
    same = {
        "include_secrets": True,
        "block_documents": {"name": {"any_": [BLOCK]}},
        "block_types": {"slug": {"any_": ["webhook"]}},
    }
    found = client.post("/block_documents/filter", json=same).json()
    if found:
        if not _holds(data, found[0]["data"]):
            change = {"data": data, "merge_existing_data": False}
            client.patch(f"/block_documents/{found[0]['id']}", json=change)
        return str(found[0]["id"])
    schemas = {"block_schemas": {"block_type_id": {"any_": [kind]}}, "limit": 1}
    schema = client.post("/block_schemas/filter", json=schemas).json()[0]["id"]
    made = {"name": BLOCK, "data": data, "block_type_id": kind, "block_schema_id": schema}
    return str(client.post("/block_documents/", json=made).json()["id"])


def _wanted(block: str) -> dict[str, Any]:
    return {
        "name": NAME,
        "description": "由 lifecycle 建立：通知守护进程，由它查明情况并告知系统管理员。删除后自动重建。",
        "trigger": {
            "type": "event",
            "match": {"prefect.resource.id": "prefect.flow-run.*"},
            "match_related": {"prefect.resource.role": "flow", "prefect.resource.name": list(FLOWS)},
            "expect": sorted(f"prefect.flow-run.{state}" for state in EVENTS),
            "for_each": ["prefect.resource.id"],
            "posture": "Reactive",
            "threshold": 1,
            "within": 0,
        },
        "actions": [{"type": "call-webhook", "block_document_id": block, "payload": PAYLOAD}],
    }


def _holds(wanted: Any, found: Any) -> bool:
    """Whether what is wanted stands in what was found; the server adds fields of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(one, found.get(name)) for name, one in wanted.items())
    if isinstance(wanted, list):
        alike = isinstance(found, list) and len(wanted) == len(found)
        if alike and all(isinstance(one, str) for one in wanted):
            return sorted(wanted) == sorted(found)
        return alike and all(_holds(one, other) for one, other in zip(wanted, found, strict=True))
    return bool(wanted == found)
