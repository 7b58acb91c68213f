"""The languages of the window: a TOML file each, and what loads them.

Decision: see `words`. Qt's own texts (file dialogs, message boxes) come from the translations that Qt brings.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from PySide6 import QtCore

from relaxlisten.window import words

ENGLISH = "en"
NAMES = {ENGLISH: "English", "de": "Deutsch"}
_FOLDER = Path(__file__).parent


def catalogue(code: str) -> dict[str, str]:
    """English text to translated text; empty for English and for a language that there is none of."""
    file = _FOLDER / f"{code}.toml"
    if not file.is_file():
        return {}
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {text: translated for table in tables.values() for text, translated in table.items()}


def chosen(wish: str) -> str:
    """The code of a language: the wished one, or with "" the first of the system's that there is."""
    if wish in NAMES:
        return wish
    spoken = (name.split("-")[0] for name in QtCore.QLocale.system().uiLanguages())
    return next((code for code in spoken if code in NAMES), ENGLISH)


class Words(QtCore.QTranslator):
    """Leads Qt's `tr()` to the catalogue; what the catalogue does not have is left to the other translators."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """Qt's question for one text; None (an empty text would be shown as such) means that it is not known here."""
        return words.tr(text) if words.is_known(text) else None


def speak(application: QtCore.QCoreApplication, wish: str) -> str:
    """Let the window speak a language; gives its code. What is already on the screen changes when it is built anew."""
    code = chosen(wish)
    words.use(catalogue(code))
    for before in application.findChildren(QtCore.QTranslator):
        application.removeTranslator(before)
        before.deleteLater()
    qt_texts = QtCore.QTranslator(application)
    if qt_texts.load(f"qtbase_{code}", QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qt_texts)
    own = Words(application)
    application.installTranslator(own)
    QtCore.QLocale.setDefault(QtCore.QLocale(code) if code != ENGLISH else QtCore.QLocale.c())
    return code
