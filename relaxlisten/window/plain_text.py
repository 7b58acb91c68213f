"""Labels that show what they are given, letter by letter.

Decision: a label guesses by itself whether its text is HTML, and titles and names of straps come from outside: a tag could show
pictures of this computer, or pass for a part of the window. No label of ours holds HTML, so all of them are told not to guess.
"""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets


def show_plain_text(widget: QtWidgets.QWidget) -> None:
    """All labels in a widget that is complete."""
    for label in widget.findChildren(QtWidgets.QLabel):
        label.setTextFormat(QtCore.Qt.TextFormat.PlainText)
