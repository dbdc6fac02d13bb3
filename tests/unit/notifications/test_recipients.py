"""Which addresses a mail system takes."""

from __future__ import annotations

import pytest

from notifications.recipients import valid


@pytest.mark.parametrize("address", ["a@b.cn", "hnxhb@vip.163.com", "x.y+z@localhost"])
def test_a_plain_address_is_taken(address: str) -> None:
    assert valid(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b.cn",
        "a@b@c",
        "a b@c.cn",
        "a@b.cn\nBcc: x@y.cn",
        "甲@b.cn",
        "a@b.cn, c@d.cn",
        "<a@b.cn>",
    ],
)
def test_what_would_break_a_header_is_not(address: str) -> None:
    assert not valid(address)
