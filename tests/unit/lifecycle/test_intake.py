"""How records become applications: names, types, every fault at once, one bad row among good ones."""

from __future__ import annotations

import io
import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.intake import Application, Reading, Rejected, read_applications
from states.errors import BadInputFault
from tests.application_samples import CATALOGUE

FULL = """\
programme: h23-event
title: 甲状腺疾病国际高峰论坛
unit: {name: 某某学会, kind: prov_society, region: 郑州市, party_org_complete: 是}
contact: {name: 张三, phone: 037165707080, email: a@example.com}
facts:
  event: {starts_on: 2023-10-01, level: 国际}
  talent.birth_date: 1990-01-02
targets: {attendees: 200, livestream: true}
materials: [{kind: application_letter, file: a.pdf}]
ref: 甲
parent_ref: 乙
marked: true
"""
TALENTS = "青年人才托举工程（h23-talent）、青年人才托举工程（h21-talent）"
NO_FILE = "没有这个文件（相对路径从申报文件所在文件夹算起）"
LEAST = {"项目类别": "h23-event", "项目名称": "论坛", "申报单位": "某某学会", "单位类型": "全省学会"}


def read(data: str | bytes, suffix: str, folder: Path) -> Reading:
    path = folder / f"a{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_applications([str(path)], CATALOGUE)


def one(data: object, folder: Path) -> Application:
    reading = read(json.dumps(data), ".json", folder)
    assert reading.rejected == ()
    (application,) = reading.applications
    return application


def reasons(data: object, folder: Path) -> list[str]:
    reading = read(json.dumps(data), ".json", folder)
    assert reading.applications == ()
    (rejected,) = reading.rejected
    return [reason.message for reason in rejected.reasons]


def fault(*paths: str, **options: Any) -> str:
    with pytest.raises(BadInputFault) as caught:
        read_applications(paths, CATALOGUE, **options)
    assert caught.value.exit_status == 7
    return caught.value.message


def sheet(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"nan_inf_to_errors": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        form = book.add_worksheet("申报表")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                form.write(number, column, cell)
    return buffer.getvalue()


def test_a_full_application_is_read_with_all_its_parts_typed(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    reading = read(FULL, ".yaml", tmp_path)
    assert reading == Reading(
        (
            Application(
                source="a.yaml:1",
                programme="h23-event",
                title="甲状腺疾病国际高峰论坛",
                unit_name="某某学会",
                unit_kind="prov_society",
                unit_region="郑州市",
                unit_host=None,
                contact={"name": "张三", "phone": "037165707080", "email": "a@example.com"},
                facts={
                    "event.starts_on": date(2023, 10, 1),
                    "event.level": "international",
                    "talent.birth_date": date(1990, 1, 2),
                },
                unit_facts={"unit.party_org_complete": True},
                targets={"attendees": 200, "livestream": True},
                materials=(("application_letter", str(tmp_path / "a.pdf")),),
                ref="甲",
                parent_ref="乙",
                marked=True,
                id=None,
            ),
        ),
        (),
    )


def test_dotted_nested_and_chinese_names_mean_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    nested = one(
        {
            "programme": "h23-event",
            "title": "论坛",
            "unit": {"name": "甲", "kind": "prov_society"},
            "contact": {"name": "乙"},
            "facts": {"event": {"days": 2}},
            "targets": {"attendees": 300},
            "materials": {"application_letter": "a.pdf"},
        },
        tmp_path,
    )
    dotted = one(
        {
            "programme": "学术交流活动",
            "title": "论坛",
            "unit.name": "甲",
            "unit.kind": "全省学会",
            "contact.name": "乙",
            "event.days": "2",
            "targets.attendees": "300人",
            "materials": "application_letter=a.pdf",
        },
        tmp_path,
    )
    chinese = one(
        {
            "项目类别": "学术交流活动（h23-event）",
            "项目名称": "论坛",
            "单位": {"名称": "甲", "类型": "全省学会（协会、研究会）"},
            "联系人": {"姓名": "乙"},
            "情况": {"会期天数": 2},
            "指标：参会人员": 300,
            "材料": [{"种类": "申报函", "文件": "a.pdf"}],
        },
        tmp_path,
    )
    assert nested == dotted == chinese


@pytest.mark.parametrize(
    ("word", "slug"),
    [("h23-talent", "h23-talent"), ("R-PROG-33", "h21-talent"), ("2023年青年人才托举工程", "h23-talent")],
)
def test_a_programme_is_known_by_slug_rule_or_title(word: str, slug: str, tmp_path: Path) -> None:
    assert one({**LEAST, "项目类别": word}, tmp_path).programme == slug


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "nonsense",
            "没有这个项目类别，应为：学术交流活动（h23-event）、" + TALENTS,
        ),
        (
            "青年人才托举工程",
            "对应多个项目类别，应为：" + TALENTS,
        ),
    ],
)
def test_an_unknown_or_ambiguous_programme_is_refused_with_the_list(
    word: str, message: str, tmp_path: Path
) -> None:
    assert reasons({**LEAST, "项目类别": word}, tmp_path) == [f"第1行起：项目类别“{word}”{message}"]


