"""The embedded default: each notice becomes one .eml file in the outbox folder under its key.

A repeat after a crash replaces the same file, so every notice exists once. Nothing leaves the
machine.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from notifications.channels import Outgoing, Receipt, TemporaryFault
from notifications.message import compose

SENDER = "lifecycle@localhost"


class EmlChannel:
    """Writes mails as files that any mail program opens."""

    outside = False

    def __init__(self, folder: Path, sender: str = SENDER) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, outgoing: Outgoing) -> Receipt:
        """Write the file whole or not at all. Raises TemporaryFault where the disk refuses."""
        content = compose(outgoing, self._sender, readable=True).as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / f"{outgoing.key}.eml", content)
        except OSError as fault:
            raise TemporaryFault(f"无法写入发件箱 {self._folder}：{fault.strerror}") from fault
        return Receipt(outgoing.to, answer=str(self._folder / f"{outgoing.key}.eml"))

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, path: Path, content: bytes) -> None:
        handle, scratch = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(scratch).replace(path)
        except OSError:
            Path(scratch).unlink(missing_ok=True)
            raise
