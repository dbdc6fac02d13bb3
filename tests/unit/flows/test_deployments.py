from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.schema_tools.validation import validate

from flows.deployments import COMMAND, DEPLOYMENTS, POOL, Deployment, form_of, job_template
from flows.server import FlowServer
from states.errors import UnavailableFault

ROOT = Path(__file__).parents[3]


def flow_of(row: Deployment) -> Flow[..., Any]:
    return load_flow_from_entrypoint(row.entrypoint, use_placeholder_flow=False)


def chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def test_prefect_yaml_says_what_the_table_says() -> None:
    document = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8"))
    assert document["deployments"] == [
        {
            "name": row.name,
            "flow_name": row.flow,
            "entrypoint": row.entrypoint,
            "description": row.description,
            "tags": list(row.tags),
            "enforce_parameter_schema": True,
            "work_pool": {"name": POOL, "job_variables": {}},
        }
        for row in DEPLOYMENTS
    ]
    assert (document["build"], document["push"], document["pull"]) == ([], [], [])


@pytest.mark.parametrize("row", DEPLOYMENTS, ids=lambda row: row.flow)
def test_every_deployment_has_a_flow_of_that_name_and_every_field_of_its_form_is_told_in_chinese(
    row: Deployment,
) -> None:
    flow = flow_of(row)
    assert flow.name == row.flow
    assert chinese(row.name)
    assert chinese(row.description)
    form = form_of(flow)
    assert form["additionalProperties"] is False
    for name, field in form["properties"].items():
        assert chinese(field.get("title", "")), name
        assert chinese(field.get("description", "")), name


@pytest.mark.parametrize("row", DEPLOYMENTS, ids=lambda row: row.flow)
def test_a_form_accepts_every_optional_field_as_the_page_opens_it(row: Deployment) -> None:
    form = form_of(flow_of(row))
    for name, field in form["properties"].items():
        if "default" in field:
            assert validate({name: field["default"]}, {"type": "object", "properties": {name: field}}) == []


@pytest.mark.parametrize("day", ["2026-2-3", "明天", 7])
def test_a_form_accepts_a_day_only_as_a_day(day: object) -> None:
    form = form_of(flow_of(next(row for row in DEPLOYMENTS if row.flow == "sweep")))
    assert validate({"on": day}, form) != []


def test_a_name_and_a_flow_stand_once_in_the_table() -> None:
    assert len({row.name for row in DEPLOYMENTS}) == len(DEPLOYMENTS)
    assert len({row.entrypoint for row in DEPLOYMENTS}) == len(DEPLOYMENTS)


def test_the_pool_starts_our_engine_and_holds_no_environment() -> None:
    properties = job_template()["variables"]["properties"]
    assert properties["command"]["default"] == COMMAND
    assert properties["env"].get("default", {}) == {}


def test_a_server_that_does_not_answer_is_told_at_once(tmp_path: Path) -> None:
    from flows.deployments import register

    with pytest.raises(UnavailableFault, match="没有应答"):
        register(FlowServer("http://127.0.0.1:9/api"), tmp_path)