def test_without_a_programme_the_id_of_an_existing_project_tells_it(tmp_path: Path) -> None:
    given = {key: value for key, value in LEAST.items() if key != "项目类别"}
    application = one({**given, "id": "h23-event-0001"}, tmp_path)
    assert (application.programme, application.id) == ("h23-event", "h23-event-0001")
    assert reasons({**given, "id": "x-1"}, tmp_path) == ["缺少“项目类别”（programme），应填写"]


def test_every_fault_of_a_row_is_told_at_once_with_its_cell_and_other_rows_pass(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["项目类别*", "项目名称*", "申报单位*", "单位类型*", "召开日期", "参会人员", "电子邮箱", "会期天树"],
        ["h23-event", "坏", "", "高校科协", "2023-02-30", "很多", "无", 3],
        ["h23-event", "好", "某某学会", "高校", date(2023, 10, 1), 200, "", ""],
    ]
    reading = read(sheet(rows), ".xlsx", tmp_path)
    (rejected,) = reading.rejected
    assert (rejected.source, rejected.title) == ("a.xlsx 申报表!2", "坏")
    assert sorted(reason.message for reason in rejected.reasons) == [
        "D2：单位类型“高校科协”对应多种单位类型，应为：高校科协（联合申报伙伴）、高校科协(福建)",
        "E2：召开日期（event.starts_on）的值“2023-02-30”无法识别（期望 真实存在的日期，如 2023-05-01）",
        "F2：参会人员（targets.attendees）的值“很多”无法识别（期望 整数）",
        "G2（电子邮箱）“无”：应为一个电子邮箱，如 name@example.com",
        "H2：没有“会期天树”这一项，是否应为“会期天数”（facts.event.days）",
        "缺少“申报单位”（unit.name），应填写",
    ]
    (good,) = reading.applications
    assert (good.source, good.title, good.unit_kind) == ("a.xlsx 申报表!3", "好", "host_university")
    assert (good.facts, good.targets) == ({"event.starts_on": date(2023, 10, 1)}, {"attendees": 200})


