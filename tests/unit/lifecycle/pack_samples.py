"""A small sound pack, from which the tests make faulty ones."""

from __future__ import annotations

from pathlib import Path

SOUND = """\
pack: demo-2024
version: 3
province: henan
document:
  title: 示范通知
  issuer: null
  number: null
  date: null
  in_force_from: 2024-01-01
management:
  facts:
    unit.note: {label: 备注, type: text}
    unit.sound: {label: 组织健全, type: bool}
    unit.since: {label: 成立日期, type: date}
  materials:
    work_plan: {label: 工作方案, clause: 一、, quote: 工作方案}
  duties:
    completion:
      {label: 补正材料, rule: R-AMB-08, length: W5, owed_by: applicant, owed_to: prov_association,
       met_by: action, why: 惯例。}
  settings:
    publicity_workdays:
      - {from: 2024-01-01, value: 5, rule: R-AMB-30, why: 惯例。}
      - {from: 2025-01-01, value: 7, rule: R-AMB-30, why: 新例。}
facts:
  event.level: {label: 级别, type: enum, values: [a, b], value_labels: [甲, 乙]}
programmes:
  d24-one:
    title: 示范项目
    year: 2024
    applicants: [prov_society]
    variant: base
    family: demo
    rule: R-PROG-01
    clause: {title: 一、, money: 一、3, conditions: 一、1}
    quote: 示范项目
    quota: [{from: 2024-01-01, value: 5, rule: R-PROG-01, quote: 共5个}]
    amount: [{from: 2024-01-01, value: 100000, rule: R-PROG-01, quote: 每个10万元}]
    total: 500000
    facts: [event.level]
    checks:
      - {rule: R-ELIG-05, name: noted, predicate: fact_true, params: {fact: unit.sound}, quote: 健全}
    duties: [completion]
"""


def written(folder: Path, text: str, name: str = "demo-2024.yaml") -> Path:
    """The text as a file in `folder`."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
