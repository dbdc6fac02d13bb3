"""How a faulty pack is refused: every fault, each with its file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.handbook.coverage import register
from lifecycle.pack_schema import DUTY_SLUGS, VARIANTS
from lifecycle.pack_settings import SETTINGS
from lifecycle.packs import check_files, load_pack
from states.eligibility import PREDICATES
from states.errors import BadInputFault
from tests.unit.lifecycle.pack_samples import SOUND, written

# One case per row, the message as it is shown; folding would hide the difference.
# ruff: noqa: E501
# Ids that are in no register are spelt so that they are not counted as named here.
# fmt: off
BROKEN: list[tuple[str, str, str, str]] = [
    # what is wrong, the sound text, the broken text (⟦ stands where the fault must point), message
    ("an unknown key at the top", "version: 3", "version: 3\n⟦versoin: 4",
     "政策包有未知的键“versoin”（期望 pack、version、province、inherits、document、documents、management、facts、checks、readings、sums、groups、programmes）"),
    ("a key written twice", "version: 3", "version: 3\n⟦version: 4",
     "政策包的键“version”重复（期望 每个键只写一次）"),
    ("a programme written twice", "    duties: [completion]\n", "    duties: [completion]\n  ⟦d24-one: {}\n",
     "政策包的 programmes 的键“d24-one”重复（期望 每个键只写一次）"),
    ("a missing key", "    title: 示范项目\n    year: 2024\n", "    ⟦year: 2024\n",
     "政策包的 programmes d24-one 缺少“title”（期望 必填）"),
    ("no year at all", "    title: 示范项目\n    year: 2024\n", "    ⟦title: 示范项目\n",
     "未写明年度（期望 year，本类或其上级写一次）"),
    ("a number where a text belongs", "title: 示范通知", "title: ⟦2024",
     "政策包的 document 的 title 的值“2024”不对（期望 文字；数字样的文字请加引号）"),
    ("a text where a number belongs", "total: 500000", "total: ⟦五十万",
     "政策包的 programmes d24-one 的 total 的值“五十万”不对（期望 非负整数）"),
    ("a date that does not exist", "in_force_from: 2024-01-01", "in_force_from: ⟦2024-02-30",
     "政策包的 document 的 in_force_from 的值“2024-02-30”不对（期望 真实存在的日期 YYYY-MM-DD）"),
    ("a date as text", "in_force_from: 2024-01-01", "in_force_from: ⟦2024年1月1日",
     "政策包的 document 的 in_force_from 的值“2024年1月1日”不对（期望 日期 YYYY-MM-DD）"),
    ("a list where a mapping belongs", "document:\n  title: 示范通知\n  issuer: null\n  number: null\n  date: null\n  in_force_from: 2024-01-01\n", "document: ⟦[示范通知]\n",
     "政策包的 document 的值“列表”不对（期望 键值对）"),
    ("a text where a list belongs", "applicants: [prov_society]", "applicants: ⟦prov_society",
     "政策包的 programmes d24-one 的 applicants 的值“prov_society”不对（期望 列表）"),
    ("a word where yes or no belongs", "year: 2024", "year: 2024\n    already_decided: ⟦maybe",
     "政策包的 programmes d24-one 的 already_decided 的值“maybe”不对（期望 true 或 false）"),
    ("an unknown applicant kind", "[prov_society]", "[⟦prov_societies]",
     "政策包的 programmes d24-one 的 applicants 的值“prov_societies”不对（期望 其中之一：申报主体代码，如 prov_society）"),
    ("an unknown variant", "variant: base", "variant: ⟦basic",
     f"政策包的 programmes d24-one 的 variant 的值“basic”不对（期望 其中之一：{'、'.join(VARIANTS)}）"),
    ("an unknown predicate", "predicate: fact_true", "predicate: ⟦fact_ture",
     f"政策包的 programmes d24-one 的 checks 的 predicate 的值“fact_ture”不对（期望 其中之一：{'、'.join(PREDICATES)}）"),
    ("an unknown fact type", "type: text}", "type: ⟦string}",
     "政策包的 management 的 facts unit.note 的 type 的值“string”不对（期望 其中之一：date、bool、int、decimal、text、enum、records、money）"),
    ("a duty that the program does not know", "duties: [completion]", "duties: [⟦complete]",
     f"政策包的 programmes d24-one 的 duties 的值“complete”不对（期望 其中之一：{'、'.join(DUTY_SLUGS)}）"),
    ("a malformed length", "length: W5", "length: ⟦五天",
     "政策包的 management 的 duties completion 的 length 的值“五天”不对（期望 期限，如 P3M、P10D 或 W5）"),
    ("a malformed rule id", "rule: R-ELIG-05", "rule: ⟦ELIG-5",
     "政策包的 programmes d24-one 的 checks 的 rule 的值“ELIG-5”不对（期望 规则编号，如 R-ELIG-01）"),
    ("a fact that is not declared", "facts: [event.level]", "facts: [⟦event.levle]",
     "facts 中的“event.levle”未声明（期望 本包或所继承的包已声明的事实）"),
    ("a duty that is not declared", "duties: [completion]", "duties: [⟦cycle_summary]",
     "duties 中的“cycle_summary”未声明（期望 management.duties 已声明的期限事项）"),
    ("a predicate without its parameter", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: ⟦fact_true, ",
     "判断 fact_true 缺少参数“fact”（期望 必填）"),
    ("a parameter that the predicate does not take", "{fact: unit.sound}", "{fact: unit.sound, ⟦facts: 1}",
     "判断 fact_true 没有参数“facts”（期望 fact）"),
    ("a total that is not quota times amount", "total: 500000", "total: ⟦600000",
     "总额 600000 与名额×金额不符（期望 5 × 100000 = 500000）"),
    ("a total without an amount", "    amount: [{from: 2024-01-01, value: 100000, rule: R-PROG-01, quote: 每个10万元}]\n    total: 500000", "    total: ⟦500000",
     "有总额却缺名额或每项金额（期望 quota、amount、total 同时给出）"),
    ("dates that do not ascend", "from: 2025-01-01, value: 7", "from: ⟦2023-01-01, value: 7",
     "生效日 2023-01-01 未晚于上一条 2024-01-01（期望 由早到晚、互不重叠）"),
    ("two entries of the same day", "from: 2025-01-01, value: 7", "from: ⟦2024-01-01, value: 7",
     "生效日 2024-01-01 未晚于上一条 2024-01-01（期望 由早到晚、互不重叠）"),
    ("a setting of the wrong type", "value: 7", "value: ⟦七",
     "设置 publicity_workdays 的值“七”类型不对（期望 整数）"),
    ("an unknown setting", "    publicity_workdays:\n", "    ⟦publicity_days:\n",
     f"政策包的 management 的 settings 的值“publicity_days”不对（期望 其中之一：{'、'.join(SETTINGS)}）"),
    ("a quote without a clause", "clause: 一、, quote: 工作方案", "quote: ⟦工作方案",
     "有原文却没有条款位置（期望 clause）"),
    ("a value with neither quote nor reason", "- {from: 2025-01-01, value: 7, rule: R-AMB-30, why: 新例。}", "- ⟦{from: 2025-01-01, value: 7, rule: R-AMB-30}",
     "既无原文也无理由（期望 clause 与 quote，或以 why 说明默认值的理由）"),
    ("a document that is not declared", "clause: 一、, quote: 工作方案", "document: ⟦other, clause: 一、, quote: 工作方案",
     "引用的文件“other”未声明（期望 document 或 documents 中的代码）"),
    ("a parent that is not declared", "    title: 示范项目\n", "    title: 示范项目\n    parent: ⟦d24-none\n",
     "上级“d24-none”未声明（期望 groups 或 programmes 中的代码）"),
    ("no applicants at all", "    title: 示范项目\n    year: 2024\n    applicants: [prov_society]\n", "    ⟦title: 示范项目\n    year: 2024\n",
     "未写明申报主体（期望 applicants，本类或其上级写一次）"),
    ("a line that stands above itself", "    title: 示范项目\n", "    title: 示范项目\n    parent: ⟦d24-one\n",
     "上级“d24-one”又在“d24-one”之下（期望 不循环）"),
    ("a required child that is not declared", "    duties: [completion]\n", "    duties: [completion]\n    required_children: [⟦d24-two]\n",
     "须同时申报的“d24-two”未声明（期望 groups 或 programmes 中的代码）"),
    ("a parent project of an unknown programme", "    duties: [completion]\n", "    duties: [completion]\n    child_of: ⟦d24-two\n",
     "上级项目的类别“d24-two”未声明（期望 programmes 中的代码）"),
    ("an applicant kind of another province", "[prov_society]", "[⟦fj_society]",
     "申报主体“省级学会（协会、研究会）(福建)”不是本省的（期望 henan 的申报主体）"),
    ("a role that nobody has in this province", "owed_to: prov_association", "owed_to: ⟦academic_department",
     "本省没有人担任“省科协学会学术部”（academic_department）（期望 本省文件规定的角色）"),
    ("a role that is no role", "owed_to: prov_association", "owed_to: ⟦association",
     "政策包的 management 的 duties completion 的 owed_to 的值“association”不对（期望 其中之一：角色代码，如 undertaking_unit）"),
    ("steps left out so that a state is never reached", "    duties: [completion]\n", "    duties: [completion]\n    without: ⟦[submit_rectification]\n",
     "省去这些步骤后，基本流程：rectification_submitted: 从 draft 无法到达（期望 各状态可达且有出路）"),
    ("a step left out that the lifecycle does not have", "    duties: [completion]\n", "    duties: [completion]\n    without: [⟦chair_pass]\n",
     "“基本流程”没有“主席办公会议通过”这一步（期望 该流程的办理动作）"),
    ("a step that is no step", "    duties: [completion]\n", "    duties: [completion]\n    without: [⟦midterm]\n",
     "政策包的 programmes d24-one 的 without 的值“midterm”不对（期望 其中之一：办理动作代码，如 midterm_open）"),
    ("a paper of a step that the lifecycle does not have", "    duties: [completion]\n", "    duties: [completion]\n    materials:\n      minutes: {label: 纪要, action: ⟦chair_pass, why: 备查。}\n",
     "材料所属的“主席办公会议通过”不在本类流程之内（期望 该流程的办理动作）"),
    ("a setting outside its choices", "    publicity_workdays:\n", "    midterm_at:\n      - {from: 2024-01-01, value: ⟦halfway, rule: R-AMB-19, why: 惯例。}\n    publicity_workdays:\n",
     "设置 midterm_at 的值“halfway”不对（期望 midpoint）"),
    ("a day that a month does not have", "    publicity_workdays:\n", "    monthly_due_day:\n      - {from: 2024-01-01, value: ⟦32, rule: R-AMB-18, why: 惯例。}\n    publicity_workdays:\n",
     "设置 monthly_due_day 的值“32”不对（期望 0—31 的整数）"),
    ("a day that does not come every year", "    publicity_workdays:\n", "    annual_plan_due:\n      - {from: 2024-01-01, value: ⟦02-29, rule: R-DL-20, why: 惯例。}\n    publicity_workdays:\n",
     "设置 annual_plan_due 的值“02-29”不对（期望 每年都有的一日，如 01-31）"),
    ("a choice that is no text", "programmes:\n", "readings:\n  R-AMB-33: {choice: ⟦5, why: 原文为每个项目。}\nprogrammes:\n",
     "政策包的 readings R-AMB-33 的 choice 的值“5”不对（期望 文字；数字样的文字请加引号）"),
    ("a choice of no ambiguity", "programmes:\n", "readings:\n  ⟦R-ELIG-33: {choice: 总额, why: 惯例。}\nprogrammes:\n",
     "政策包的 readings 的值“R-ELIG-33”不对（期望 取舍编号，如 R-AMB-16）"),
    ("a sum of projects that is not that of the lines", "programmes:\n", "sums: {projects: ⟦6, total: 500000, rule: R-PROG-49, why: 合计。}\nprogrammes:\n",
     "项目总数 6 与各类名额之和不符（期望 5）"),
    ("a sum of money that is not that of the lines", "programmes:\n", "sums: {projects: 5, total: ⟦1, rule: R-PROG-49, why: 合计。}\nprogrammes:\n",
     "资金总额 1 与各类总额之和不符（期望 500000）"),
    ("a heading whose total is not that of its lines", "programmes:\n  d24-one:\n", "groups:\n  d24-all: {title: 全部, rule: R-PROG-02, clause: {title: 一、}, quote: 全部, total: ⟦1}\nprogrammes:\n  d24-one:\n    parent: d24-all\n",
     "总额 1 与各子类之和不符（期望 500000）"),
    ("a heading whose quota is not that of its lines", "programmes:\n  d24-one:\n", "groups:\n  d24-all: {title: 全部, rule: R-PROG-02, clause: {title: 一、}, quote: 全部, quota: ⟦[{from: 2024-01-01, value: 4, rule: R-PROG-02, why: 合计。}]}\nprogrammes:\n  d24-one:\n    parent: d24-all\n",
     "名额 4 与各子类之和不符（期望 5）"),
    ("a level that no event has", "year: 2024", "year: 2024\n    targets:\n      many: {label: 若干, cmp: ge, number: 1, when: [⟦galactic], rule: R-TGT-001, clause: 一、, quote: 若干}",
     "政策包的 programmes d24-one 的 targets many 的 when 的值“galactic”不对（期望 其中之一：international、national、provincial）"),
    ("an enum without values", "event.level: {label: 级别, type: enum, values: [a, b], value_labels: [甲, 乙]}", "event.level: ⟦{label: 级别, type: enum}",
     "枚举型事实没有取值（期望 values 列表）"),
    ("labels that do not match the values", "value_labels: [甲, 乙]", "value_labels: ⟦[甲]",
     "取值与其中文名个数不同（期望 一一对应）"),
    ("a comparison without a number", "year: 2024", "year: 2024\n    targets:\n      many: ⟦{label: 若干, cmp: ge, rule: R-TGT-001, clause: 一、, quote: 若干}",
     "指标有比较方式却没有数值（期望 number，或 cmp: done）"),
    ("a pack to inherit that is nowhere", "province: henan", "province: henan\ninherits: ⟦henan-1999@1",
     "找不到所继承的政策包“henan-1999”（期望 同一目录或随程序提供的 henan-1999.yaml）"),
    ("another version than the one inherited", "province: henan", "province: henan\ninherits: ⟦henan-2020@9",
     "所继承的版本不符：henan-2020 现为第 1 版（期望 henan-2020@1）"),
    ("a pack that inherits itself", "province: henan", "province: henan\ninherits: ⟦demo-2024@3",
     "政策包循环继承“demo-2024”（期望 不回到自身）"),
    ("a tag that would build an object", "version: 3", "version: ⟦!!python/object/apply:os.getcwd []",
     "政策包的 version 的值“列表”不对（期望 整数版本号）"),
    ("text that is no YAML", "province: henan", 'province: henan\nnotes: "x" ⟦y',
     "YAML 语法不对：缩进不齐，或者引号、括号之后还有内容（期望 合法的 YAML）"),
    ("a day that is none", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: born_since, params: {fact: unit.since, cutoff: ⟦很早}, ",
     "判断 born_since 的参数 cutoff 的值“很早”不对（期望 日期 YYYY-MM-DD）"),
    ("a count that is none", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: mentor_team, params: {at_least: ⟦三}, ",
     "判断 mentor_team 的参数 at_least 的值“三”不对（期望 大于零的整数）"),
    ("a fact that nobody declares", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: fact_true, params: {fact: ⟦unit.suond}, ",
     "判断 fact_true 的参数 fact 中的事实“unit.suond”未声明（期望 本包或所继承的包已声明的事实）"),
    ("a fact of another type", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: fact_true, params: {fact: ⟦unit.note}, ",
     "判断 fact_true 的参数 fact 中的事实“unit.note”的类型是 text（期望 bool 类型的事实）"),
    ("a paper that nobody declares", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: papers_filed, params: {materials: [work_plan, ⟦work_paln]}, ",
     "判断 papers_filed 的参数 materials 中的材料“work_paln”未声明（期望 materials 中的代码）"),
    ("a line that is not there", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: children_submitted, params: {each: [⟦d24-noe]}, ",
     "判断 children_submitted 的参数 each 中的项目类别“d24-noe”未声明（期望 groups 或 programmes 中的代码）"),
    ("a kind that no applicant is", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: partners_joined, params: {at_least: 1, kinds: [⟦school]}, ",
     "判断 partners_joined 的参数 kinds 的值“school”不对（期望 其中之一：prov_society、city_kx、jiyuan_kx、host_university、host_enterprise、host_hospital、media_platform、method_base、univ_kx、ent_kx、fj_society、fj_county_kx、fj_city_kx、fj_univ_kx、fj_pingtan_kx、fj_association）"),
    ("a list that is empty", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: papers_filed, params: {materials: ⟦[]}, ",
     "判断 papers_filed 的参数 materials 是空的列表（期望 至少一项）"),
    ("a word where a list is asked for", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: papers_filed, params: {materials: ⟦work_plan}, ",
     "判断 papers_filed 的参数 materials 的值“work_plan”不对（期望 列表，每项为材料代码）"),
    ("a list where a word is asked for", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: fact_true, params: {fact: ⟦[unit.sound]}, ",
     "判断 fact_true 的参数 fact 的值“列表”不对（期望 事实名称）"),
    ("a value that the fact never has", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: fact_in, params: {fact: event.level, allowed: [a, ⟦c]}, ",
     "判断 fact_in 的参数 allowed 的值“c”不是事实“event.level”的取值（期望 其中之一：a、b）"),
    ("a host of a kind that nobody knows", "predicate: fact_true, params: {fact: unit.sound}, ", "predicate: co_hosts, params: {wanted: [⟦大学]}, ",
     "判断 co_hosts 的参数 wanted 的值“大学”不对（期望 其中之一：全国学会、河南省科协、地方政府、省辖市政府）"),
    ("a limit of none", "    duties: [completion]\n", "    duties: [completion]\n    limit_per_unit: {value: ⟦0, rule: R-ELIG-46, quote: 限报}\n",
     "政策包的 programmes d24-one 的 limit_per_unit 的 value 的值“0”不对（期望 大于零的整数）"),
    ("a duration of none", "    duties: [completion]\n", "    duties: [completion]\n    duration_months: {value: ⟦0, rule: R-DL-08, quote: 周期}\n",
     "政策包的 programmes d24-one 的 duration_months 的 value 的值“0”不对（期望 大于零的整数）"),
    ("a telephone that is none", "    duties: [completion]\n", "    duties: [completion]\n    phone: ⟦abc\n",
     "政策包的 programmes d24-one 的 phone 的值“abc”不对（期望 电话号码，如 0371-65707080；几个号码以顿号隔开）"),
    ("an address that is none", "    duties: [completion]\n", "    duties: [completion]\n    email: ⟦abc\n",
     "政策包的 programmes d24-one 的 email 的值“abc”不对（期望 电子邮箱，如 office@example.org）"),
    ("a quota of a later year", "quota: [{from: 2024-01-01,", "quota: [{from: ⟦2025-01-01,",
     "生效日 2025-01-01 晚于项目年度 2024（期望 不晚于该年年底）"),
    ("a lifting fact that nobody declares", "year: 2024", "year: 2024\n    targets:\n      many: {label: 若干, cmp: done, unless: ⟦event.secret, rule: R-TGT-001, clause: 一、, quote: 若干}",
     "unless 的事实“event.secret”未声明（期望 本包或所继承的包已声明的事实）"),
    ("a rule that is in no register", "rule: R-ELIG-05, name", "rule: ⟦R-ELIG-\x39\x39, name",
     "没有编号为 R-ELIG-\x39\x39 的规则（期望 R-ELIG-49、R-ELIG-39）"),
    ("an ambiguity that is in no register", "programmes:\n", "readings:\n  ⟦R-AMB-\x39\x39: {choice: 总额, why: 惯例。}\nprogrammes:\n",
     "没有编号为 R-AMB-\x39\x39 的规则（期望 R-AMB-49、R-AMB-39）"),
    ("a tab before a key", "    title: 示范项目", "⟦\t  title: 示范项目",
     "YAML 语法不对：不能以制表符或 @、` 等开头，缩进请用空格，文字请加引号（期望 合法的 YAML）"),
    ("a bracket that is not closed", "duties: [completion]\n", "duties: [completion\n⟦",
     "YAML 语法不对：方括号没有配对，或者缺少逗号（期望 合法的 YAML）"),
    ("a colon too many", "title: 示范项目", "title: 示范⟦: 项目",
     "YAML 语法不对：一行中多出一个冒号，含冒号的文字请加引号（期望 合法的 YAML）"),
    ("a sign that nobody sees", "title: 示范项目", "title: 示范⟦\x07项目",
     "YAML 语法不对：有不可显示的控制字符，请删去（期望 合法的 YAML）"),
    ("a backslash that means nothing", "title: 示范项目", 'title: "示范⟦\\q项目"',
     "YAML 语法不对：双引号之内有不认识的反斜杠写法，请改用单引号（期望 合法的 YAML）"),
    ("days after the due date out of order", "met_by: action, why: 惯例。}", "met_by: action, after: [7, ⟦1], why: 惯例。}",
     "after 的 1 未晚于前一项 7（期望 由小到大）"),
    ("a ladder out of order", "met_by: action, why: 惯例。}", "met_by: action, escalate: [{after: 7, to: superior}, {after: ⟦7, to: clerk}], why: 惯例。}",
     "escalate 的 after 7 未晚于上一级 7（期望 由小到大）"),
    ("a level that is told twice", "met_by: action, why: 惯例。}", "met_by: action, escalate: [{after: 7, to: clerk}, {after: 8, to: ⟦clerk}], why: 惯例。}",
     "escalate 中“clerk”重复（期望 每一级只写一次）"),
    ("a level that is no office", "met_by: action, why: 惯例。}", "met_by: action, escalate: [{after: 7, to: ⟦applicant}], why: 惯例。}",
     "政策包的 management 的 duties completion 的 escalate 的 to 的值“applicant”不对（期望 其中之一：superior（登记的上级单位）或科协内部的角色代码）"),
    ("a suggested date with a ladder", "met_by: action, why: 惯例。}", "met_by: action, suggested: true, escalate: ⟦[{after: 7, to: clerk}], why: 惯例。}",
     "建议日期不会逾期，不能逐级督促（期望 不写 escalate）"),
    ("a ladder without a reminder", "met_by: action, why: 惯例。}", "met_by: action, after: [], escalate: ⟦[{after: 7, to: clerk}], why: 惯例。}",
     "没有逾期提醒就不能逐级督促（期望 after 中至少一天）"),
    ("hours that are none", "    publicity_workdays:\n", "    send_hours:\n      - {from: 2024-01-01, value: ⟦八点半, rule: R-DL-02, why: 惯例。}\n    publicity_workdays:\n",
     "设置 send_hours 的值“八点半”不对（期望 工作日的起止时刻，如 08:30-17:30；或 always（随时））"),
]
# fmt: on


@pytest.mark.parametrize(
    ("sound", "broken", "message"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN]
)
def test_a_faulty_pack_is_refused_at_its_line_and_column(
    tmp_path: Path, sound: str, broken: str, message: str
) -> None:
    assert SOUND.count(sound) == 1
    marked = SOUND.replace(sound, broken)
    before = marked[: marked.index("⟦")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    path = written(tmp_path, marked.replace("⟦", ""))

    assert check_files([path], register().keys()) == [f"{path}:{place}: {message}"]


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
        "24",
        "32",
        "39",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1: 文件为空（期望 政策包）"),
        ("标题".encode("gbk"), "1:1: 文件编码不对（期望 UTF-8）"),
        ("标题".encode("utf-16"), "1:1: 文件是 UTF-16 编码（期望 UTF-8，请另存为 UTF-8）"),
        (b"#" * (2 * 2**20 + 1), "1:1: 文件过大（期望 不超过 2 MB）"),
    ],
)
def test_a_file_that_holds_no_text_of_ours_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "demo.yaml"
    path.write_bytes(content)

    assert check_files([path]) == [f"{path}:{message}"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = check_files([tmp_path / "none.yaml"])

    assert found == [f"{tmp_path}/none.yaml:1:1: 无法打开文件：文件不存在（期望 可读的 YAML 文件）"]


def test_two_packs_may_not_use_one_programme_code(tmp_path: Path) -> None:
    first = written(tmp_path, SOUND)
    second = written(tmp_path, SOUND.replace("demo-2024", "demo-2025"), "demo-2025.yaml")

    assert check_files([first, second]) == [
        f"{second}:1:1: 代码“d24-one”与 {first} 重复（期望 全部政策包中唯一）"
    ]


def test_a_circle_of_two_lines_is_told_and_not_followed(tmp_path: Path) -> None:
    second = (
        SOUND[SOUND.index("  d24-one:\n") :]
        .replace("d24-one", "d24-two")
        .replace("title: 示范项目", "title: 另一项目\n    parent: d24-one")
    )
    first = SOUND.replace("    title: 示范项目\n", "    title: 示范项目\n    parent: d24-two\n", 1)
    found = check_files([written(tmp_path, first + second)])

    assert [message for message in found if "期望 不循环" in message]
