"""A number that is read from across a room."""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets


class Number(QtWidgets.QWidget):
    """A big value with its name above and a word below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.title = QtWidgets.QLabel(name)
        self.value = QtWidgets.QLabel("-")
        self.below = QtWidgets.QLabel("")
        font = self.value.font()
        font.setPointSize(font.pointSize() + 12)
        font.setBold(True)
        self.value.setFont(font)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = QtWidgets.QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.value)
        line.addWidget(self.below, 1, QtCore.Qt.AlignmentFlag.AlignVCenter)
        column.addWidget(self.title)
        column.addLayout(line)

    def show_text(self, value: str, below: str) -> None:
        """Change what has changed."""
        set_text(self.value, value)
        set_text(self.below, below)
        self.setAccessibleName(f"{self._name}: {value} {below}")


def set_text(label: QtWidgets.QLabel, text: str) -> None:
    """Change a label where it changes: an unchanged text is not laid out again."""
    if label.text() != text:
        label.setText(text)
