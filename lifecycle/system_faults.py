"""What the operating system has against a file or a line to another machine, in Chinese."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from typing import Final

_WHY: Final[Mapping[int | None, str]] = {
    errno.ENOENT: "文件不存在",
    errno.EISDIR: "是文件夹，应为文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的磁盘只能读取",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "链接循环",
    errno.EMFILE: "打开的文件过多",
    errno.EEXIST: "同名的文件或文件夹已经存在",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ECONNRESET: "对方中断了连接",
    errno.EPIPE: "对方中断了连接",
    errno.EHOSTUNREACH: "网络不通",
    errno.ENETUNREACH: "网络不通",
    errno.ETIMEDOUT: "连接超时",
}


def why(error: OSError) -> str:
    """The reason of a fault of the system; its number where it is a rare one."""
    if isinstance(error, socket.gaierror):
        return "找不到这个主机名"
    if isinstance(error, TimeoutError):
        return "连接超时"
    return _WHY.get(error.errno) or f"读写失败（系统错误号 {error.errno}）"
