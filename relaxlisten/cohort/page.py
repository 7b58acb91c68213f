"""A study's overview as one HTML page that needs nothing else.

Decision: whatever came out of a record is escaped, and the page forbids itself scripts and anything from elsewhere.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from relaxlisten.cohort.figures import bars_svg, intervals_svg
from relaxlisten.cohort.summary import DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.cohort.rules import Rules
    from relaxlisten.cohort.summary import Summary

MOST_LISTED = 200
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }}
table {{ border-collapse: collapse }} td, th {{ text-align: left; padding: .2em 1em .2em 0; vertical-align: top }}
figure {{ margin: 1.5em 0 }} figcaption {{ font-weight: 600 }} svg {{ width: 100%; height: auto }}
svg text {{ font: 12px system-ui, sans-serif; fill: #333 }} .note {{ border-left: 4px solid #d55e00; padding-left: 1em }}
</style></head><body>
"""


def overview(title: str, summary: Summary, rules: Rules, version: str) -> str:
    """The page."""
    parts = [
        _HEAD.format(title=escape(title)),
        f"<h1>{escape(title)}</h1>",
        *(f'<p class="note">{escape(note)}</p>' for note in _notes(summary)),
        _table(("", ""), _counts(summary)),
        "<h2>What counts</h2>",
        _list(rules.sentences()),
        _table(("Left out because", "sessions"), [(why, str(count)) for why, count in summary.why.most_common()]),
        *_figures(summary),
        "<h2>Left out</h2>",
        _table(("Session", "Why"), summary.excluded[:MOST_LISTED]),
        _more(len(summary.excluded)),
        f"<p>{escape(_LOOK)} RelaxListen {escape(version)}.</p>",
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


_LOOK = (
    "Means are those of participants, with 95 % intervals by Student's t over participants. They are there to look at: a claim "
    "needs the analysis that the study planned (sessions.csv and phases.csv are ready for a mixed model). General wellness only: "
    "no diagnosis."
)


def _notes(summary: Summary) -> list[str]:
    notes = []
    if summary.simulated:
        share = f"{summary.simulated} of {summary.sessions}"
        notes.append(f"The heart of {share} sessions was simulated: they say nothing about people.")
    if summary.concealed:
        notes.append("This study has not been opened: arms are called by their letters.")
    return notes


def _counts(summary: Summary) -> list[tuple[str, str]]:
    arms = ", ".join(f"{label} ({count})" for label, count in sorted(summary.labels.items()))
    return [
        ("Sessions", str(summary.sessions)),
        ("that count", str(summary.counted)),
        ("Participants", str(len(summary.participants))),
        ("Arms", arms),
    ]


def _figures(summary: Summary) -> list[str]:
    drawn = ["<h2>Figures</h2>"]
    for figure, (name, unit) in DRAWN.items():
        groups = [
            (kind, [(label, summary.mean(figure, kind, label)) for label in sorted(summary.labels)])
            for kind in summary.kinds
            if kind != "baseline"
        ]
        drawn.append(intervals_svg(name, unit, groups))
    drawn.append(bars_svg("Share of each session that clean beats cover", "share; bars: sessions", summary.shares, 0.0, 1.0))
    return drawn


def _more(count: int) -> str:
    return f"<p>{count - MOST_LISTED} more stand in exclusions.csv.</p>" if count > MOST_LISTED else ""


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _table(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return ""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr><td>{escape(one)}</td><td>{escape(other)}</td></tr>" for one, other in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
