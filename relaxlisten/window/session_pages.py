"""The pages of a running session: which is seen, how it looks, and the calm picture on a second screen.

Decision: only what is seen is fed. On the calm picture the window's controls step back once nobody has moved for a while, and
come back with the first movement or key; they keep their place meanwhile, so that nothing jumps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.terms import SessionStage
from relaxlisten.window.choices import Light, Liking, Motion, Pacing
from relaxlisten.window.client_view import ClientOptions, ClientView
from relaxlisten.window.motion import system_wants_less_motion
from relaxlisten.window.styles import palette_of, style_sheet
from relaxlisten.window.theme import DAY, DUSK, NIGHT, Theme
from relaxlisten.window.traces import DARK, LIGHT, Palette
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.window.main_window import MainWindow
    from relaxlisten.window.pages import PageMaker, SessionPage
    from relaxlisten.window.view_model import Facts, ViewModel

CLIENT = "client"
CLIENT_TITLE = later("Calm picture")
STEP_BACK_MS = 5000
_WAKING = (
    QtCore.QEvent.Type.MouseMove,
    QtCore.QEvent.Type.MouseButtonPress,
    QtCore.QEvent.Type.KeyPress,
    QtCore.QEvent.Type.TouchBegin,
    QtCore.QEvent.Type.Wheel,
)


class SecondScreen(QtWidgets.QWidget):
    """A window with nothing but the calm picture."""

    def __init__(self, view: ClientView) -> None:
        super().__init__()
        self.setWindowTitle("RelaxListen")
        self.resize(800, 600)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Its own keys: close it."""
        if event.key() in (QtCore.Qt.Key.Key_F4, QtCore.Qt.Key.Key_Escape):
            self.close()


