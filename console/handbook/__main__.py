"""Writes the generated pages of the handbook, or with `--check` says which of them are stale."""

from __future__ import annotations

import sys

from console.handbook import ROOT, stale, wanted
from console.output import say


def main(words: list[str]) -> int:
    """Write what differs; with --check only tell, and answer 1 if anything does."""
    different = stale()
    if "--check" in words:
        for path in different:
            say(f"已过时：{path}（make handbook 可更新）")
        return 1 if different else 0
    pages = {path.as_posix(): text for path, text in wanted().items()}
    for path in different:
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(pages[path], encoding="utf-8")
        say(f"已更新：{path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
