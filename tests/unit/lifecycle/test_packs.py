"""The packs that ship, and how a faulty pack is refused: every fault, each with its place."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from lifecycle.packs import (
    check_files,
    load_catalogue,
    load_pack,
    pack_from_source,
    packaged_files,
)
from states.catalogue import Catalogue
from states.errors import BadInputFault

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
  materials:
    work_plan: {label: 工作方案, clause: 一、, quote: 工作方案}
  duties:
    completion: {label: 补正材料, rule: R-AMB-08, length: W5, owed_by: applicant, owed_to: prov_association, met_by: action, why: 惯例。}
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
    variant: base
    family: demo
    rule: R-PROG-01
    clause: {title: 一、, money: 一、3, conditions: 一、1}
    quote: 示范项目
    applicants: [prov_society]
    quota: [{from: 2024-01-01, value: 5, rule: R-PROG-01, quote: 共5个}]
    amount: [{from: 2024-01-01, value: 100000, rule: R-PROG-01, quote: 每个10万元}]
    total: 500000
    facts: [event.level]
    checks:
      - {rule: R-ELIG-05, name: noted, predicate: fact_true, params: {fact: unit.note}, quote: 健全}
    duties: [completion]
"""

# fmt: off
BROKEN: list[tuple[str, str, str, str]] = [
    # what is wrong, the sound text, the broken text, place and message
    ("an unknown key at the top", "version: 3", "version: 3\nversoin: 4",
     "3:1: 政策包有未知的键“versoin”（期望 pack、version、province、inherits、document、documents、management、facts、checks、groups、programmes）"),
    ("a key written twice", "version: 3", "version: 3\nversion: 4",
     "3:1: 政策包的键“version”重复（期望 每个键只写一次）"),
    ("a programme written twice", "    duties: [completion]\n", "    duties: [completion]\n  d24-one: {}\n",
     "43:3: 政策包的 programmes 的键“d24-one”重复（期望 每个键只写一次）"),
    ("a missing key", "    year: 2024\n", "",
     "26:5: 政策包的 programmes d24-one 缺少“year”（期望 必填）"),
    ("a number where a text belongs", "title: 示范通知", "title: 2024",
     "5:10: 政策包的 document 的 title 的值“2024”不对（期望 文字；数字样的文字请加引号）"),
    ("a text where a number belongs", "total: 500000", "total: 五十万",
     "36:12: 政策包的 programmes d24-one 的 total 的值“五十万”不对（期望 非负整数）"),
    ("a date that does not exist", "in_force_from: 2024-01-01", "in_force_from: 2024-02-30",
     "9:18: 政策包的 document 的 in_force_from 的值“2024-02-30”不对（期望 真实存在的日期 YYYY-MM-DD）"),
    ("a list where a mapping belongs", "    clause: {title: 一、, money: 一、3, conditions: 一、1}", "    clause: [一、]",
     "31:13: 政策包的 programmes d24-one 的 clause 的值“列表”不对（期望 键值对）"),
    ("an unknown applicant kind", "applicants: [prov_society]", "applicants: [prov_societies]",
     "33:18: 政策包的 programmes d24-one 的 applicants 的值“prov_societies”不对（期望 其中之一：申报主体代码，如 prov_society）"),
    ("an unknown variant", "variant: base", "variant: basic",
     "28:14: 政策包的 programmes d24-one 的 variant 的值“basic”不对（期望 其中之一：base、two-year-talent、fujian-society）"),
    ("an unknown fact type", "type: text}", "type: string}",
     "12:34: 政策包的 management 的 facts unit.note 的 type 的值“string”不对（期望 其中之一：date、bool、int、decimal、text、enum、records、money）"),
    ("a duty that the program does not know", "    completion: {label: 补正材料", "    complete: {label: 补正材料",
     "16:5: 政策包的 management 的 duties 的值“complete”不对（期望 其中之一：preparation_report、rectification_report、half_year_guidance、cycle_summary、midterm_report、evaluation_opening、evaluation_feedback、completion）"),
    ("a malformed length", "length: W5", "length: 五天",
     "16:58: 政策包的 management 的 duties completion 的 length 的值“五天”不对（期望 期限，如 P3M、P10D 或 W5）"),
    ("a malformed rule id", "rule: R-ELIG-05", "rule: ELIG-5",
     "39:16: 政策包的 programmes d24-one 的 checks 的 rule 的值“ELIG-5”不对（期望 规则编号，如 R-ELIG-01）"),
    ("a fact that is not declared", "facts: [event.level]", "facts: [event.levle]",
     "37:13: facts 中的“event.levle”未声明（期望 本包或所继承的包已声明的事实）"),
    ("a duty that is not declared", "duties: [completion]", "duties: [cycle_summary]",
     "40:14: duties 中的“cycle_summary”未声明（期望 management.duties 已声明的期限事项）"),
    ("a predicate without its parameter", "params: {fact: unit.note}, ", "",
     "39:58: 判断 fact_true 缺少参数“fact”（期望 必填）"),
    ("a parameter that the predicate does not take", "{fact: unit.note}", "{fact: unit.note, facts: 1}",
     "39:94: 判断 fact_true 没有参数“facts”（期望 fact）"),
    ("a total that is not quota times amount", "total: 500000", "total: 600000",
     "36:12: 总额 600000 与名额×金额不符（期望 5 × 100000 = 500000）"),
    ("a total without a quota", "    quota: [{from: 2024-01-01, value: 5, rule: R-PROG-01, quote: 共5个}]\n", "",
     "35:12: 有总额却缺名额或每项金额（期望 quota、amount、total 同时给出）"),
    ("dates that do not ascend", "from: 2025-01-01, value: 7", "from: 2023-01-01, value: 7",
     "20:16: 生效日 2023-01-01 未晚于上一条 2024-01-01（期望 由早到晚、互不重叠）"),
    ("two entries of the same day", "from: 2025-01-01, value: 7", "from: 2024-01-01, value: 7",
     "20:16: 生效日 2024-01-01 未晚于上一条 2024-01-01（期望 由早到晚、互不重叠）"),
    ("a setting of the wrong type", "value: 7", "value: 七",
     "20:35: 设置 publicity_workdays 的值“七”类型不对（期望 整数）"),
    ("an unknown setting", "    publicity_workdays:\n", "    publicity_days:\n",
     "18:5: 政策包的 management 的 settings 的值“publicity_days”不对（期望 其中之一："),
    ("a quote without a clause", "clause: 一、, quote: 工作方案", "quote: 工作方案",
     "14:36: 有原文却没有条款位置（期望 clause）"),
    ("a value with neither quote nor reason", ", why: 新例。", "",
     "20:9: 既无原文也无理由（期望 clause 与 quote，或以 why 说明默认值的理由）"),
    ("a document that is not declared", "clause: 一、, quote: 工作方案", "document: other, clause: 一、, quote: 工作方案",
     "14:43: 引用的文件“other”未声明（期望 document 或 documents 中的代码）"),
    ("a parent that is not declared", "    title: 示范项目\n", "    title: 示范项目\n    parent: d24-none\n",
     "27:13: 上级“d24-none”未声明（期望 groups 中的代码）"),
    ("no applicants at all", "    applicants: [prov_society]\n", "",
     "26:5: 未写明申报主体（期望 applicants，本类或其上级写一次）"),
    ("an enum without values", "type: enum, values: [a, b], value_labels: [甲, 乙]", "type: enum",
     "22:16: 枚举型事实没有取值（期望 values 列表）"),
    ("labels that do not match the values", "value_labels: [甲, 乙]", "value_labels: [甲]",
     "22:69: 取值与其中文名个数不同（期望 一一对应）"),
    ("a pack to inherit that is nowhere", "province: henan", "province: henan\ninherits: henan-1999@1",
     "4:11: 找不到所继承的政策包“henan-1999”（期望 同一目录或随程序提供的 henan-1999.yaml）"),
    ("another version than the one inherited", "province: henan", "province: henan\ninherits: henan-2020@9",
     "4:11: 所继承的版本不符：henan-2020 现为第 1 版（期望 henan-2020@1）"),
    ("a pack that inherits itself", "province: henan", "province: henan\ninherits: demo-2024@3",
     "4:11: 政策包循环继承“demo-2024”（期望 不回到自身）"),
    ("text that is no YAML", "version: 3", "version: [3",
     "3:9: YAML 语法错误："),
    ("a tag that would build an object", "version: 3", "version: !!python/object/apply:os.getcwd []",
     "2:10: 政策包的 version 的值“列表”不对（期望 整数版本号）"),
]
# fmt: on


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def written(folder: Path, text: str, name: str = "demo-2024.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("sound", "broken", "message"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN]
)
def test_a_faulty_pack_is_refused_at_its_line_and_column(
    tmp_path: Path, sound: str, broken: str, message: str
) -> None:
    assert SOUND.count(sound) == 1
    path = written(tmp_path, SOUND.replace(sound, broken))

    found = check_files([path])

    assert [text[: len(f"{path}:{message}")] for text in found][:1] == [f"{path}:{message}"]
    assert len(found) == 1


