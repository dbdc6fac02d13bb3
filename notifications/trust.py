"""Whom a channel trusts on an encrypted line: the authorities that are known, and the office's own.

An own authority (a mail server of the intranet, a proxy that looks into the line) is added to the
known ones, never put in their place. Nothing here switches checking off.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from notifications.channels import SettingsFault


def trusting(context: ssl.SSLContext, ca_file: Path | None) -> ssl.SSLContext:
    """The context, with the authorities of a PEM file added. Raises SettingsFault for no such file."""
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as fault:  # ssl.SSLError is one
            raise SettingsFault(f"{ca_file} 不是证书文件（PEM），请检查 LIFECYCLE_CA_FILE") from fault
    return context
