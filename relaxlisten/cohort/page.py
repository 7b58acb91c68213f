"""A study's overview as one HTML page that needs nothing else.

Decision: whatever came out of a record is escaped, and the page forbids itself scripts and anything from elsewhere.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from relaxlisten.cohort.figures import bars_svg, intervals_svg, style
from relaxlisten.cohort.summary import DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.cohort.figures import Group
    from relaxlisten.cohort.rules import Rules
    from relaxlisten.cohort.summary import Summary
    from relaxlisten.simulation.tables import Interval

MOST_LISTED = 200
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title><style>
:root {{ color-scheme: light dark; --ink: #222; --page: #fff; --note: #d55e00 }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #ddd; --page: #161616; --note: #e69f00 }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; overflow-wrap: break-word;
  color: var(--ink); background: var(--page) }}
table {{ border-collapse: collapse; display: block; overflow-x: auto }}
td, th {{ text-align: left; padding: .2em 1em .2em 0; vertical-align: top }}
.figures td {{ font-variant-numeric: tabular-nums }}
figure {{ margin: 2em 0 1em }} figcaption {{ font-weight: 600 }}
.note {{ border-left: 4px solid var(--note); padding-left: 1em }}
{figures}</style></head><body>
"""


def overview(title: str, summary: Summary, rules: Rules, version: str) -> str:
    """The page."""
    parts = [
        _HEAD.format(title=escape(title), figures=style()),
        f"<h1>{escape(title)}</h1>",
        *(f'<p class="note">{escape(note)}</p>' for note in _notes(summary)),
        _table((), _counts(summary)),
        "<h2>What counts</h2>",
        _list(rules.sentences()),
        _table(("Left out because", "Sessions"), [(why, str(count)) for why, count in summary.why.most_common()]),
        *_figures(summary),
        "<h2>Left out</h2>" if summary.excluded else "",
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
        ("Of these count", str(summary.counted)),
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
        drawn += [intervals_svg(name, unit, groups), _numbers(unit, groups)]
    drawn.append(bars_svg("How much of each session clean beats cover", "share of its time", "sessions", summary.shares))
    return drawn


def _numbers(unit: str, groups: Sequence[Group]) -> str:
    """What a figure shows, to be read and copied."""
    known = [one for _, arms in groups for _, one in arms if one.n]
    digits = 2 if max((abs(one.mean) for one in known), default=0.0) >= 1.0 else 3
    rows = [
        (f"{kind}, {label}", f"{_signed(one.mean, digits)}{_bounds(one, digits)}", str(one.n))
        for kind, arms in groups
        for label, one in arms
        if one.n
    ]
    return _table(("Phase and arm", f"Mean and 95 % interval, {unit}", "Participants"), rows, "figures")


def _bounds(one: Interval, digits: int) -> str:
    return f" ({_signed(one.low, digits)} to {_signed(one.high, digits)})" if math.isfinite(one.low) else ""


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def _more(count: int) -> str:
    return f"<p>{count - MOST_LISTED} more stand in exclusions.csv.</p>" if count > MOST_LISTED else ""


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    if not rows:
        return ""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
