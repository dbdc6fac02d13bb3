"""One table for each kind of fault, with exactly that fault; ours have none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from states.check import check_unused_guards, faults, require_sound
from states.errors import DefinitionFault
from states.guards import CONDITIONS, GUARDS
from states.names import Action, Role, State
from states.tables import ANY, LIFECYCLES, Lifecycle, Row, To

A, R, S = Action, Role, State
WHO = (R.PROV_ASSOCIATION,)
SUBMIT = Row("R-LIFE-30", A.SUBMIT, (S.DRAFT,), S.SUBMITTED, WHO)
CLOSE = Row("R-LIFE-55", A.EVALUATE_PASS, (S.SUBMITTED,), S.CLOSED, WHO)
CORRECT = Row("R-LIFE-92", A.CORRECT_RECORD, ANY, To.SAME, WHO)


def table(*rows: Row, ends: frozenset[S] = frozenset({S.CLOSED})) -> Lifecycle:
    return Lifecycle("small", "小表", "R-VAR-01", S.DRAFT, ends, rows)


def with_close(**changes: object) -> Lifecycle:
    return table(SUBMIT, replace(CLOSE, **changes), CORRECT)  # type: ignore[arg-type]


ASK = Row("R-LIFE-47", A.REQUEST_EXTENSION, (S.SUBMITTED,), S.EXTENSION_PENDING, WHO)
BACK = Row("R-LIFE-49", A.REFUSE_EXTENSION, (S.EXTENSION_PENDING,), To.RETURN, WHO)

FAULTY: dict[str, tuple[Lifecycle, list[str]]] = {
    "an unknown action": (with_close(action="fly"), ["R-LIFE-55: 未知操作 'fly'"]),
    "an unknown source": (
        with_close(sources=(S.SUBMITTED, "limbo")),
        ["R-LIFE-55: 未知状态 'limbo'"],
    ),
    "an unknown destination": (with_close(dest="limbo"), ["R-LIFE-55: 未知目标状态 'limbo'"]),
    "an unknown role": (with_close(roles=("king",)), ["R-LIFE-55: 未知角色 'king'"]),
    "an unknown guard": (with_close(guards=("eligibel",)), ["R-LIFE-55: 未知条件 'eligibel'"]),
    "an unknown condition": (with_close(when="sunny"), ["R-LIFE-55: 未知分支条件 'sunny'"]),
    "nobody who may": (with_close(roles=()), ["R-LIFE-55 evaluate_pass: 没有角色"]),
    "no rule": (with_close(rule=""), ["evaluate_pass: 没有规则编号"]),
    "a quotation without its document": (
        with_close(quote="适时"),
        ["R-LIFE-55 evaluate_pass: 文件与引文须同时给出或同时缺省"],
    ),
    "two rows for one step": (
        table(SUBMIT, CLOSE, replace(CLOSE, dest=S.DRAFT)),
        ["submitted evaluate_pass: 有两行适用"],
    ),
    "two rows for one step under one condition": (
        table(SUBMIT, CLOSE, *[replace(CLOSE, when="waits_for_parent", dest=d) for d in (S.DRAFT, S.CLOSED)]),
        ["submitted evaluate_pass: 有两行适用"],
    ),
    "a state that nothing leads to": (
        table(SUBMIT, CLOSE, replace(CLOSE, sources=(S.RETURNED,))),
        ["returned: 从 draft 无法到达"],
    ),
    "a state without a way on": (
        table(SUBMIT, CLOSE, replace(SUBMIT, action=A.WITHDRAW, dest=S.WITHDRAWN)),
        ["withdrawn: 没有出路", "withdrawn: 没有通向结束状态的路径"],
    ),
    "two states that lead only to each other": (
        table(
            SUBMIT,
            CLOSE,
            replace(SUBMIT, action=A.WITHDRAW, dest=S.MIDTERM),
            Row("R-LIFE-46", A.MIDTERM_DONE, (S.MIDTERM,), S.EXECUTING, WHO),
            Row("R-LIFE-45", A.MIDTERM_OPEN, (S.EXECUTING,), S.MIDTERM, WHO),
        ),
        ["executing: 没有通向结束状态的路径", "midterm: 没有通向结束状态的路径"],
    ),
    "an end that is left without a decision to reopen": (
        table(SUBMIT, CLOSE, replace(SUBMIT, action=A.REOPEN_REVIEW, sources=(S.CLOSED,))),
        ["R-LIFE-30 reopen_review: 离开结束状态 closed，但未标明为重新启动"],
    ),
    "a request that can be refused but not made": (
        table(SUBMIT, CLOSE, BACK),
        [
            "extension_pending: 从 draft 无法到达",
            "extension_pending: 没有出路",
            "extension_pending: 没有通向结束状态的路径",
            "R-LIFE-49 refuse_extension: extension_pending 没有进入的途径",
        ],
    ),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_faulty_table_is_told_its_fault_and_no_other(kind: str) -> None:
    faulty, messages = FAULTY[kind]
    assert faults(faulty) == messages


@pytest.mark.parametrize(
    "sound",
    [
        table(SUBMIT, CLOSE, CORRECT),
        table(SUBMIT, CLOSE, ASK, BACK),
        table(SUBMIT, CLOSE, replace(SUBMIT, action=A.REOPEN_REVIEW, sources=(S.CLOSED,), reopens=True)),
        table(SUBMIT, CLOSE, replace(CLOSE, when="waits_for_parent", dest=S.DRAFT)),
    ],
)
def test_a_sound_table_has_no_fault(sound: Lifecycle) -> None:
    assert faults(sound) == []


@pytest.mark.parametrize("name", LIFECYCLES)
def test_our_tables_have_no_fault(name: str) -> None:
    assert faults(LIFECYCLES[name]) == []


def test_a_guard_that_no_row_asks_is_named() -> None:
    idle = sorted((set(GUARDS) | set(CONDITIONS)) - {"eligible"})
    only = {"small": with_close(guards=("eligible",))}
    assert list(check_unused_guards(only)) == [f"{name}: 没有任何一行使用" for name in idle]
    assert list(check_unused_guards(LIFECYCLES)) == []


def test_all_faults_of_all_tables_are_raised_at_once() -> None:
    faulty = {**LIFECYCLES, "small": with_close(roles=()), "other": with_close(rule="")}
    with pytest.raises(DefinitionFault) as raised:
        require_sound(faulty)
    assert raised.value.message == (
        "状态表有误：small: R-LIFE-55 evaluate_pass: 没有角色；other: evaluate_pass: 没有规则编号"
    )


def test_a_faulty_table_stops_the_program_before_the_first_decision() -> None:
    spoil = (
        "import states.tables as t; from dataclasses import replace; base = t.LIFECYCLES['base']; "
        "rows = (replace(base.rows[0], guards=('typo',)), *base.rows[1:]); "
        "t.LIFECYCLES['base'] = replace(base, rows=rows); "
        "import states.decide"
    )
    run = subprocess.run(
        [sys.executable, "-c", spoil], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        1, "states.errors.DefinitionFault: 状态表有误：base: R-LIFE-33: 未知条件 'typo'",
    )  # fmt: skip
