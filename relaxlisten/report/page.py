"""A report as one HTML page that needs nothing else: no script, nothing from the network, its style inside.

Decision: Jinja2 with autoescape makes the page; the picture is the only markup that is put in as it is, and escapes its own
texts. The page's Content-Security-Policy allows this one style sheet, by its hash, and nothing else at all.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from relaxlisten import __version__
from relaxlisten.report import colours, rows, rows_appendix
from relaxlisten.report.chart import chart
from relaxlisten.report.summary import chart_in_words, summary

if TYPE_CHECKING:
    from relaxlisten.report.facts import SessionFacts
    from relaxlisten.report.words import Language

CHART_WORDS_ID = "chart-in-words"


@functools.cache
def environment() -> jinja2.Environment:
    """The templates of this package, with everything escaped; an overview of a study may use the same."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("relaxlisten.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style(paper: str = "") -> Markup:
    """The style sheet, with the colours in it. paper: A4, letter; empty for the printer's own."""
    return Markup(environment().get_template("report.css").render(colour=colours.BY_NAME, paper=paper).strip())  # our own file


def policy(style_sheet: str) -> str:
    """The Content-Security-Policy of a page with this one style sheet."""
    digest = base64.b64encode(hashlib.sha256(style_sheet.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(facts: SessionFacts, language: Language, paper: str = "") -> str:
    """The whole report. paper: as in `style`."""
    sheet = style(paper)
    return (
        environment()
        .get_template("report.html")
        .render(
            facts=facts,
            language=language,
            say=language.say,
            version=__version__,
            style=sheet,
            policy=policy(sheet),
            summary=summary(facts, language),
            chart=Markup(chart(facts, language, described_by=CHART_WORDS_ID)),  # it escapes its texts
            chart_words_id=CHART_WORDS_ID,
            chart_words=chart_in_words(facts, language),
            rows=rows,
            more=rows_appendix,
        )
    )
