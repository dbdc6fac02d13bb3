"""Channels through the command line: who is told by which, and one test message by each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.driver import Practice
from tests.cli import Ran, application
from tests.mail_server import MailHost, free_port
from tests.robot_host import Answer, RobotHost

PROJECT = "h23-young-talent-0001"
HOOKS = {
    "WECOM": "/cgi-bin/webhook/send?key=693a91f6",
    "DINGTALK": "/robot/send?access_token=693a91f6",
    "FEISHU": "/open-apis/bot/v2/hook/693a91f6",
}


@pytest.fixture
def real(tmp_path: Path) -> Practice:
    """A real store with somebody who is no administrator."""
    office = Practice(tmp_path / "home")
    office.done("init")
    for login, role in (("clerk", "clerk"), ("checker", "form_checker"), ("association", "prov_association")):
        office.done("users", "add", login)
        office.done("users", "grant", login, role, "--province", "henan")
    return office


@pytest.fixture
def host() -> Iterator[RobotHost]:
    opened = RobotHost()
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def mail_host() -> Iterator[MailHost]:
    opened = MailHost()
    opened.start()
    yield opened
    opened.stop()


def use(patch: pytest.MonkeyPatch, **settings: object) -> None:
    for name, value in settings.items():
        patch.setenv(f"LIFECYCLE_{name}", str(value))


def robots(patch: pytest.MonkeyPatch, host: RobotHost) -> None:
    use(patch, **{f"{name}_WEBHOOK": host.address + path for name, path in HOOKS.items()})


def texts(host: RobotHost) -> list[str]:
    bodies = [told.body.get("text") or told.body["content"] for told in host.told]
    return [body.get("content") or body["text"] for body in bodies]


def test_a_role_is_told_by_mail_and_by_the_robots_of_its_route_and_letters_go_by_mail_alone(
    real: Practice, host: RobotHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots(monkeypatch, host)
    use(monkeypatch, ROUTES="applicant=wecom,feishu；prov_association=dingtalk")
    real.done("call", "open", "h23-young-talent", by="clerk")
    real.done("apply", real.write("a.json", [application("示例人才项目")]), by="clerk")
    real.done("trigger", "accept_for_form_review", PROJECT, by="checker")
    receipts = real.notices(PROJECT, kind="acknowledgement")
    assert [(one["channel"], one["key"].rpartition(".")[2]) for one in receipts] == [
        ("mail", "mail"), ("wecom", "wecom"), ("feishu", "feishu"),
    ]  # fmt: skip
    assert len({one["key"].rpartition(".")[0] for one in receipts}) == 1
    real.done("trigger", "form_reject", PROJECT, "--reason", "材料不全", by="checker")
    assert [one["channel"] for one in real.notices(PROJECT, kind="form_failed_letter")] == ["mail"]

    sent = real.done("notices", "deliver")
    assert (sent["sent"], sent["unreachable"]) == (3, {})
    assert [one["to"] for one in real.notices(PROJECT, status="sent")] == [
        "li@example.com", "企业微信群", "飞书群",
    ]  # fmt: skip
    first, second = texts(host)
    assert first == second
    assert first.startswith("受理回执：“示例人才项目”\n\n")
    assert len(real.mail()) == 1


def test_what_one_channel_cannot_take_is_told_while_the_others_deliver(
    real: Practice, host: RobotHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots(monkeypatch, host)
    use(monkeypatch, ROUTES="applicant=wecom,dingtalk")
    real.done("call", "open", "h23-young-talent", by="clerk")
    real.done("apply", real.write("a.json", [application("示例人才项目")]), by="clerk")
    real.done("trigger", "accept_for_form_review", PROJECT, by="checker")
    host.answers.append(Answer({"errcode": 93000, "errmsg": "invalid webhook url, hint: [1]"}))
    ran = real.run("notices", "deliver")
    assert ran.status == 0
    assert "已发送 2 件" in ran.out
    refused = "企业微信机器人拒绝：93000 invalid webhook url, hint: [1]（机器人地址无效，请检查 LIFECYCLE_WECOM_WEBHOOK）"
    assert f"{refused}；该渠道的通知原样等待。" in _words(ran)
    (waiting,) = real.notices(PROJECT, status="pending")
    assert (waiting["channel"], waiting["attempts"], waiting["error"]) == ("wecom", 0, refused)


# fmt: off
ANSWERS = [
    # channel, what the robot answers, exit status, words
    ("wecom",    Answer({"errcode": 0, "errmsg": "ok"}),                          0, "测试通知已由企业微信发给 企业微信群。对方答复：0 ok"),
    ("钉钉",     Answer({"errcode": 0, "errmsg": "ok"}),                          0, "测试通知已由钉钉发给 钉钉群。对方答复：0 ok"),
    ("feishu",   Answer({"code": 0, "msg": "success"}),                           0, "测试通知已由飞书发给 飞书群。对方答复：0 success"),
    ("wecom",    Answer({"errcode": 93000, "errmsg": "invalid webhook url"}),     3, "请检查 LIFECYCLE_WECOM_WEBHOOK"),
    ("dingtalk", Answer({"errcode": 310000, "errmsg": "sign not match"}),         3, "签名不符，请检查 LIFECYCLE_DINGTALK_SECRET"),
    ("feishu",   Answer({"code": 19024, "msg": "Key Words Not Found"}),           3, "不含所设关键词"),
    ("wecom",    Answer({}, status=302, headers={"Location": "/"}),               3, "不予跟随；请检查 LIFECYCLE_WECOM_WEBHOOK"),
    ("wecom",    Answer({"errcode": 45009, "errmsg": "api freq out of limit"}),   8, "每个机器人每分钟最多 20 条"),
    ("wecom",    Answer(status=500),                                              8, "答复 HTTP 500"),
    ("wecom",    Answer(manner="hang"),                                           8, "1 秒内没有答复"),
]
# fmt: on


@pytest.mark.parametrize(("channel", "answer", "status", "words"), ANSWERS, ids=str)
def test_a_robot_is_tried_by_one_message_and_its_answer_is_told(
    real: Practice, host: RobotHost, monkeypatch: pytest.MonkeyPatch, channel: str, answer: Answer,
    status: int, words: str,
) -> None:  # fmt: skip
    robots(monkeypatch, host)
    use(monkeypatch, ROBOT_TIMEOUT=1, DINGTALK_SECRET="SECgeheim")
    host.answers.append(answer)
    ran = real.run("notices", "test", channel)
    assert ran.status == status
    assert words in _words(ran)
    assert "693a91f6" not in ran.out + ran.err
    assert "SECgeheim" not in ran.out + ran.err
    (told,) = texts(host)
    assert told.startswith("测试通知：")
    assert real.done("notices")["notices"] == []


def test_a_robot_that_is_away_or_not_set_is_told_with_what_to_set(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = real.run("notices", "test", "wecom")
    assert (unset.status, "请设 LIFECYCLE_WECOM_WEBHOOK" in unset.err) == (3, True)
    use(monkeypatch, WECOM_WEBHOOK=f"http://127.0.0.1:{free_port()}/send?key=693a91f6")
    away = real.run("notices", "test", "wecom")
    assert (away.status, "无法连接：对方拒绝连接" in away.err) == (8, True)


def test_mail_is_tried_at_the_server_or_as_a_file(
    real: Practice, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert real.run("notices", "test", "mail").status == 2
    filed = real.run("notices", "test", "mail", "--to", "a@example.org")
    assert filed.status == 0
    assert "没有设置邮件服务器，只写成了文件" in _words(filed)
    assert len(real.mail()) == 1

    use(monkeypatch, MAIL_CHANNEL="smtp", SMTP_HOST="127.0.0.1", SMTP_PORT=mail_host.port)
    answered = real.done("notices", "test", "邮件", "--to", "a@example.org")
    assert answered == {"channel": "mail", "to": ["a@example.org"], "sent": True, "answer": "250 OK"}
    mail_host.answers |= {"RCPT": ["550 no such user"]}
    refused = real.ask("notices", "test", "mail", "--to", "a@example.org")
    assert (refused.status, refused.json["error"]["code"]) == (3, "refused")
    mail_host.answers |= {"MAIL": ["553 not yours"]}
    refused = real.run("notices", "test", "mail", "--to", "a@example.org")
    assert (refused.status, "LIFECYCLE_SMTP_SENDER" in refused.err) == (3, True)
    mail_host.answers |= {"DATA": ["451 later"]}
    assert real.run("notices", "test", "mail", "--to", "a@example.org").status == 8
    use(monkeypatch, SMTP_PORT=free_port())
    assert real.run("notices", "test", "mail", "--to", "a@example.org").status == 8
    assert len(mail_host.mails) == 1


# fmt: off
MISUSED = [
    (("pigeon",),                        2, "没有名为“pigeon”的发送渠道，应为：mail（邮件）、wecom（企业微信）、dingtalk（钉钉）、feishu（飞书）"),
    (("wecom", "--to", "a@example.org"), 2, "不能用 --to"),
    (("mail", "--to", "张三"),           2, "不是邮箱地址"),
]
SETTINGS = [
    ("ROUTES",         "prov_asso=wecom",                2, "环境变量 LIFECYCLE_ROUTES 的值“prov_asso=wecom”无效，应为形如"),
    ("ROUTES",         "clerk=mail",                     2, "环境变量 LIFECYCLE_ROUTES"),
    ("ROUTES",         "clerk=wecom;clerk=feishu",       2, "环境变量 LIFECYCLE_ROUTES"),
    ("ROUTES",         "clerk=wecom,wecom",              2, "环境变量 LIFECYCLE_ROUTES"),
    ("ROUTES",         "clerk",                          2, "环境变量 LIFECYCLE_ROUTES"),
    ("ROUTES",         "clerk=dingtalk",                 2, "没有设置 LIFECYCLE_DINGTALK_WEBHOOK"),
    ("WECOM_WEBHOOK",  "http://example.org/send?key=k1", 2, "环境变量 LIFECYCLE_WECOM_WEBHOOK 的值无效，应为群机器人的完整 Webhook 地址"),
    ("FEISHU_WEBHOOK", "geheim",                         2, "环境变量 LIFECYCLE_FEISHU_WEBHOOK 的值无效"),
    ("PROXY",          "geheim",                         2, "环境变量 LIFECYCLE_PROXY 的值无效，应为代理地址"),
    ("CA_FILE",        "/nowhere/ca.pem",                2, "环境变量 LIFECYCLE_CA_FILE 的值“/nowhere/ca.pem”无效，应为能读取的文件"),
]
# fmt: on


@pytest.mark.parametrize(("words", "status", "said"), MISUSED)
def test_a_channel_that_cannot_be_meant_is_refused(
    real: Practice, host: RobotHost, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], status: int,
    said: str,
) -> None:  # fmt: skip
    robots(monkeypatch, host)
    ran = real.run("notices", "test", *words)
    assert (ran.status, said in _words(ran)) == (status, True)
    assert host.told == []


@pytest.mark.parametrize(("name", "value", "status", "said"), SETTINGS)
def test_a_setting_that_cannot_be_meant_is_named_and_no_secret_is_shown(
    real: Practice, monkeypatch: pytest.MonkeyPatch, name: str, value: str, status: int, said: str
) -> None:
    use(monkeypatch, **{name: value})
    ran = real.run("notices", "test", "wecom")
    assert (ran.status, said in _words(ran)) == (status, True)
    assert "geheim" not in ran.out + ran.err
    assert "k1" not in ran.out + ran.err


def test_only_an_administrator_tries_a_channel(real: Practice) -> None:
    real.done("users", "add", "helper")
    helped = real.ask("notices", "test", "mail", "--to", "a@example.org", by="association")
    assert helped.status == 4


def test_from_a_practice_store_nothing_leaves(
    furnished: Path, tmp_path: Path, host: RobotHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots(monkeypatch, host)
    use(monkeypatch, ROUTES="applicant=wecom")
    practice = Practice.copied(furnished, tmp_path)
    for channel in ("wecom", "mail"):
        ran = practice.run("notices", "test", channel)
        assert (ran.status, "这是演练库：什么也不发到外面" in ran.out) == (0, True)
    project = practice.talent()
    practice.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    assert practice.done("notices", "deliver", on="2023-03-03")["sent"] == 2
    assert host.told == []
    assert len(practice.mail()) == 2


def _words(ran: Ran) -> str:
    return (ran.out + ran.err).replace("\n", "")
