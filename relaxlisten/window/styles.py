"""How the window's controls look: one style sheet, made from a theme."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6 import QtGui

from relaxlisten.window.theme import DAY, DUSK, NIGHT

if TYPE_CHECKING:
    from PySide6 import QtWidgets

    from relaxlisten.window.theme import Theme

_SHEET = Template("""
QMainWindow, QDialog, QWidget#page, QWidget#bar { background: $ground; color: $text; }
QLabel, QCheckBox, QRadioButton { color: $text; background: transparent; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="notice"] { color: $notice; font-weight: 600; }
QFrame[role="card"] { background: $raised; border: 1px solid $line; border-radius: 10px; }
QListWidget { background: $raised; color: $text; border: none; outline: none; }
QLineEdit, QComboBox, QPlainTextEdit, QDateEdit { background: $raised; color: $text; border: 1px solid $line;
    border-radius: 6px; padding: 6px 8px; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QDateEdit:focus { border: 2px solid $accent; padding: 5px 7px; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $line; padding: 4px;
    selection-background-color: $accent; selection-color: $on_accent; }
QPushButton { background: $raised; color: $text; border: 1px solid $line; border-radius: 8px; padding: 7px 11px; }
QPushButton:hover { border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 6px 10px; }
QPushButton:checked { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:checked:focus { border-color: $text; }
QPushButton:disabled { color: $line; border-color: $raised; }
QPushButton[role="main"] { background: $accent; color: $on_accent; border: 2px solid $accent; font-weight: 600; }
QPushButton[role="main"]:focus { border: 3px solid $text; }
QPushButton[role="main"]:disabled { background: $raised; color: $line; border-color: $line; }
QPushButton[role="link"] { border: none; background: transparent; color: $accent; text-decoration: underline; padding: 4px; }
QPushButton[role="link"]:focus { border: 2px solid $accent; padding: 2px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { background: $raised; border: 2px solid $accent; width: 12px; height: 12px; margin: -6px 0;
    border-radius: 8px; }
QSlider::handle:horizontal:focus { background: $accent; border-color: $text; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $line; border-radius: 4px; background: $raised; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QCheckBox:focus { color: $accent; text-decoration: underline; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 28px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
QScrollArea { border: none; background: $ground; }
QTableWidget { background: $raised; color: $text; border: none; gridline-color: $line; }
QTableWidget:focus { border: 2px solid $accent; border-radius: 6px; }
QTableWidget::item { padding: 3px 8px; }
QTableWidget::item:selected { background: $accent; color: $on_accent; }
QHeaderView { background: $raised; }
QHeaderView::section { background: $raised; color: $muted; border: none; border-bottom: 1px solid $line; padding: 4px 8px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
""")


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    return _SHEET.substitute({name: getattr(theme, name) for name in theme.__slots__})


def theme_at(widget: QtWidgets.QWidget) -> Theme:
    """The theme of the window that a widget, or its dialog, belongs to: for what is drawn by hand."""
    top = widget.window()
    owner = top.parentWidget()
    ground = (top if owner is None else owner.window()).palette().color(QtGui.QPalette.ColorRole.Window)
    by_lightness = DUSK if ground.lightness() < 128 else DAY
    return next((theme for theme in (DAY, DUSK, NIGHT) if QtGui.QColor(theme.ground) == ground), by_lightness)


def palette_of(theme: Theme) -> QtGui.QPalette:
    """The same colours for what the style sheet leaves to the system's style (combo boxes, their lists, tool tips)."""
    role = QtGui.QPalette.ColorRole
    colours = {
        role.Window: theme.ground, role.WindowText: theme.text, role.Base: theme.raised, role.AlternateBase: theme.ground,
        role.Text: theme.text, role.Button: theme.raised, role.ButtonText: theme.text, role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent, role.PlaceholderText: theme.muted, role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text, role.Link: theme.accent, role.Accent: theme.accent,
    }  # fmt: skip
    palette = QtGui.QPalette()
    for place, colour in colours.items():
        palette.setColor(place, QtGui.QColor(colour))
    return palette


def scaled(font: QtGui.QFont, factor: float, *, bold: bool = False) -> QtGui.QFont:
    """A font in another size, so that it follows the size that the system's user has chosen."""
    other = QtGui.QFont(font)
    other.setPointSizeF(font.pointSizeF() * factor)
    other.setWeight(QtGui.QFont.Weight.DemiBold if bold else font.weight())
    return other
