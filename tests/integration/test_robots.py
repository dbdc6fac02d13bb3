"""Group robots against a real web server: what each answer means, and that no key gets out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from notifications.channels import (
    Outgoing,
    PermanentFault,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
)
from notifications.dingtalk import DINGTALK
from notifications.feishu import FEISHU
from notifications.robot import RobotAddress, RobotChannel, Vendor
from notifications.wecom import MARKDOWN_LIMIT, TEXT_LIMIT, WECOM
from tests.mail_server import free_port
from tests.robot_host import Answer, RobotHost

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
SECRET = "SECthis-is-secret"
PATHS = {
    "wecom": f"/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"/robot/send?access_token={KEY}",
    "feishu": f"/open-apis/bot/v2/hook/{KEY}",
}
VENDORS = (WECOM, DINGTALK, FEISHU)
OUTGOING = Outgoing(
    key="h20-academic-event-0001.preparation_report..reminder.2020-06-30.before-7.prov_association.wecom",
    store_id="store-1",
    to=(),
    sender_name="河南省科学技术协会",
    subject="提醒：“示例论坛”筹备方案汇报（截止2020年6月30日）",
    body="河南省科学技术协会：\n\n　　“示例论坛”应于2020年6月30日前汇报筹备方案。\n",
    at=datetime(2020, 6, 23, 1, tzinfo=UTC),
)
CLOCK = 1599360473.25
PATIENCE = 0.4


@pytest.fixture
def host() -> Iterator[RobotHost]:
    opened = RobotHost()
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.name)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    made: Vendor = request.param
    return made


def robot(vendor: Vendor, base: str, secret: str | None = None, answer: Answer | None = None) -> RobotChannel:
    """A robot that waits long, but not where the answer never ends."""
    endless = answer is not None and answer.manner in ("hang", "drip")
    address = RobotAddress(base + PATHS[vendor.name], secret, timeout=PATIENCE if endless else 30)
    return RobotChannel(vendor, address, clock=lambda: CLOCK)


def tell(vendor: Vendor, base: str, outgoing: Outgoing = OUTGOING, secret: str | None = None) -> None:
    channel = robot(vendor, base, secret)
    channel.send(outgoing)
    channel.close()


def said(message: str, code: int) -> dict[str, object]:
    """An answer in the words of all three vendors."""
    return {"errcode": code, "errmsg": message, "code": code, "msg": message}


def fault_of(channel: RobotChannel, outgoing: Outgoing = OUTGOING) -> Exception:
    try:
        channel.send(outgoing)
    except (TemporaryFault, PermanentFault, UnreachableFault) as fault:
        return fault
    finally:
        channel.close()
    raise AssertionError("the message was taken")


# fmt: off
HTTP = [
    # what the server does, what it is to us, whether the channel rests, words
    (Answer(status=429, headers={"Retry-After": "120"}),                  TemporaryFault, True,  "答复 HTTP 429"),
    (Answer(status=500),                                                  TemporaryFault, True,  "答复 HTTP 500"),
    (Answer(said("ok", 0), status=503),                                   TemporaryFault, True,  "答复 HTTP 503"),
    (Answer(manner="hang"),                                               TemporaryFault, True,  "0.4 秒内没有答复"),
    (Answer({}, manner="drip"),                                           TemporaryFault, True,  "0.4 秒内没有答复"),
    (Answer(manner="drop"),                                               TemporaryFault, False, "没有答复就中断了连接"),
    (Answer(b"<html>\xff not what was asked for"),                        TemporaryFault, True,  "答复无法识别"),
    (Answer(b"[" * 60_000),                                               TemporaryFault, True,  "答复无法识别"),
    (Answer([]),                                                          TemporaryFault, True,  "答复无法识别"),
    (Answer({}),                                                          TemporaryFault, True,  "答复无法识别"),
    (Answer({}, status=302, headers={"Location": "http://127.0.0.1:9/"}), SettingsFault,  False, "不予跟随"),
    (Answer({}, status=404),                                              SettingsFault,  False, "HTTP 404"),
    (Answer({}, status=413),                                              PermanentFault, False, "HTTP 413"),
    (Answer(said("no such thing", 123456)),                               PermanentFault, False, "123456 no such thing"),
]
CODES = [
    # vendor, code and words, what it is to us
    (WECOM,    -1,     "system busy",                                          TemporaryFault),
    (WECOM,    45009,  "api freq out of limit, from ip: 1.2.3.4",              TemporaryFault),
    (WECOM,    93000,  "invalid webhook url, hint: [1592021214]",              SettingsFault),
    (WECOM,    93000,  "Invalid input : content exceed max length.",           PermanentFault),
    (WECOM,    40058,  "markdown.content exceed max length 4096",              PermanentFault),
    (WECOM,    93004,  "robot is stopped",                                     SettingsFault),
    (DINGTALK, -1,     "系统繁忙",                                             TemporaryFault),
    (DINGTALK, 130101, "send too fast, exceed 20 times per minute",            TemporaryFault),
    (DINGTALK, 410100, "发送速度太快而限流",                                   TemporaryFault),
    (DINGTALK, 310000, "keywords not in content, more: [https://x.y/z]",       SettingsFault),
    (DINGTALK, 310000, "sign not match",                                       SettingsFault),
    (DINGTALK, 310000, "invalid timestamp",                                    SettingsFault),
    (DINGTALK, 310000, "ip 1.2.3.4 not in whitelist",                          SettingsFault),
    (DINGTALK, 300005, "token is not exist",                                   SettingsFault),
    (DINGTALK, 400102, "机器人已停用",                                         SettingsFault),
    (DINGTALK, 430102, "含有不合适的文本",                                     PermanentFault),
    (FEISHU,   9499,   "too many request",                                     TemporaryFault),
    (FEISHU,   9499,   "Bad Request",                                          PermanentFault),
    (FEISHU,   11232,  "frequency limited psm[lark.oapi.app]appID[1500]",      TemporaryFault),
    (FEISHU,   19001,  "param invalid: incoming webhook access token invalid", SettingsFault),
    (FEISHU,   19007,  "Bot Not Enabled",                                      SettingsFault),
    (FEISHU,   19021,  "sign match fail or timestamp is not within one hour",  SettingsFault),
    (FEISHU,   19022,  "Ip Not Allowed",                                       SettingsFault),
    (FEISHU,   19024,  "Key Words Not Found",                                  SettingsFault),
]
# fmt: on


def test_a_message_is_told_whole_to_the_group_of_the_address(vendor: Vendor, host: RobotHost) -> None:
    channel = robot(vendor, host.address)
    receipt = channel.send(OUTGOING)
    channel.close()
    assert (receipt.accepted, receipt.remark) == ((f"{vendor.name.label}群",), None)
    assert receipt.answer.startswith("0 ")
    (told,) = host.told
    assert f"{told.path}?key={told.query['key']}" if vendor is WECOM else told.path in PATHS[vendor.name]
    text = f"{OUTGOING.subject}\n\n{OUTGOING.body.strip()}"
    assert told.body == (
        {"msg_type": "text", "content": {"text": text}}
        if vendor is FEISHU
        else {"msgtype": "text", "text": {"content": text}}
        | ({"at": {"isAtAll": False}} if vendor is DINGTALK else {})
    )


@pytest.mark.parametrize(("answer", "kind", "rest", "words"), HTTP)
def test_what_a_web_server_may_do_is_understood(
    vendor: Vendor, host: RobotHost, answer: Answer, kind: type[Exception], rest: bool, words: str
) -> None:
    host.answers.append(answer)
    fault = fault_of(robot(vendor, host.address, answer=answer))
    assert type(fault) is kind
    assert words in str(fault)
    assert vendor.name.label in str(fault)
    assert isinstance(fault, TemporaryFault) is (kind is TemporaryFault)
    if isinstance(fault, TemporaryFault):
        assert fault.rest is rest
    assert len(host.told) == 1


@pytest.mark.parametrize(("vendor", "code", "words", "kind"), CODES, ids=lambda part: str(part)[:40])
def test_a_code_of_the_vendor_decides_although_the_status_is_200(
    host: RobotHost, vendor: Vendor, code: int, words: str, kind: type[Exception]
) -> None:
    host.answers.append(Answer(said(words, code)))
    fault = fault_of(robot(vendor, host.address, SECRET))
    assert type(fault) is kind
    assert str(fault).startswith(f"{vendor.name.label}机器人拒绝：{code} ")
    if isinstance(fault, TemporaryFault):
        assert fault.rest


def test_feishu_is_judged_by_its_code_even_where_the_older_field_says_success(host: RobotHost) -> None:
    host.answers += [
        Answer({"StatusCode": 0, "StatusMessage": "success", "code": 19021, "msg": "sign match fail"}),
        Answer({"Extra": None, "StatusCode": 0, "StatusMessage": "success"}),
    ]
    channel = robot(FEISHU, host.address)
    with pytest.raises(SettingsFault, match="19021"):
        channel.send(OUTGOING)
    assert channel.send(OUTGOING).answer == "0 success"
    channel.close()


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", 120.0),
        ("Sun, 06 Sep 2020 02:48:53 GMT", 59.75),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("soon", 0),
    ],
)
def test_a_wait_that_is_asked_for_is_kept(host: RobotHost, retry_after: str, wait: float) -> None:
    host.answers.append(Answer(status=429, headers={"Retry-After": retry_after}))
    fault = fault_of(robot(WECOM, host.address))
    assert isinstance(fault, TemporaryFault)
    assert fault.wait == wait


def test_nobody_there_is_not_a_fault_of_the_notice(vendor: Vendor) -> None:
    fault = fault_of(robot(vendor, f"http://127.0.0.1:{free_port()}"))
    assert type(fault) is UnreachableFault
    assert "无法连接" in str(fault)


def test_a_hang_costs_no_more_than_the_patience_for_it(vendor: Vendor, host: RobotHost) -> None:
    host.answers.append(hang := Answer(manner="hang"))
    began = time.monotonic()
    assert type(fault_of(robot(vendor, host.address, answer=hang))) is TemporaryFault
    assert time.monotonic() - began >= PATIENCE


def test_dingtalk_is_signed_in_the_address_with_milliseconds(host: RobotHost) -> None:
    tell(DINGTALK, host.address, secret=SECRET)
    (told,) = host.told
    signed = hmac.new(SECRET.encode(), f"1599360473250\n{SECRET}".encode(), hashlib.sha256).digest()
    assert told.query == {
        "access_token": KEY,
        "timestamp": "1599360473250",
        "sign": base64.b64encode(signed).decode(),
    }


def test_feishu_is_signed_in_the_body_with_seconds(host: RobotHost) -> None:
    tell(FEISHU, host.address, secret="demo")
    (told,) = host.told
    signed = hmac.new(b"1599360473\ndemo", b"", hashlib.sha256).digest()
    assert (told.body["timestamp"], told.body["sign"]) == ("1599360473", base64.b64encode(signed).decode())


LONG = "".join(
    f"{number:04}　“示例论坛<{number}>”_应于_2020年6月30日前*汇报*筹备方案；\n" for number in range(2000)
)


def test_a_text_too_long_for_the_vendor_is_cut_with_a_hint_where_to_read_on(
    vendor: Vendor, host: RobotHost
) -> None:
    tell(vendor, host.address, replace(OUTGOING, body=LONG))
    (told,) = host.told
    body = told.body.get("markdown") or told.body.get("text") or told.body["content"]
    text = body.get("content") or body["text"]
    limit = MARKDOWN_LIMIT if vendor is WECOM else 20_000
    assert limit * 0.85 < len(text.encode()) <= limit
    assert text.endswith(f"\n（内容较长，未完。全文见 lifecycle notices show {OUTGOING.key}）")
    assert len(str(told.body).encode()) < 20_480


def test_wecom_gets_markdown_only_where_text_is_too_short(host: RobotHost) -> None:
    channel = robot(WECOM, host.address)
    head = len(f"{OUTGOING.subject}\n\n".encode())
    for octets in (TEXT_LIMIT - head, TEXT_LIMIT - head + 1):
        channel.send(replace(OUTGOING, body="a" * octets))
    channel.close()
    assert [told.body["msgtype"] for told in host.told] == ["text", "markdown"]


@pytest.mark.parametrize("body", ['<at user_id="all">所有人</at>', "<@all>", "*重要*" * 400 + "<@all>"])
def test_no_title_can_call_on_everybody_or_change_its_form(host: RobotHost, body: str) -> None:
    for vendor in (WECOM, FEISHU):
        tell(vendor, host.address, replace(OUTGOING, body=body))
    for told in host.told:
        assert "<" not in str(told.body)
    assert "*" not in str([told.body for told in host.told if told.body.get("msgtype") == "markdown"])


def test_no_key_and_no_secret_gets_out(
    vendor: Vendor, host: RobotHost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"no: {KEY} {SECRET} {host.address}{PATHS[vendor.name]}"
    told = [repr(RobotAddress(host.address + PATHS[vendor.name], SECRET, proxy=f"http://u:{SECRET}@p"))]
    for answer in (
        Answer(said(echo, 1)),
        Answer(said(echo, 0)),
        Answer(manner="drop"),
        Answer(manner="hang"),
        Answer({}, status=302, headers={"Location": echo}),
    ):
        host.answers.append(answer)
        channel = robot(vendor, host.address, SECRET, answer)
        try:
            told.append(channel.send(OUTGOING).answer)
        except (TemporaryFault, PermanentFault, UnreachableFault) as fault:
            told += [str(fault), repr(fault), repr(fault.__cause__), repr(fault.args)]
        channel.close()
    told.append(str(fault_of(robot(vendor, f"http://127.0.0.1:{free_port()}", SECRET))))
    told += [record.getMessage() for record in caplog.records]
    assert [line for line in told if KEY in line or SECRET in line] == []


def test_a_robot_of_the_intranet_is_trusted_by_the_office_s_own_authority(
    tmp_path: Path,
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    host = RobotHost(context)
    host.start()
    address = RobotAddress(host.address + PATHS["wecom"], timeout=10)
    fault = fault_of(RobotChannel(WECOM, address))
    assert type(fault) is UnreachableFault
    assert "证书不受信任" in str(fault)
    assert "LIFECYCLE_CA_FILE" in str(fault)
    trusting = RobotChannel(WECOM, replace(address, ca_file=tmp_path / "authority.pem"))
    assert trusting.send(OUTGOING).answer == "0 ok"
    trusting.close()
    host.stop()