class SessionPages(QtWidgets.QStackedWidget):
    """A stack of SessionPages; the calm picture is the first."""

    def __init__(self, window: MainWindow, makers: Sequence[PageMaker], liking: Liking) -> None:
        super().__init__()
        self._window, self._liking = window, liking
        self._less_motion = system_wants_less_motion()
        self._model: ViewModel | None = None
        self._second: SecondScreen | None = None
        self.client = ClientView(self._client_theme(), self._options())
        self.second_view: ClientView | None = None
        self.pages: dict[str, QtWidgets.QWidget] = {CLIENT: self.client}
        self.titles: list[tuple[str, str]] = [(CLIENT, tr(CLIENT_TITLE))]
        for maker in makers:
            self.pages[maker.name] = maker.make(self._palette(), window.running.ask)
            self.titles.append((maker.name, tr(maker.title)))
        for page in self.pages.values():
            self.addWidget(page)
        self._rest = QtCore.QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(STEP_BACK_MS)
        self._rest.timeout.connect(self._step_back)
        self._show(liking.view)

    # ---- what is seen ----

    @property
    def seen(self) -> list[SessionPage]:
        """The pages that somebody can see."""
        pages: list[QtWidgets.QWidget | None] = [self.currentWidget(), self.second_view]
        return [cast("SessionPage", page) for page in pages if page is not None]

    @property
    def other_title(self) -> str:
        """The title of the page that `turn` goes to."""
        return self.titles[(self.currentIndex() + 1) % len(self.titles)][1]

    def turn(self) -> None:
        """Go to the next page."""
        self._show(self.titles[(self.currentIndex() + 1) % len(self.titles)][0])
        self.apply_look()
        if self._model is not None:
            self.show_points(self._model)
            self.show_facts(self._model.facts)
        self._window.controls.name_view(self.other_title)

    def begin(self, model: ViewModel) -> None:
        """A session begins."""
        self._model = model
        self._show(self._liking.view)
        if self._liking.full_screen and self._is_calm():
            self._window.showFullScreen()
        self.show_points(model)
        self.show_facts(model.facts)
        self.apply_look()
        self._rest.start()
        _application().installEventFilter(self)

    def end(self) -> None:
        """A session has ended: the last facts are shown everywhere, and the controls are there."""
        self._rest.stop()
        _application().removeEventFilter(self)
        self._window.controls.setVisible(True)
        if self._window.isFullScreen():
            self._window.showNormal()

    def show_facts(self, facts: Facts) -> None:
        """Hand on to what is seen."""
        for page in self.seen:
            page.show_facts(facts)

    def show_points(self, model: ViewModel) -> None:
        """Hand on to what is seen."""
        for page in self.seen:
            page.show_points(model)

    def move_to(self, now_s: float) -> None:
        """Hand on to what is seen."""
        for page in self.seen:
            page.move_to(now_s)

    def _show(self, name: str) -> None:
        self.setCurrentWidget(self.pages.get(name, self.client))

    def _is_calm(self) -> bool:
        return self.currentWidget() is self.client

    # ---- how it looks ----

    def like(self, liking: Liking) -> None:
        """Somebody likes it otherwise."""
        self._liking = liking
        self.client.options = self._options()
        self.apply_look()

    def apply_look(self) -> None:
        """Colours for the page that is seen, and for all around it."""
        on_picture = self._window.on_session_page and self._is_calm()
        theme = self._client_theme() if on_picture else DUSK if _is_dark() else DAY
        self._window.setPalette(palette_of(theme))
        self._window.setStyleSheet(style_sheet(theme))
        self._window.chooser.set_theme(DUSK if _is_dark() else DAY)
        self.client.set_theme(self._client_theme())
        for page in self.pages.values():
            cast("SessionPage", page).set_palette(self._palette())

    def _options(self) -> ClientOptions:
        liking = self._liking
        asked = self._less_motion if liking.motion is Motion.SYSTEM else liking.motion is Motion.REDUCED
        return ClientOptions(
            paced=liking.pacing is not Pacing.NONE,
            with_music=liking.pacing is Pacing.MUSIC,
            trend=liking.trend,
            still=asked,
        )

    def _client_theme(self) -> Theme:
        if self._liking.light is Light.LOW:
            return NIGHT
        return DUSK if _is_dark() else DAY

    @staticmethod
    def _palette() -> Palette:
        return DARK if _is_dark() else LIGHT

    # ---- stepping back ----

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802  # Qt's name
        """Any movement or key brings the controls back."""
        if event.type() in _WAKING:
            self._window.controls.setVisible(True)
            self._rest.start()
        return super().eventFilter(watched, event)

    def _step_back(self) -> None:
        running = self._model is not None and self._model.facts.stage is SessionStage.RUNNING
        if running and self._window.on_session_page and self._is_calm():
            self.client.setFocus()
            self._window.controls.setVisible(False)

    # ---- screens ----

    def toggle_full_screen(self) -> None:
        """Fill the screen, or leave it."""
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def toggle_second(self) -> None:
        """The calm picture in a window of its own, on another screen where there is one; or close it."""
        if self._second is not None and self._second.isVisible():
            self.close_second()
            return
        self.second_view = ClientView(self._client_theme(), self._options())
        self._second = SecondScreen(self.second_view)
        here = self._window.screen()
        others = [screen for screen in QtGui.QGuiApplication.screens() if screen is not here]
        if others:
            self._second.setGeometry(others[0].geometry())
            self._second.showFullScreen()
        else:
            self._second.show()
        if self._model is not None:
            self.second_view.show_points(self._model)
            self.second_view.show_facts(self._model.facts)

    def close_second(self) -> None:
        """Close the second window."""
        if self._second is not None:
            self._second.close()
        self._second = self.second_view = None


def _application() -> QtCore.QCoreApplication:
    app = QtCore.QCoreApplication.instance()
    assert app is not None
    return app


def _is_dark() -> bool:
    return QtGui.QGuiApplication.palette().color(QtGui.QPalette.ColorRole.Window).lightness() < 128
