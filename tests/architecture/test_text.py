"""What is committed is the product's own: no trace of where it was made, no secrets, no left-overs."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import texts

FOREIGN = {
    "a numbered issue": r"\bissues?\s*#?\s*\d+\b",
    "a folder of the workplace": r"(?<![\w.])/(work|tmp/brief|opt/(pypi|wheels))\b",
    "a paper of the workplace": r"\b(design|contract|decisions|style|anchors|BRIEF)\.md\b|\brules/\d\d-",
    "a registry's host": r"\bpypi\.org\b|pythonhosted|--(extra-)?index-url|--find-links",
    "the making of it": r"\b(claude|anthropic|openai|chatgpt|copilot)\b|\b(this|previous|another) session\b",
    "something unfinished": r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}
ITSELF = "tests/architecture/test_text.py"


@pytest.mark.parametrize("what", FOREIGN)
def test_no_committed_text_holds(what: str) -> None:
    pattern = re.compile(FOREIGN[what], re.IGNORECASE if what != "something unfinished" else 0)
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path, text in texts()
        if path != ITSELF
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
