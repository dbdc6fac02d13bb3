"""Who sits at the keyboard, as the operating system knows it. Apart, since it must cost nothing to ask."""

from __future__ import annotations

import os


def operating_system_login() -> str:
    """The login of the process's user, from the system itself and not from a variable one can set."""
    try:
        # Imported here: the module does not exist on Windows.
        import pwd  # noqa: PLC0415
    except ImportError:
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid{os.getuid()}"
