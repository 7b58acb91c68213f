"""Small parts that several pages are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window.styles import scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHEVRON = 4.0
_TICK = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))  # in shares of its box


class Box(QtWidgets.QComboBox):
    """A choice of one from a few; its arrow is drawn in the colour of its text."""

    def __init__(self, entries: Sequence[tuple[str, str]], chosen: str, name: str = "") -> None:
        """entries: what each stands for, and its text."""
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        for data, text in entries:
            self.addItem(text, data)
        self.setCurrentIndex(max(self.findData(chosen), 0))

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """The box as the style sheet has it, and a chevron."""
        super().paintEvent(event)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Text), 1.6))
        at = QtCore.QPointF(self.width() - 16.0, self.height() / 2.0 - 1.0)
        side = QtCore.QPointF(_CHEVRON, 0.0)
        painter.drawPolyline([at - side, at + QtCore.QPointF(0.0, _CHEVRON), at + side])
        painter.end()


class Tick(QtWidgets.QCheckBox):
    """Yes or no; its tick is drawn, so that it is seen without its colour."""

    def __init__(self, text: str, *, ticked: bool) -> None:
        super().__init__(text)
        self.setChecked(ticked)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """The box as the style sheet has it, and a tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QtWidgets.QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QtWidgets.QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.HighlightedText), 2.0))
        painter.drawPolyline([QtCore.QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in _TICK])
        painter.end()


def words(text: str = "", role: str = "", factor: float = 1.0, *, bold: bool = False) -> QtWidgets.QLabel:
    """A text that wraps. role: "muted", "notice" or ordinary."""
    label = QtWidgets.QLabel(text)
    label.setWordWrap(True)
    label.setFont(scaled(label.font(), factor, bold=bold))
    if role:
        label.setProperty("role", role)
    return label


def say(label: QtWidgets.QLabel, text: str, role: str | None = None) -> None:
    """Change what a label says, and hide it where it says nothing."""
    if label.text() != text:
        label.setText(text)
    if role is not None and label.property("role") != role:
        label.setProperty("role", role)
        label.style().polish(label)
    label.setVisible(bool(text))


def link(text: str, action: Callable[[], object]) -> QtWidgets.QPushButton:
    """A lesser button."""
    button = QtWidgets.QPushButton(text)
    button.setProperty("role", "link")
    button.clicked.connect(lambda _checked: action())
    return button


def card(
    title: str, field: QtWidgets.QWidget, more: Sequence[QtWidgets.QWidget], links: Sequence[QtWidgets.QWidget] = ()
) -> QtWidgets.QFrame:
    """A framed part of a page: its title (whose letter jumps to the field), links beside it, the field, and what goes with it."""
    frame = QtWidgets.QFrame()
    frame.setProperty("role", "card")
    heading = QtWidgets.QLabel(title)
    heading.setFont(scaled(heading.font(), 1.15, bold=True))
    heading.setBuddy(field)
    top = QtWidgets.QHBoxLayout()
    top.addWidget(heading, 1)
    for button in links:
        top.addWidget(button)
    column = QtWidgets.QVBoxLayout(frame)
    column.setContentsMargins(14, 10, 14, 12)
    column.addLayout(top)
    for widget in (field, *more):
        column.addWidget(widget)
    column.addStretch(1)
    return frame


def stacked(*parts: QtWidgets.QWidget) -> QtWidgets.QStackedWidget:
    """Pages of which one is seen."""
    stack = QtWidgets.QStackedWidget()
    for part in parts:
        stack.addWidget(part)
    return stack


def page_of(first: QtWidgets.QWidget, *others: QtWidgets.QWidget) -> QtWidgets.QWidget:
    """A whole window's page: the first part takes what room there is."""
    page = QtWidgets.QWidget()
    page.setObjectName("page")
    column = QtWidgets.QVBoxLayout(page)
    column.setContentsMargins(18, 14, 18, 14)
    column.addWidget(first, 1)
    for other in others:
        column.addWidget(other)
    return page
