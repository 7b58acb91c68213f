"""One person: consent, assessment and plan, notes, sessions over time, and the pieces that settle them."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.people_facts import PersonCard
from relaxlisten.window.fields import card, link, say, words
from relaxlisten.window.people_chart import SessionsChart
from relaxlisten.window.people_model import (
    HISTORY_HEAD,
    PIECES_HEAD,
    chart_points,
    chart_sentence,
    consent_sentence,
    history_cells,
    kept_sentence,
    lines_of,
    note_lines,
    piece_cells,
    withheld,
)
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.people_facts import PersonPage

FIELDS = {
    "goals": later("&Goals"), "preferences": later("&Likes"), "avoid": later("&Never play (title, file, or a pattern with *)"),
    "plan": later("&Plan"),
}  # fmt: skip


class PersonView(QtWidgets.QScrollArea):
    """Shows a page; `saved(card)`, `noted(text)` and `asked(what)` (export, delete, agree ...) tell what somebody wants done."""

    saved = QtCore.Signal(object)
    noted = QtCore.Signal(str)
    asked = QtCore.Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._card = PersonCard()
        self.setWidgetResizable(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self._make_parts()
        inner = QtWidgets.QWidget()
        inner.setObjectName("page")
        column = QtWidgets.QVBoxLayout(inner)
        column.setSpacing(12)
        for part in (self._head(), self._assessment(), self._notes(), self._history(), self._pieces()):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inner)

    def show_page(self, page: PersonPage) -> None:
        """Show a person."""
        self._card = page.card
        say(self.name, page.line.name)
        say(self.consent, consent_sentence(page.card), "" if page.card.consent else "notice")
        say(self.kept, kept_sentence(page.line), "notice" if page.line.past else "muted")
        self.agree.setVisible(page.card.consent is None)
        self.take_back.setVisible(page.card.consent is not None)
        for key, field in self.fields.items():
            value = getattr(page.card, key)
            field.setPlainText(value if isinstance(value, str) else "\n".join(value))
        self.save.setEnabled(False)
        say(self.notes, "\n".join(note_lines(page.notes)) or tr("No note yet."), "" if page.notes else "muted")
        points = chart_points(page.sessions, "heart_rate_bpm")
        self.chart.show_points(points, len(page.sessions))
        say(self.chart_words, chart_sentence(points, len(page.sessions)))
        _fill(self.history, [history_cells(row) for row in reversed(page.sessions)])
        say(self.whys, "\n".join(tr("withheld: {why}", why=why) for why in withheld(page.sessions)))
        _fill(self.pieces, [piece_cells(piece) for piece in page.pieces])
        say(self.no_pieces, "" if page.pieces else tr("Known after the first sessions."))

    @property
    def card(self) -> PersonCard:
        """What stands in the fields."""
        texts = {key: field.toPlainText() for key, field in self.fields.items()}
        return dataclasses.replace(
            self._card,
            goals=lines_of(texts["goals"]),
            preferences=lines_of(texts["preferences"]),
            avoid=lines_of(texts["avoid"]),
            plan=texts["plan"].strip(),
        )

    # ---- parts ----

    def _make_parts(self) -> None:
        self.name = words("", factor=1.6, bold=True)
        self.consent, self.kept = words(), words("", "muted")
        self.agree = self._asks(tr("Consent given …"), "agree")
        self.take_back = self._asks(tr("Withdraw the consent"), "take_back")
        self.fields = {key: _field(tr(title).replace("&", ""), lines=3) for key, title in FIELDS.items()}
        self.save = _button(tr("Save"), lambda: self.saved.emit(self.card))
        self.notes = words()
        self.notes.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QtWidgets.QLineEdit()
        self.note.setAccessibleName(tr("New note"))
        self.note.setPlaceholderText(tr("New note"))
        self.note.returnPressed.connect(self._add_note)
        self.chart, self.chart_words = SessionsChart(), words("", "muted", 0.9)
        self.history, self.whys = _table([tr(text) for text in HISTORY_HEAD], tr("Sessions")), words("", "muted", 0.9)
        self.pieces, self.no_pieces = _table([tr(text) for text in PIECES_HEAD], tr("Pieces that settle")), words("", "muted")

    def _head(self) -> QtWidgets.QWidget:
        head = QtWidgets.QWidget()
        column = QtWidgets.QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.name, 1)
        for text, what in ((tr("Keep until …"), "keep"), (tr("Export …"), "export"), (tr("Delete …"), "delete")):
            row.addWidget(_button(text, partial(self.asked.emit, what)))
        column.addLayout(row)
        consent = QtWidgets.QHBoxLayout()
        consent.addWidget(self.consent, 1)
        consent.addWidget(self.agree)
        consent.addWidget(self.take_back)
        column.addLayout(consent)
        column.addWidget(self.kept)
        return head

    def _assessment(self) -> QtWidgets.QWidget:
        grid = QtWidgets.QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        for place, (key, title) in enumerate(FIELDS.items()):
            label = QtWidgets.QLabel(tr(title))
            label.setBuddy(self.fields[key])
            row, column = place // 2 * 2, place % 2
            grid.addWidget(label, row, column)
            grid.addWidget(self.fields[key], row + 1, column)
            self.fields[key].textChanged.connect(lambda: self.save.setEnabled(True))
        fields = QtWidgets.QWidget()
        fields.setLayout(grid)
        return card(tr("Assessment and plan"), fields, [words(tr("One entry a line."), "muted", 0.9)], [self.save])

    def _notes(self) -> QtWidgets.QWidget:
        return card(tr("Notes"), self.note, [self.notes])

    def _history(self) -> QtWidgets.QWidget:
        explained = words(
            tr("The beginning of each session → its last three minutes. General wellness only: no diagnosis."), "muted", 0.9
        )
        return card(tr("Sessions"), self.chart, [self.chart_words, self.history, self.whys, explained])

    def _pieces(self) -> QtWidgets.QWidget:
        explained = words(
            tr("Each against this person's average piece, with its 90 % credible interval. A lower heart rate and a higher "
               "ln RMSSD mean settling."), "muted", 0.9,
        )  # fmt: skip
        return card(tr("Pieces that settle"), self.pieces, [self.no_pieces, explained])

    def _add_note(self) -> None:
        text = self.note.text().strip()
        if text:
            self.note.clear()
            self.noted.emit(text)

    def _asks(self, text: str, what: str) -> QtWidgets.QPushButton:
        return link(text, lambda: self.asked.emit(what))


def _button(text: str, action: Callable[[], object]) -> QtWidgets.QPushButton:
    button = QtWidgets.QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: action())
    return button


def _field(name: str, *, lines: int) -> QtWidgets.QPlainTextEdit:
    field = QtWidgets.QPlainTextEdit()
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * lines + 22)
    return field


def _table(head: Sequence[str], name: str) -> QtWidgets.QTableWidget:
    table = QtWidgets.QTableWidget(0, len(head))
    table.setHorizontalHeaderLabels(list(head))
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)  # a title that is too long is cut, and whole in its tool tip
    table.verticalHeader().setDefaultSectionSize(round(table.fontMetrics().lineSpacing() * 1.8))
    header = table.horizontalHeader()
    header.setDefaultAlignment(QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1 if len(head) and name == tr("Sessions") else 0, QtWidgets.QHeaderView.ResizeMode.Stretch)
    return table


def _fill(table: QtWidgets.QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """Show these rows, and be as high as they are, up to eight; none: be hidden."""
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QtWidgets.QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)
    shown = sum(table.rowHeight(row) for row in range(min(len(rows), 8)))
    table.setFixedHeight(shown + table.horizontalHeader().sizeHint().height() + 8)
    table.setVisible(bool(rows))
