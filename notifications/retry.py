"""When a failed notice is tried again, and when it is given up. Pure.

The jitter comes from the key, so that a thousand mails that failed together do not come back
together, and yet the same notice always waits the same time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

WAITS = (60, 300, 1_800, 7_200, 21_600)
"""Seconds after the first, second, … failure."""
JITTER = 0.2
"""The share by which a wait may be shorter or longer."""
LONGEST = 86_400
"""Seconds that another side may ask us to wait."""
MAX_ATTEMPTS = len(WAITS) + 1


def next_attempt(key: str, attempts: int, now: datetime, least: float = 0) -> datetime | None:
    """When to try again after `attempts` failures, or None: give up.

    Not before `least` seconds, which the other side asked for, nor ever later than a day for its sake.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = max(WAITS[max(attempts, 1) - 1], min(least / (1 - JITTER), LONGEST))
    return now + timedelta(seconds=wait * (1 + JITTER * _share(key, attempts)))


def _share(key: str, attempts: int) -> float:
    digest = hashlib.sha256(f"{key}:{attempts}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**31 - 1
