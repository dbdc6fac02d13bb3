"""A feed of deadlines as an iCalendar file (RFC 5545): one all-day event for each duty.

Written by the icalendar library, which folds and escapes. It reads nothing and decides nothing: what is
told of a duty is `lifecycle.feed_entries`. The same duties give the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from states.names import DutyStatus

if TYPE_CHECKING:
    from icalendar import Alarm, Event

    from lifecycle.feed_entries import Entry, Feed

PRODUCT: Final = "-//lifecycle//duties//ZH"
REFRESH: Final = timedelta(hours=6)
AT: Final = timedelta(hours=9)
"""Alarms ring at nine in the morning."""
MARKS: Final = {
    DutyStatus.OVERDUE: "逾期",
    DutyStatus.SUGGESTED: "建议日期",
    DutyStatus.SUSPENDED: "中止计算",
    DutyStatus.MET: "已办结",
    DutyStatus.LATE: "已办结（逾期）",
    DutyStatus.CANCELLED: "已取消",
    DutyStatus.WAIVED: "已免除",
}
GONE: Final = frozenset({DutyStatus.CANCELLED, DutyStatus.WAIVED})


def ical(feed: Feed) -> bytes:
    """The file: UTF-8 with CRLF, lines of at most 75 octets."""
    # Imported here: only feeds need it.
    from icalendar import Calendar  # noqa: PLC0415

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = f"{'【演练】' if feed.rehearsal else ''}应办期限：{feed.name}"
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("x-wr-caldesc", _about(feed))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in feed.entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _about(feed: Feed) -> str:
    left = f"另有 {feed.left_out} 项较远的未列入。" if feed.left_out else ""
    return f"期限为公布的最后一日，以 lifecycle due 为准。{left}"


def _event(entry: Entry) -> Event:
    from icalendar import Event  # noqa: PLC0415

    revised = datetime.combine(entry.revised, time(), UTC)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", revised)
    event.add("last-modified", revised)
    event.add("dtstart", entry.due)
    event.add("dtend", entry.due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", _standing(entry))
    event.add("summary", _summary(entry))
    event.add("description", "\n".join(_lines(entry)))
    event.add("categories", [entry.programme, _mark(entry) or DutyStatus.OPEN.label])
    for days in entry.alarms:
        event.add_component(_alarm(entry, days))
    return event


def _standing(entry: Entry) -> str:
    """CANCELLED for what is owed no more and was never done; TENTATIVE while the date itself is not sure."""
    if entry.status in GONE or (not entry.live and entry.status in (DutyStatus.OVERDUE, DutyStatus.OPEN)):
        return "CANCELLED"
    return "TENTATIVE" if entry.provisional or entry.status is DutyStatus.SUSPENDED else "CONFIRMED"


def _mark(entry: Entry) -> str:
    return MARKS.get(entry.status, "暂定" if entry.provisional else "")


def _summary(entry: Entry) -> str:
    mark = _mark(entry)
    period = f"（{entry.period}）" if entry.period else ""
    return f"{f'【{mark}】' if mark else ''}{entry.label}{period} · {entry.unit} · {entry.project}"


def _lines(entry: Entry) -> list[str]:
    """What a person reads when he opens the event."""
    word = "建议日期" if entry.suggested else "期限"
    found = [f"{entry.programme}，项目 {entry.project}，责任方：{entry.owed_by}"]
    found.append(
        f"{word}：{entry.due.isoformat()}{'（暂定：该年放假安排尚未公布）' if entry.provisional else ''}"
    )
    if entry.steps:
        found.append(f"推算：{'；'.join(entry.steps)}")
    for move in entry.moves:
        document = f"（{move.document}）" if move.document else ""
        before = f"{move.old.isoformat()} 改为 " if move.old else ""
        found.append(f"改期：{before}{move.new.isoformat()}，{move.on.isoformat()} 登记{document}")
    if entry.met_on:
        found.append(f"办结：{entry.met_on.isoformat()}")
    if entry.status is DutyStatus.SUSPENDED:
        found.append("项目中止期间期限停止计算，恢复后重新推算。")
    found += [f"依据：{entry.ground}"] if entry.ground else []
    found += [f"咨询电话：{entry.phone}"] if entry.phone else []
    return found


def _alarm(entry: Entry, days: int) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _summary(entry))
    alarm.add("trigger", AT - timedelta(days=days))
    return alarm
