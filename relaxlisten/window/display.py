"""Whether a window can be opened on this machine, found out before Qt is touched.

Decision: Qt ends the whole process where a display or one of its libraries is missing, and no handler can prevent that; so what
it needs is looked for beforehand, and its absence becomes a sentence and a session in the terminal.
"""

from __future__ import annotations

import ctypes
import os
import sys

_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def display_problem() -> str | None:
    """Why no window can be opened, what brings it, and what works without it; None where a window can be opened."""
    if not sys.platform.startswith("linux"):
        return None
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    on_x = bool(os.environ.get("DISPLAY")) and platform in ("", "xcb")
    if not platform and not on_x and not os.environ.get("WAYLAND_DISPLAY"):
        return "There is no display, so the session is shown in this terminal; on a desktop (or with ssh -X) the window opens."
    missing = _missing(_LIBRARIES | _X_LIBRARIES if on_x else _LIBRARIES)
    if missing:
        packages = " ".join(missing)
        return (
            f"The window needs libraries that are missing, so the session is shown in this terminal; on Debian and Ubuntu "
            f"`apt-get install {packages}` brings them."
        )
    return None


def _missing(libraries: dict[str, str]) -> list[str]:
    """The packages of those libraries that cannot be loaded."""
    packages = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            packages.append(package)
    return packages
