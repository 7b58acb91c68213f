"""Makes the therapist's screen with the observations of whoever uses this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.window.board import Board
from relaxlisten.window.therapist_file import read_observations

if TYPE_CHECKING:
    from pathlib import Path

    from relaxlisten.window.therapist_bar import Ask
    from relaxlisten.window.traces import Palette


def make_board(palette: Palette, ask: Ask, observations: Path) -> Board:
    """The screen; what is wrong with the file of observations, if anything is, stands in its last line."""
    found, fault = read_observations(observations)
    board = Board(palette, ask, found)
    board.notice.setText(fault)
    return board
