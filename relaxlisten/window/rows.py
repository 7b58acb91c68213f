"""A list of which one entry is chosen: two lines an entry, drawn to be seen with and without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window.styles import scaled
from relaxlisten.window.theme import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.window.start_model import Row
    from relaxlisten.window.theme import Theme

_DATA = QtCore.Qt.ItemDataRole.UserRole
_MORE = QtCore.Qt.ItemDataRole.UserRole + 1
_LEFT, _PAD = 34, 7


class RowList(QtWidgets.QListWidget):
    """Rows of `start_model`; `picked` tells what was chosen by a person."""

    picked = QtCore.Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._showing = False
        self._rows: tuple[Row, ...] = ()
        self.drawing = _RowDrawing(self)
        self.setItemDelegate(self.drawing)
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Maximum)
        self.currentItemChanged.connect(self._changed)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802  # Qt's name
        """As high as its rows."""
        rows = sum(self.sizeHintForRow(row) for row in range(self.count()))
        return QtCore.QSize(240, rows + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802  # Qt's name
        """Two rows, and the rest by scrolling."""
        rows = sum(self.sizeHintForRow(row) for row in range(min(self.count(), 2)))
        return QtCore.QSize(160, rows + 2 * self.frameWidth() + 2)

    @property
    def chosen(self) -> str:
        """What the chosen row stands for."""
        item = self.currentItem()
        return str(item.data(_DATA)) if item else ""

    def show_rows(self, rows: Sequence[Row], chosen: str) -> None:
        """Bring the list up to date; what has not changed is left alone, so that nobody loses their place."""
        if tuple(rows) != self._rows:
            self._showing = True
            self._rows = tuple(rows)
            while self.count() > len(rows):
                self.takeItem(self.count() - 1)
            for index, row in enumerate(rows):
                self._show_row(index, row)
            self._showing = False
            self.updateGeometry()
        self.choose(chosen)

    def choose(self, data: str) -> None:
        """Choose the row that stands for this."""
        for index, row in enumerate(self._rows):
            if row.data == data and index != self.currentRow():
                self._showing = True
                self.setCurrentRow(index)
                self._showing = False

    def _show_row(self, index: int, row: Row) -> None:
        item = self.item(index)
        if item is None:
            item = QtWidgets.QListWidgetItem(self)
        item.setText(row.text)
        item.setData(_DATA, row.data)
        item.setData(_MORE, row.more)
        item.setData(QtCore.Qt.ItemDataRole.AccessibleTextRole, f"{row.text}, {row.more}" if row.more else row.text)
        item.setToolTip(row.more)

    def _changed(self, item: QtWidgets.QListWidgetItem | None) -> None:
        if item is not None and not self._showing:
            self.picked.emit(str(item.data(_DATA)))


class _RowDrawing(QtWidgets.QStyledItemDelegate):
    """Draws a row: a round mark that is filled where it is chosen, its text, and a lesser line below."""

    def __init__(self, rows: RowList) -> None:
        super().__init__(rows)
        self.theme: Theme = DAY

    def sizeHint(self, option: QtWidgets.QStyleOptionViewItem, index: QtCore.QModelIndex) -> QtCore.QSize:  # type: ignore[override]  # noqa: N802
        """Two lines and some air."""
        small = QtGui.QFontMetrics(scaled(option.font, 0.9))
        lines = QtGui.QFontMetrics(option.font).height() + (small.height() if index.data(_MORE) else 0)
        return QtCore.QSize(80, lines + 2 * _PAD)

    def paint(  # type: ignore[override]
        self, painter: QtGui.QPainter, option: QtWidgets.QStyleOptionViewItem, index: QtCore.QModelIndex
    ) -> None:
        """Draw one row."""
        theme, state = self.theme, QtWidgets.QStyle.StateFlag
        chosen = bool(option.state & state.State_Selected)
        box = QtCore.QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.save()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        if chosen and option.state & state.State_HasFocus:
            painter.setPen(QtGui.QPen(QtGui.QColor(theme.accent), 2.0))
            painter.drawRoundedRect(box, 6.0, 6.0)
        self._mark(painter, QtCore.QPointF(box.left() + 16.0, box.center().y()), chosen=chosen)
        text = box.adjusted(_LEFT, _PAD - 2.0, -6.0, -_PAD + 2.0)
        self._line(painter, text, str(index.data()), scaled(option.font, 1.0, bold=chosen), theme.text, top=True)
        if index.data(_MORE):
            self._line(painter, text, str(index.data(_MORE)), scaled(option.font, 0.9), theme.muted, top=False)
        painter.restore()

    def _mark(self, painter: QtGui.QPainter, centre: QtCore.QPointF, *, chosen: bool) -> None:
        painter.setPen(QtGui.QPen(QtGui.QColor(self.theme.accent if chosen else self.theme.line), 1.6))
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, 7.0, 7.0)
        if chosen:
            painter.setBrush(QtGui.QColor(self.theme.accent))
            painter.drawEllipse(centre, 3.8, 3.8)

    @staticmethod
    def _line(painter: QtGui.QPainter, box: QtCore.QRectF, text: str, font: QtGui.QFont, colour: str, *, top: bool) -> None:
        flags = QtCore.Qt.AlignmentFlag.AlignTop if top else QtCore.Qt.AlignmentFlag.AlignBottom
        painter.setFont(font)
        painter.setPen(QtGui.QColor(colour))
        shown = QtGui.QFontMetrics(font).elidedText(text, QtCore.Qt.TextElideMode.ElideRight, round(box.width()))
        painter.drawText(box, flags | QtCore.Qt.AlignmentFlag.AlignLeft, shown)
