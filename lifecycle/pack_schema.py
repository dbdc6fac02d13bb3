"""The shape of a policy pack's YAML: which keys there are and what each must be.

Only shapes and closed lists of names; what the values mean together is judged in
`lifecycle.pack_checks`.
"""

from __future__ import annotations

import re
from typing import get_args

from lifecycle.pack_settings import SETTINGS as SETTING_SPECS
from lifecycle.yaml_positions import (
    Convert,
    Shape,
    day,
    flag,
    items,
    matching,
    one_of,
    optional,
    plain,
    positive,
    table,
    text,
    whole,
)
from states.catalogue import FactType, Severity, Stage
from states.duties import BY_SLUG
from states.eligibility import PREDICATES
from states.names import Action, Role, UnitKind
from states.proof import PARTICULARS
from states.reminding import OFFICES
from states.specs import SUPERIOR
from states.tables import LIFECYCLES

DUTY_SLUGS = tuple(BY_SLUG)
VARIANTS = tuple(name for name in LIFECYCLES if not name.endswith("-managed"))

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*").fullmatch
_RULE = re.compile(r"R-[A-Z]+-\d{2,3}").fullmatch
_FACT = re.compile(r"[a-z]+(?:[._][a-z0-9]+)*").fullmatch
_LENGTH = re.compile(r"P\d+[DWMY]|W\d+").fullmatch
_INHERIT = re.compile(r"[a-z0-9-]+@\d+").fullmatch
_VERSION = re.compile(r"\d+").fullmatch
_NUMBER = r"(?:0\d{2,3}-)?\d{7,8}(?:-\d{1,6})?|1\d{10}|\d{5}"
_PHONE = re.compile(rf"(?:{_NUMBER})(?:、(?:{_NUMBER}))*").fullmatch
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+").fullmatch

slug: Convert = matching(_SLUG, "小写字母、数字和连字符组成的代码")
rule: Convert = matching(_RULE, "规则编号，如 R-ELIG-01")
fact_name: Convert = matching(_FACT, "事实名称，如 event.starts_on")

CLAUSES = Shape(
    {"title": text, "conditions": text, "contents": text, "money": text, "phone": text}, ("title",)
)
_CITE: dict[str, Convert] = {"rule": rule, "document": slug, "clause": text, "quote": text, "why": text}

