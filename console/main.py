"""The command line: builds the tree of commands, runs one, and turns every outcome into an exit status.

Nothing heavy is imported here. Whatever goes wrong ends as a message and a status of the contract,
never as a traceback.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import typer

from console.advice import home_typed
from console.output import emit_fault, read_or_not
from console.tree import cli
from states.errors import LifecycleError, UsageFault

if TYPE_CHECKING:
    from pathlib import Path

PARSER_ERROR = cast("type[Exception]", typer.BadParameter.__mro__[2])
"""The root of the parser's own exceptions, wherever this version of typer keeps it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status of the contract."""
    os.umask(0o077)  # whatever we write is its owner's alone
    gc.set_threshold(50_000)  # what is imported stays; to search it for rubbish costs a tenth of a list
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with home_typed(_typed_home(words)):
        return _outcome(words)


def _outcome(words: list[str]) -> int:
    """The exit status, with the message of whatever went wrong on its way."""
    fault: LifecycleError
    status = 0  # of one whose reader has gone away
    try:
        with read_or_not():  # a help text may be printed here
            status = _run(words)
    except LifecycleError as error:
        fault = error
    except KeyboardInterrupt:
        fault = _Interrupted()
    except Exception as error:  # noqa: BLE001 - the last door: a person gets a sentence, the log the rest
        fault = _internal(error, words)
    else:
        return status
    return emit_fault(fault, as_json=_wants_json(words))


class _Interrupted(LifecycleError):
    """已按要求中断；已提交的改动仍然有效。"""

    code = "interrupted"
    exit_status = 130


def _run(words: list[str]) -> int:
    if any("\ud800" <= letter <= "\udfff" for word in words for letter in word):
        raise UsageFault("命令参数含有无法识别的字符编码，请改用 UTF-8 终端。")
    try:
        status = cli().main(words, prog_name="lifecycle", standalone_mode=False)
    except typer.Abort:
        raise _Interrupted from None
    except SystemExit:
        raise BrokenPipeError from None  # typer leaves in this way for no other reason
    except PARSER_ERROR as error:
        from console.usage import usage_fault

        raise usage_fault(error) from None
    return int(status or 0)


def _wants_json(words: Sequence[str]) -> bool:
    """Whether JSON was asked for, as far as a command line that may be wrong can tell."""
    before_the_end = words[: words.index("--")] if "--" in words else words
    return "--json" in before_the_end


def _internal(error: Exception, words: Sequence[str]) -> LifecycleError:
    """A fault of the program, with the place where its details were written."""
    place = _write_log(error, words)
    where = f"详情已写入 {place}" if place else "详情未能写入日志"
    return LifecycleError(f"程序内部错误（{type(error).__name__}）；{where}，请交给系统管理员。")


def _write_log(error: Exception, words: Sequence[str]) -> Path | None:
    """Append the traceback to a private file: under the home, else in the folder for scratch files."""
    import tempfile
    from datetime import UTC, datetime
    from pathlib import Path
    from traceback import format_exception

    from lifecycle.log import mask

    entry = (
        f"{datetime.now(UTC).isoformat()} {mask(' '.join(words))}\n{mask(''.join(format_exception(error)))}\n"
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    for folder in (_home(words), Path(tempfile.gettempdir())):
        path = folder / "lifecycle-errors.log"
        with contextlib.suppress(OSError):
            handle = os.open(path, flags, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(entry)
            return path
    return None


def _home(words: Sequence[str]) -> Path:
    """The home as it was typed or set; it may not exist."""
    from pathlib import Path

    typed = _typed_home(words)
    return Path(typed if typed is not None else os.environ.get("LIFECYCLE_HOME") or os.devnull)


def _typed_home(words: Sequence[str]) -> str | None:
    """What stands behind `--home`, as far as a command line that may be wrong can tell."""
    for at, word in enumerate(words):
        if word == "--home" and at + 1 < len(words):
            return words[at + 1]
        if word.startswith("--home="):
            return word.removeprefix("--home=")
    return None


if __name__ == "__main__":
    sys.exit(main())
