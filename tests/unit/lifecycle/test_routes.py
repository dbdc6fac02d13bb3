"""Routes: what the setting may say, and which channels follow from it."""

from __future__ import annotations

import pytest

from lifecycle.routes import ROBOTS, ChannelName, channels_of, read_routes
from states.names import Role

WECOM, DINGTALK, FEISHU = ROBOTS
ROUTES = read_routes("prov_association=wecom,dingtalk;clerk=feishu")


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("", ()),
        ("clerk=feishu", ((Role.CLERK, (FEISHU,)),)),
        (" clerk = wecom , feishu ; ", ((Role.CLERK, (WECOM, FEISHU)),)),
        (
            "clerk=wecom，dingtalk；applicant=feishu",
            ((Role.CLERK, (WECOM, DINGTALK)), (Role.APPLICANT, (FEISHU,))),
        ),
    ],
)
def test_a_route_is_a_role_and_its_robots(text: str, routes: object) -> None:
    assert read_routes(text) == routes


@pytest.mark.parametrize(
    "text",
    ["clerk", "clerk=", "=wecom", "clerk=mail", "clerk=eml", "nobody=wecom", "clerk=wecom;clerk=feishu"],
)
def test_what_is_no_route_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_routes(text)


@pytest.mark.parametrize(
    ("receiver", "letter", "channels"),
    [
        ("prov_association", False, ["mail", "wecom", "dingtalk"]),
        ("prov_association", True, ["mail"]),
        ("clerk", False, ["mail", "feishu"]),
        ("undertaking_unit", False, ["mail"]),
        ("somebody else", False, ["mail"]),
    ],
)
def test_mail_goes_to_everybody_and_letters_by_mail_alone(
    receiver: str, letter: bool, channels: list[str]
) -> None:
    assert list(channels_of(ROUTES, receiver, letter=letter)) == channels


def test_every_channel_has_a_chinese_name() -> None:
    assert [name.label for name in ChannelName] == ["邮件", "企业微信", "钉钉", "飞书"]
