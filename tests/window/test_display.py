import sys

import pytest

from relaxlisten.window import display

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@linux_only
def test_without_a_display_the_terminal_is_named_as_the_way() -> None:
    problem = display.display_problem()
    assert problem is not None
    assert "terminal" in problem


@linux_only
def test_a_missing_library_is_named_with_the_package_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr(display, "_X_LIBRARIES", {"libnosuch-cursor.so.0": "libxcb-cursor0"})
    problem = display.display_problem()
    assert problem is not None
    assert "apt-get install libxcb-cursor0" in problem


@linux_only
def test_an_offscreen_window_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.display_problem() is None
