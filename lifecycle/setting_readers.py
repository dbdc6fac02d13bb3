"""Readers of settings: from the text of a variable to its value, each with the words for what it expects.

A reader raises ValueError for anything else; its docstring is what the user is told. It knows no setting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers between two bounds."""

    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    read.__doc__ = f"{low} 至 {high} 的整数"
    return read


def choice(*words: str) -> Callable[[str], str]:
    """A reader of one word out of a closed list."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    read.__doc__ = "以下之一：" + "、".join(words)
    return read


def switch(text: str) -> bool:
    """开（on）或关（off）"""
    if text not in ("on", "off"):
        raise ValueError(text)
    return text == "on"


def day(text: str) -> date:
    """日期，如 2026-11-21"""
    return date.fromisoformat(text)


def text(text: str) -> str:
    """文字"""
    return text


def folder(text: str) -> Path:
    """文件夹路径"""
    return Path(text).expanduser().absolute()


def file(text: str) -> Path:
    """能读取的文件"""
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise ValueError(text)
    return path


def webhook(form: str) -> Callable[[str], str]:
    """A reader of a robot's address: https, since the key stands in it; http only to this machine."""

    def read(text: str) -> str:
        found = urlsplit(text)
        secure = found.scheme == "https" or (found.scheme == "http" and found.hostname in LOOPBACK)
        if not secure or not found.hostname or any(sign <= " " for sign in text):
            raise ValueError(text)
        return text

    read.__doc__ = f"群机器人的完整 Webhook 地址，形如 {form}"
    return read


def proxy(text: str) -> str:
    """代理地址，形如 http://主机:端口"""
    found = urlsplit(text)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValueError(text)
    return text
