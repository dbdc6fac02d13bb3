"""What somebody would type to take a step of the demo: the same thing through the command line.

Shown beside each step and kept in full in a file. It does nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from console.demo.steps import Act, Call, Owes, Report, Sign, Step, TakeIn, Until

SHOWN_IDS = 2
"""Ids that a line on the screen names before it only counts them."""


def command_lines(step: Step, ids: Mapping[str, str], papers: Mapping[str, str], *, short: bool) -> list[str]:
    """The command or commands of a step; `short` leaves out most of many ids."""
    return [" ".join(words) for words in _words(step, ids, papers, short)]


def _words(
    step: Step, ids: Mapping[str, str], papers: Mapping[str, str], short: bool
) -> Sequence[Sequence[str]]:
    match step:
        case Act():
            shown = _ids([ids[ref] for ref in step.refs], short)
            return [[*_who(step.who, step), "trigger", step.action, *shown, *_details(step, papers)]]
        case Report():
            period = ["--period", step.period] if step.period else []
            refs = step.refs[:1] if short else step.refs
            return [
                [*_who(step.who, step), "report", ids[ref], step.duty, *period, *_told(step, papers)]
                for ref in refs
            ]
        case TakeIn():
            return [
                [
                    *_who(step.who, step),
                    "apply",
                    shlex.quote(f"申报/{step.book}"),
                    *(["--draft"] if step.draft else []),
                ]
            ]
        case Call():
            return [words for programme in step.programmes for words in _opened(step, programme)]
        case Sign():
            return [[*_who(step.who, step), "notices", "release", "KEY…"]]
        case Owes():
            return [["lifecycle", "--on", step.on.isoformat(), "due", "--project", ids[step.ref]]]
        case Until():
            return [["lifecycle", "--on", step.on.isoformat(), "sweep"]]


def _who(login: str, step: Step) -> list[str]:
    return ["lifecycle", "--as", login, "--on", step.on.isoformat()]


def _opened(step: Call, programme: str) -> list[list[str]]:
    last = ["lifecycle", "--as", step.who, "--on", step.closes.isoformat()]
    return [[*_who(step.who, step), "call", "open", programme], [*last, "call", "close", programme]]


def _ids(ids: Sequence[str], short: bool) -> list[str]:
    if short and len(ids) > SHOWN_IDS:
        return [*ids[:SHOWN_IDS], f"…（共{len(ids)}项）"]
    return list(ids)


def _details(step: Act, papers: Mapping[str, str]) -> list[str]:
    words = _told(step, papers)
    if step.reason:
        words += ["--reason", shlex.quote(step.reason)]
    if step.document:
        words += ["--document", shlex.quote(step.document)]
    return words


def _told(step: Act | Report, papers: Mapping[str, str]) -> list[str]:
    words = _materials(papers)
    for name, value in step.values.items():
        words += ["--set", shlex.quote(f"{name}={value}")]
    return words


def _materials(papers: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for kind, path in papers.items():
        words += ["--material", shlex.quote(f"{kind}={path}")]
    return words
