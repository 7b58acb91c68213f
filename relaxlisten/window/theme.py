"""The colours of the window around the plots: Start, buttons, and the client's screen.

Decision: plain values, so that a test can compute every contrast. Text keeps 4.5 : 1 on every ground that it stands on, lines and
marks 3 : 1 (WCAG 2.2 AA, 1.4.3 and 1.4.11). No meaning hangs on colour alone; where two colours stand for two things they stay
apart for every kind of colour vision (simulated after Machado 2009, doi:10.1109/TVCG.2009.113). NIGHT is for a dark room: warm,
dim, nothing brighter than it has to be.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """ground: behind all. raised: cards and lists. muted: lesser text. line: borders. accent: the main button, what is chosen.

    glow: the breathing shape; rim: its edge; trend: the calm line; notice: text that asks for something.
    """

    ground: str
    raised: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    notice: str
    glow: str
    rim: str
    trend: str


DAY = Theme(
    ground="#f5f3ee", raised="#ffffff", text="#22282c", muted="#555d63", line="#7d8489", accent="#1c6167", on_accent="#ffffff",
    notice="#8a4800", glow="#2f7f86", rim="#1c6167", trend="#7a5c94",
)  # fmt: skip
DUSK = Theme(
    ground="#14181b", raised="#1d2327", text="#e8e6e1", muted="#a7afb5", line="#727b82", accent="#82c9c6", on_accent="#0c2022",
    notice="#f0b54a", glow="#5aa7a6", rim="#82c9c6", trend="#b79ad6",
)  # fmt: skip
NIGHT = Theme(
    ground="#0b0c0e", raised="#121417", text="#b5ac9d", muted="#8b8375", line="#6b655c", accent="#b08a5e", on_accent="#15100a",
    notice="#c8954a", glow="#96703f", rim="#b08a5e", trend="#857aa6",
)  # fmt: skip
