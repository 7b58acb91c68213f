"""Whether this system's user has asked for less motion (a shell: it asks the system once).

Decision: Qt has no word for it yet, so each system is asked in its own way, for half a second at most; a system that does not
answer has not asked for anything.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys

_ANSWER_S = 0.5
_SPI_GETCLIENTAREAANIMATION = 0x1042  # learn.microsoft.com: SystemParametersInfoW
_QUESTIONS = {
    "linux": (("gsettings", "get", "org.gnome.desktop.interface", "enable-animations"), "false"),
    "darwin": (("defaults", "read", "com.apple.universalaccess", "reduceMotion"), "1"),
}


def system_wants_less_motion(platform: str = sys.platform) -> bool:
    """What the system's accessibility settings say."""
    if platform == "win32":
        return _windows_animates() is False
    question, reduced = _QUESTIONS.get(platform, ((), ""))
    return bool(question) and _answer(question) == reduced


def _answer(question: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(question, capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _windows_animates() -> bool | None:
    user32 = getattr(getattr(ctypes, "windll", None), "user32", None)
    if user32 is None:
        return None
    animates = ctypes.c_int(1)
    answered = user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0)
    return bool(animates.value) if answered else None
