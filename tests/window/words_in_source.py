"""python -m tests.window.words_in_source [CODE]: the texts of the window that a language lacks, and those it has in vain."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.assembly import shipped_protocols
from relaxlisten.sensor import ble_faults, no_sensor
from relaxlisten.window import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = Path(languages.__file__).parent.parent
MARKS = ("tr", "later")


def called(call: ast.Call) -> str:
    """The bare name of what is called: tr, self.tr, QtWidgets.QLabel."""
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def calls(file: Path) -> Iterator[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def window_files() -> list[Path]:
    return sorted(file for file in WINDOW.rglob("*.py") if file.name != "words.py")


def marked_texts() -> set[str]:
    """What stands in tr("...") and later("...")."""
    marked = (call for file in window_files() for call in calls(file) if called(call) in MARKS and call.args)
    return {text for call in marked if (text := literal(call.args[0]))}


def looked_up_texts() -> set[str]:
    """What the window shows of other rooms by `tr(value)`: protocols in words, and what is wrong with Bluetooth."""
    protocols = shipped_protocols()
    texts = {text for one in protocols for text in (one.title, one.description)}
    texts |= {phase.prompt for one in protocols for phase in one.phases if phase.prompt}
    texts |= {phase.name for one in protocols for phase in one.phases} | {no_sensor.NAME, no_sensor.REASON}
    return texts | {value.sentence for value in vars(ble_faults).values() if isinstance(value, ble_faults.Meaning)}


def texts() -> set[str]:
    return marked_texts() | looked_up_texts()


def main(code: str) -> None:
    known = languages.catalogue(code)
    for text in sorted(texts() - known.keys()):
        sys.stdout.write(f"missing: {text!r}\n")
    for text in sorted(known.keys() - texts()):
        sys.stdout.write(f"stale: {text!r}\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "de")
