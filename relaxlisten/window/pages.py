"""The seams of the window: what a page of a running session is, and what others hang in.

Decision: a page is a widget that is shown what is so and asks by commands; the window decides when. Questions, reports and the
list of people come as functions from whoever opens the window, so that the window knows nothing of where they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6 import QtWidgets

    from relaxlisten.ports import SessionHandle
    from relaxlisten.terms import CommandKind
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.looking import Finder
    from relaxlisten.window.start_model import Preset
    from relaxlisten.window.traces import Palette
    from relaxlisten.window.view_model import Facts, ViewModel

    Ask = Callable[[CommandKind, float | str | None], None]
    Launch = Callable[[SessionChoices], SessionHandle]
    Questions = Callable[[QtWidgets.QWidget, SessionChoices], tuple[str, ...] | None]
    LateQuestions = Callable[[QtWidgets.QWidget, SessionChoices, Path], None]


class SessionPage(Protocol):
    """A widget that shows a running session."""

    def show_facts(self, facts: Facts) -> None:
        """Words and numbers of the moment, whenever an event has come."""

    def show_points(self, model: ViewModel) -> None:
        """Curves, once a second."""

    def move_to(self, now_s: float) -> None:
        """Once a frame, while the page is seen."""

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""


@runtime_checkable
class ShowsPeople(Protocol):
    """A window in which people can be chosen."""

    def show_people(self) -> None:
        """Look again at who there is."""

    def forget_person(self, name: str) -> None:
        """Somebody was deleted: their name is remembered nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMaker:
    """A page that can be shown. name: what is remembered. title: on its button (English). make: a widget and SessionPage."""

    name: str
    title: str
    make: Callable[[Palette, Ask], QtWidgets.QWidget]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What others hang into the window.

    ask_before(window, choices): answers as "SCALE=VALUE", () for none, None to go back without a session. ask_after(window,
    choices, record): asks, and keeps the answers itself. report(record): writes the report, gives its file. people: opens
    the list of people.
    """

    ask_before: Questions | None = None
    ask_after: LateQuestions | None = None
    report: Callable[[Path], Path] | None = None
    people: Callable[[QtWidgets.QWidget], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a window is opened with.

    pages: beside the calm picture. settings_file: where choices are remembered; None: nothing is remembered or asked. people:
    pseudonyms that are known. finder: begins a search for straps. greeting: a sentence that is shown until there is something
    newer to say, also over a session that starts at once.
    """

    initial: SessionChoices
    presets: Sequence[Preset]
    launch: Launch
    pages: tuple[PageMaker, ...]
    hooks: Hooks = Hooks()
    settings_file: Path | None = None
    people: Callable[[], Sequence[str]] = tuple
    greeting: str = ""
    finder: Callable[[], Finder] | None = None