DOCUMENT = Shape(
    {
        "title": text,
        "issuer": optional(text),
        "number": optional(text),
        "date": optional(day),
        "in_force_from": day,
    },
    ("title", "issuer", "number", "date", "in_force_from"),
)
DATED = items(Shape({"from": day, "value": plain, **_CITE}, ("from", "value", "rule")))
DATED_WHOLE = items(Shape({"from": day, "value": whole, **_CITE}, ("from", "value", "rule")))
COUNT = Shape({"value": positive, **_CITE}, ("value", "rule"))
FACT = Shape(
    {
        "label": text,
        "type": one_of(*get_args(FactType)),
        "values": items(text),
        "value_labels": items(text),
        "personal": flag,
        "in_template": flag,
        "note": text,
    },
    ("label", "type"),
)
BINDINGS = ("mandatory", "preferred", "expected", "if_chosen", "informational", "programme", "tag")
TARGET = Shape(
    {
        "label": text,
        "cmp": one_of("ge", "le", "eq", "done"),
        "number": whole,
        "unit": text,
        "binding": one_of(*BINDINGS),
        "per": one_of("total", "year"),
        "when": items(one_of("international", "national", "provincial")),
        "unless": fact_name,
        "items": items(text),
        "any_of": items(Shape({"label": text, "number": whole, "unit": text}, ("label", "number"))),
        "kinds": items(text),
        "domain": text,
        "evidence": text,
        **_CITE,
    },
    ("label", "cmp", "rule"),
)
MATERIAL = Shape(
    {
        "label": text,
        "action": one_of(*(a.value for a in Action), expected="办理动作代码，如 submit"),
        "written": flag,
        "required": flag,
        **_CITE,
    },
    ("label",),
)
CHECK = Shape(
    {
        "name": slug,
        "predicate": one_of(*PREDICATES),
        "params": table(slug, plain),
        "severity": one_of(*get_args(Severity)),
        "stage": one_of(*get_args(Stage)),
        **_CITE,
    },
    ("rule", "name", "predicate"),
)
_ROLE = one_of(*(r.value for r in Role), expected="角色代码，如 undertaking_unit")
_ABOVE = one_of(
    SUPERIOR, *(r.value for r in OFFICES), expected="superior（登记的上级单位）或科协内部的角色代码"
)
ESCALATE = items(Shape({"after": positive, "to": _ABOVE}, ("after", "to")))
DUTY = Shape(
    {
        "label": text,
        "length": optional(matching(_LENGTH, "期限，如 P3M、P10D 或 W5")),
        "owed_by": _ROLE,
        "owed_to": _ROLE,
        "met_by": one_of("action", "report", "fact"),
        "suggested": flag,
        "before": items(whole),
        "after": items(whole),
        "repeat": optional(whole),
        "every": matching(_LENGTH, "期限，如 P30D"),
        "times": whole,
        "papers": items(slug),
        "particulars": items(one_of(*PARTICULARS)),
        "recorded": flag,
        "quota": whole,
        "ad_hoc": flag,
        "escalate": ESCALATE,
        "month_days": items(positive),
        **_CITE,
    },
    ("label", "rule", "length", "owed_by", "owed_to", "met_by"),
)
_duty_slug = one_of(*DUTY_SLUGS)
_setting_name = one_of(*SETTING_SPECS)
FACTS = table(fact_name, FACT)
TARGETS = table(slug, TARGET)
MATERIALS = table(slug, MATERIAL)
SETTINGS = table(_setting_name, DATED)
REMINDERS = Shape(
    {"before": items(whole), "after": items(whole), "repeat": whole, "escalate": ESCALATE, **_CITE},
    ("before", "after", "repeat"),
)
MANAGEMENT = Shape(
    {
        "reminders": REMINDERS,
        "facts": FACTS,
        "targets": TARGETS,
        "materials": MATERIALS,
        "duties": table(_duty_slug, DUTY),
        "settings": SETTINGS,
    }
)
_AMBIGUITY: Convert = matching(re.compile(r"R-AMB-\d{2}").fullmatch, "取舍编号，如 R-AMB-16")
READINGS = table(
    _AMBIGUITY,
    Shape({"choice": text, "why": text, "options": items(text), "from": day, **_CITE}, ("choice", "why")),
)
SUMS = Shape({"projects": whole, "total": whole, "rule": rule, "why": text}, ("projects", "rule", "why"))
_KIND = one_of(*(k.value for k in UnitKind), expected="申报主体代码，如 prov_society")

_LINE: dict[str, Convert] = {
    "title": text,
    "rule": rule,
    "clause": CLAUSES,
    "quote": text,
    "applicants": items(_KIND),
    "applicants_warn": items(_KIND),
    "applicants_note": text,
    "phone": matching(_PHONE, "电话号码，如 0371-65707080；几个号码以顿号隔开"),
    "email": matching(_MAIL, "电子邮箱，如 office@example.org"),
    "facts": items(fact_name),
    "targets": TARGETS,
    "materials": MATERIALS,
    "checks": items(CHECK),
    "duties": items(_duty_slug),
    "settings": SETTINGS,
    "not_printed": items(text),
    "notes": items(text),
    "year": whole,
    "variant": one_of(*VARIANTS),
    "family": slug,
    "parent": slug,
    "quota": DATED_WHOLE,
    "quota_pool": slug,
    "amount": DATED_WHOLE,
    "total": whole,
    "limit_per_unit": COUNT,
    "child_of": slug,
    "without": items(one_of(*(a.value for a in Action), expected="办理动作代码，如 midterm_open")),
    "umbrella": text,
    "hosts": items(text),
    "readings": READINGS,
}
GROUP = Shape(_LINE, ("title", "rule", "clause", "quote"))
PROGRAMME = Shape(
    {
        **_LINE,
        "duration_months": COUNT,
        "required_children": items(slug),
        "already_decided": flag,
        "named_projects": items(text),
    },
    ("title", "rule", "clause", "quote"),
)
PACK = Shape(
    {
        "pack": slug,
        "version": matching(_VERSION, "整数版本号"),
        "province": one_of("henan", "fujian"),
        "inherits": matching(_INHERIT, "政策包@版本，如 henan-2020@1"),
        "document": DOCUMENT,
        "documents": table(slug, DOCUMENT),
        "management": MANAGEMENT,
        "facts": FACTS,
        "checks": items(CHECK),
        "readings": READINGS,
        "sums": SUMS,
        "groups": table(slug, GROUP),
        "programmes": table(slug, PROGRAMME),
    },
    ("pack", "version", "province", "document", "programmes"),
)
