"""A methods text as Markdown, and the trace of its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.report.methods import TO_COMPLETE, fillable, filled, keys_of

if TYPE_CHECKING:
    from relaxlisten.report.methods import Checklist, Figure, MethodsText


def as_markdown(text: MethodsText) -> str:
    """The text for a manuscript: the paragraphs, then the checklists as tables."""
    lines = [f"# {text.title}", ""]
    if text.warning:
        lines += [f"**{text.warning}**", ""]
    for paragraph in text.paragraphs:
        sentences = [filled(sentence, text.figures) for sentence in fillable(paragraph, text.figures)]
        lines += [" ".join(sentences), ""] if sentences else []
    for checklist in text.checklists:
        lines += _table(checklist, text)
    return "\n".join(lines).rstrip() + "\n"


def _table(checklist: Checklist, text: MethodsText) -> list[str]:
    rows = [f"## {checklist.title}", "", f"Items in our words; source: {checklist.source}.", ""]
    rows += ["| item | to report | here |", "|---|---|---|"]
    for item in checklist.items:
        told = [filled(answer, text.figures) for answer in fillable(item.answers, text.figures)]
        asked = item.person or ("" if told else "this is not in the record")
        told += [f"{TO_COMPLETE}: {asked}."] if asked else []
        rows.append(f"| {item.number} | {item.asks} | {' '.join(told)} |")
    return [*rows, ""]


def used_figures(text: MethodsText) -> list[Figure]:
    """The figures that stand in the text, each once, in the order in which they come first."""
    answers = [answer for checklist in text.checklists for item in checklist.items for answer in item.answers]
    sentences = [*(sentence for paragraph in text.paragraphs for sentence in paragraph), *answers]
    keys = dict.fromkeys(key for sentence in fillable(sentences, text.figures) for key in keys_of(sentence))
    return [text.figures[key] for key in keys]


def as_trace(text: MethodsText) -> str:
    """One line a figure: its name, how it is shown, where it comes from; tabs between."""
    rows = [(figure.key, " ".join(figure.shown.split()), figure.source) for figure in used_figures(text)]
    return "".join("\t".join(row) + "\n" for row in [("figure", "shown", "from"), *rows])