def test_the_pack_that_the_faults_are_made_from_is_sound(tmp_path: Path) -> None:
    assert check_files([written(tmp_path, SOUND)]) == []


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = (
        SOUND.replace("total: 500000", "total: 1")
        .replace("variant: base", "variant: x")
        .replace("2025-01-01", "2023-01-01")
    )
    path = written(tmp_path, text)

    with pytest.raises(BadInputFault) as refused:
        load_pack(path)

    assert [reason.message.removeprefix(f"{path}:").split(":")[0] for reason in refused.value.reasons] == [
        "20",
        "28",
        "36",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "1:1: 文件为空（期望 政策包）"), ("标题".encode("gbk"), "1:1: 文件编码不对（期望 UTF-8）")],
)
def test_a_file_that_holds_no_text_of_ours_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "demo.yaml"
    path.write_bytes(content)

    assert check_files([path]) == [f"{path}:{message}"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = check_files([tmp_path / "none.yaml"])

    assert found == [
        f"{tmp_path}/none.yaml:1:1: 无法打开文件：No such file or directory（期望 可读的 YAML 文件）"
    ]


def test_two_packs_may_not_use_one_programme_code(tmp_path: Path) -> None:
    first = written(tmp_path, SOUND)
    second = written(tmp_path, SOUND.replace("demo-2024", "demo-2025"), "demo-2025.yaml")

    assert check_files([first, second]) == [
        f"{second}:1:1: 代码“d24-one”与 {first} 重复（期望 全部政策包中唯一）"
    ]


def test_the_packaged_packs_hold_the_ten_programmes(catalogue: Catalogue) -> None:
    assert {slug: sorted(pack.programmes) for slug, pack in catalogue.packs.items()} == {
        "fujian-2016": ["fj16-pilot-society"],
        "henan-2020": ["h20-academic-event", "h20-young-talent"],
        "henan-2021": ["h21-intl-national-platform", "h21-key-academic-event", "h21-young-talent"],
        "henan-2023": [
            "h23-academic-intl-national",
            "h23-academic-provincial",
            "h23-first-class-society",
            "h23-young-talent",
        ],
    }


def test_quotas_amounts_and_telephones_are_those_printed(catalogue: Catalogue) -> None:
    day = date(2023, 3, 1)
    printed = {
        slug: (p.quota_on(day), p.amount_fen_on(day), p.total_fen, p.phone)
        for slug, p in catalogue.programmes.items()
    }

    assert printed == {
        "fj16-pilot-society": (None, None, None, None),
        "h20-academic-event": (None, None, None, "0371-65707758"),
        "h20-young-talent": (None, None, None, "0371-65707758"),
        "h21-intl-national-platform": (None, None, None, None),
        "h21-key-academic-event": (26, None, None, None),
        "h21-young-talent": (None, None, None, None),
        "h23-academic-intl-national": (10, 15_000_000, 150_000_000, "0371-65707080"),
        "h23-academic-provincial": (12, 10_000_000, 120_000_000, "0371-65707080"),
        "h23-first-class-society": (5, 10_000_000, 50_000_000, "0371-65707080"),
        "h23-young-talent": (50, 5_000_000, 250_000_000, "0371-65707080"),
    }


def test_the_duties_of_each_programme_are_those_of_its_documents(catalogue: Catalogue) -> None:
    common = {
        "completion",
        "midterm_report",
        "evaluation_opening",
        "evaluation_feedback",
        "rectification_report",
    }
    meeting, talent = common | {"preparation_report"}, common | {"cycle_summary"}

    assert {slug: set(p.duties) for slug, p in catalogue.programmes.items()} == {
        "fj16-pilot-society": {"completion", "evaluation_feedback", "rectification_report"},
        "h20-academic-event": meeting,
        "h20-young-talent": talent,
        "h21-intl-national-platform": meeting,
        "h21-key-academic-event": meeting,
        "h21-young-talent": talent,
        "h23-academic-intl-national": meeting,
        "h23-academic-provincial": meeting,
        "h23-first-class-society": common,
        "h23-young-talent": talent | {"half_year_guidance"},
    }


def test_an_inherited_value_keeps_its_own_citation(catalogue: Catalogue) -> None:
    duty = catalogue.programmes["h23-academic-provincial"].duties["preparation_report"]
    summary = catalogue.programmes["h23-young-talent"].duties["cycle_summary"]

    assert (duty.citation.document, duty.citation.clause) == ("henan-2020", "二、2.学术引领工程项目")
    assert (summary.citation.document, summary.citation.clause) == ("henan-2023", "四、2.实施内容与绩效")


def test_a_child_pack_overrides_an_inherited_setting_by_key(tmp_path: Path) -> None:
    text = SOUND.replace("province: henan", "province: henan\ninherits: henan-2020@1")
    one = load_pack(written(tmp_path, text)).programmes["d24-one"]

    assert one.setting("publicity_workdays", date(2025, 6, 1)) == 7
    assert one.setting("association_email", date(2025, 6, 1)) == "hnxhb@vip.163.com"


def test_a_dated_setting_holds_from_its_day_on(tmp_path: Path) -> None:
    one = load_pack(written(tmp_path, SOUND)).programmes["d24-one"]
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))

    assert [one.setting("publicity_workdays", day) for day in days] == [None, 5, 5, 7]


@pytest.mark.parametrize("path", packaged_files(), ids=lambda path: path.stem)
def test_a_pack_is_rebuilt_from_its_stored_text_with_the_same_digest(path: Path) -> None:
    pack = load_pack(path)

    assert pack_from_source(pack.source) == pack


def test_the_digest_changes_with_any_printed_value(tmp_path: Path) -> None:
    first = load_pack(written(tmp_path, SOUND))
    second = load_pack(written(tmp_path, SOUND.replace("共5个", "共五个")))

    assert first.digest != second.digest


def test_a_stored_text_that_was_damaged_is_refused() -> None:
    with pytest.raises(BadInputFault):
        pack_from_source('{"slug": "x"}')


def test_the_four_packs_load_within_sixty_milliseconds_at_best_of_five() -> None:
    took = []
    for _ in range(5):
        began = time.perf_counter()
        load_catalogue()
        took.append(time.perf_counter() - began)

    assert min(took) < 0.060
