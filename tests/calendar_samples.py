"""A made-up notice of holidays for 2027, as a person would type it in. No such notice was issued."""

from __future__ import annotations

from pathlib import Path

NUMBER = "国办发明电〔2026〕99号"
NOTICE_2027 = f"""\
# 测试样本，并非真实通知
year: 2027
number: {NUMBER}
date: 2026-11-10
holidays:
  元旦: 2027-01-01 至 2027-01-03 共3天
  春节: 2027-02-05 至 2027-02-13 共9天
  清明节: 2027-04-03 至 2027-04-05，共3天
  劳动节: 2027-05-01 至 2027-05-05 共5天
  端午节: 2027-06-09
  中秋节: 2027-09-15
  国庆节: 2027-10-01 至 2027-10-07 共7天
worked:
  - 2027-02-14
  - 2027-02-20
  - 2027-04-25
  - 2027-05-08
  - 2027-10-09
"""


def written(folder: Path, text: str = NOTICE_2027, name: str = "calendar-2027.yaml") -> Path:
    """The notice as a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