@pytest.mark.parametrize(
    ("extra", "messages"),
    [
        ({"titel": "x"}, ["第1行起：没有“titel”这一项，是否应为“项目名称”（title）"]),
        ({"会期天数": "两天"}, ["第1行起：会期天数（event.days）的值“两天”无法识别（期望 整数）"]),
        ({"会期天数": 10**15}, ["第1行起（会期天数）“1000000000000000”：数过大，位数不应超过 15 位"]),
        ({"unit": "某某学会"}, ["第1行起（unit）“某某学会”：应为分项（键与值），如 unit 下写 name、kind"]),
        ({"title": "再写一次"}, ["第1行起（title）“再写一次”：与 第1行起（项目名称）是同一项，应只写一处"]),
        ({"所在地区": "a\x00b"}, ["第1行起（所在地区）“a?b”：含有控制字符或不完整的字符，应为普通文字"]),
        ({"所在地区": "\ud800"}, ["第1行起（所在地区）“?”：含有控制字符或不完整的字符，应为普通文字"]),
        ({"所在地区": ["a"]}, ["第1行起（所在地区）“['a']”：应为文字"]),
        ({"参会人员": -1}, ["第1行起（参会人员）“-1”：应为不小于零的整数"]),
        ({"参会人员": 1.5}, ["第1行起：参会人员（targets.attendees）的值“1.5”无法识别（期望 整数）"]),
        ({"直播": "抖音"}, ["第1行起：直播（targets.livestream）的值“抖音”无法识别（期望 是或否）"]),
        ({"marked": "也许"}, ["第1行起：纳入试点市（marked）的值“也许”无法识别（期望 是或否）"]),
        (
            {"电子邮箱": "a@b.c\nBcc: x@y.z"},
            ["第1行起（电子邮箱）“a@b.c Bcc: x@y.z”：应为一个电子邮箱，如 name@example.com"],
        ),
        (
            {"实施方案": "x"},
            [
                (
                    "第1行起（实施方案）“x”：“实施方案”有不止一种含义，"
                    "应写明是 “指标：实施方案”、“材料：实施方案” 中的哪一个"
                )
            ],
        ),
        ({"申报函": "none.pdf"}, ["第1行起（申报函）“none.pdf”：" + NO_FILE]),
        ({"申报函": "x" * 5000}, [f"第1行起（申报函）“{'x' * 40}…”：" + NO_FILE]),
        ({"申报函": "a\x00"}, ["第1行起（申报函）“a?”：应为文件路径"]),
        (
            {"materials": [{"kind": "信", "file": "a"}]},
            ["第1行起：没有材料种类“信”，应为：申报函、实施方案、中期报告"],
        ),
        (
            {"materials": [{"kind": "申报函"}]},
            [
                (
                    "第1行起（materials）“{'kind': '申报函'}”："
                    "每项应为 kind（材料种类）和 file（文件），或写成“材料种类=文件”"
                )
            ],
        ),
        (
            {"被托举人出生日期": "1990年"},
            [
                (
                    "第1行起：被托举人出生日期（talent.birth_date）的值（已隐去）无法识别"
                    "（期望 日期，如 2023-05-01、2023/5/1 或 2023年5月1日）"
                )
            ],
        ),
        ({"以往项目": "[" * 30_000}, [f"第1行起（以往项目）“{'[' * 40}…”：嵌套过深"]),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_what_was_expected(
    extra: dict[str, object], messages: list[str], tmp_path: Path
) -> None:
    assert reasons({**LEAST, **extra}, tmp_path) == messages


def test_personal_values_stay_out_of_the_message_whatever_is_wrong(tmp_path: Path) -> None:
    (message,) = reasons({**LEAST, "被托举人出生日期": "x\x00secret"}, tmp_path)
    assert message == "第1行起（被托举人出生日期）“（已隐去）”：含有控制字符或不完整的字符，应为普通文字"


def test_blank_values_are_unknown_and_not_facts(tmp_path: Path) -> None:
    application = one({**LEAST, "facts": None, "targets": {}, "会期天数": "", "党组织健全": None}, tmp_path)
    assert (application.facts, application.unit_facts, application.targets) == ({}, {}, {})


def test_an_empty_list_of_records_is_known_and_not_blank(tmp_path: Path) -> None:
    assert one({**LEAST, "以往项目": []}, tmp_path).unit_facts == {"unit.past_projects": []}


def test_records_may_be_nested_lists_of_mappings(tmp_path: Path) -> None:
    given = {**LEAST, "unit": {"past_projects": [{"name": "甲", "conclusion": "合格"}]}}
    assert one(given, tmp_path).unit_facts == {"unit.past_projects": [{"name": "甲", "conclusion": "合格"}]}


def test_an_indicator_without_a_printed_number_may_be_words(tmp_path: Path) -> None:
    assert one({**LEAST, "自定指标": "论文集一部"}, tmp_path).targets == {"own": "论文集一部"}


def test_several_papers_of_one_kind_stand_in_one_cell(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"x")
    application = one({**LEAST, "申报函": "a.pdf；b.pdf"}, tmp_path)
    assert application.materials == (
        ("application_letter", str(tmp_path / "a.pdf")),
        ("application_letter", str(tmp_path / "b.pdf")),
    )


def test_a_row_spoilt_by_its_format_is_not_called_incomplete_too(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(LEAST), ["h23-event", 410102199001011234, "某某学会", "=A1"]]
    (rejected,) = read(sheet(rows), ".xlsx", tmp_path).rejected
    assert [reason.message[:2] for reason in rejected.reasons] == ["B2", "D2"]


def test_a_ref_names_one_row_only(tmp_path: Path) -> None:
    reading = read(
        json.dumps([{**LEAST, "ref": "甲"}, {**LEAST, "ref": "甲"}, LEAST, LEAST]), ".json", tmp_path
    )
    assert len(reading.applications) == 3
    (rejected,) = reading.rejected
    assert [reason.message for reason in rejected.reasons] == ["标签“甲”重复，a.json:1 已经用过，应各不相同"]


def test_examples_are_left_out_in_every_format(tmp_path: Path) -> None:
    reading = read(json.dumps([{"ref": "示例", "title": 1}, LEAST]), ".json", tmp_path)
    assert (len(reading.applications), reading.rejected) == (1, ())


def test_one_table_may_hold_rows_of_several_programmes(tmp_path: Path) -> None:
    text = "序号,项目类别,项目名称,申报单位,单位类型,参会人员\n"
    text += "1,h23-event,甲,乙,高校,200\n2,h23-talent,甲,乙,高校,\n"
    reading = read(text, ".csv", tmp_path)
    assert [application.programme for application in reading.applications] == ["h23-event", "h23-talent"]


def test_several_files_are_read_in_order_and_told_apart_by_path(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_text(json.dumps(LEAST))
    paths = [str(tmp_path / name / "a.json") for name in ("x", "y")]
    reading = read_applications(paths, CATALOGUE)
    assert [application.source for application in reading.applications] == [f"{path}:1" for path in paths]


def test_standard_input_is_read_in_whatever_format_it_is() -> None:
    reading = read_applications(["-"], CATALOGUE, stdin=json.dumps(LEAST).encode())
    assert [application.source for application in reading.applications] == ["-:1"]


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    assert fault(str(missing)) == f"{missing}：没有这个文件"
    assert fault(str(tmp_path)) == f"{tmp_path}：是文件夹，应为 yaml、json、csv 或 xlsx 文件"
    assert fault("a\0b") == "a?b：文件无法打开"
    assert fault("-", stdin=None) == "-：文件是空的，应有至少一项申报"
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 1_001)
    assert fault(str(large), max_bytes=1_000) == f"{large}：文件过大，应不超过 0.001 MB，请分成几个文件"


def test_a_file_without_a_single_application_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("项目类别,项目名称\n示例,论坛\n")
    assert fault(str(path)) == "a.csv：没有可读的申报，应有至少一项申报（标为“示例”的行不算）"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.touch(mode=0)
    assert fault(str(path)) == f"{path}：没有读取权限"


def test_ten_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    lines = ["项目类别,项目名称,申报单位,单位类型,参会人员,召开日期"]
    lines += [f"h23-event,论坛{n},学会{n},高校,200,2023-10-01" for n in range(10_000)]
    begin = time.perf_counter()
    reading = read("\n".join(lines), ".csv", tmp_path)
    assert len(reading.applications) == 10_000
    assert time.perf_counter() - begin < 10


WORDS = ["h23-event", "h23-talent", "高校", "示例", "是", "2023-10-01", "200人", "a=b", "=1"]
SCALARS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(WORDS),
)
CELLS = SCALARS | st.lists(SCALARS, max_size=3)
OTHERS = [
    "参会人员",
    "直播",
    "召开日期",
    "以往项目",
    "materials",
    "申报函",
    "id",
    "ref",
    "unit",
    "marked",
    "x",
]
NAMES = st.sampled_from([*LEAST, *OTHERS])


def whole(reading: Reading) -> bool:
    return all(isinstance(item, Application) for item in reading.applications) and all(
        isinstance(item, Rejected) and item.reasons for item in reading.rejected
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(NAMES, CELLS, max_size=8), max_size=4))
def test_random_values_give_a_reading_or_bad_input_and_nothing_else(
    rows: list[dict[str, object]], tmp_path: Path
) -> None:
    try:
        assert whole(read(json.dumps(rows, default=str), ".json", tmp_path))
    except BadInputFault as error:
        assert error.message.startswith("a.json")  # noqa: PT017 - either way is right; this one names the file


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(SCALARS, max_size=6), max_size=4))
def test_random_cells_give_a_reading_or_bad_input_and_nothing_else(
    rows: list[list[object]], tmp_path: Path
) -> None:
    try:
        assert whole(read(sheet([[*LEAST, "参会人员"], *rows]), ".xlsx", tmp_path))
    except BadInputFault as error:
        assert error.message.startswith("a.xlsx")  # noqa: PT017 - as above
