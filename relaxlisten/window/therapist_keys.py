"""The keys of the therapist's screen, and the observations that have one. Pure.

Decision: an observation is one key, because whoever observes looks at a person and not at a screen. Which there are is for the
therapist to say, in a small file (`observations.toml`):

    [observations]
    1 = "sighs"
    t = "tears"

One letter or digit each, that no other key of the screen uses. A file that breaks a rule is told of with the line to mend, and
the usual observations stand in, so that a session never waits for a file.
"""

from __future__ import annotations

from dataclasses import dataclass

from relaxlisten.errors import UsageError
from relaxlisten.toml_text import NotToml, parse_toml
from relaxlisten.window.words import later

# Name: key, what it does. Arrow keys alone belong to whatever has the focus.
KEYS: dict[str, tuple[str, str]] = {
    "hold": ("H", later("Hold the tempo, or let it go")),
    "match_again": ("A", later("Meet the heart again")),
    "slower": ("-", later("One BPM slower")),
    "faster": ("+", later("One BPM faster")),
    "next_phase": ("P", later("Next phase")),
    "end_gently": ("E", later("End gently, in a long fade")),
    "earlier": ("Alt+Left", later("Look back")),
    "later": ("Alt+Right", later("Look on")),
    "nearer": ("Ctrl++", later("Zoom in")),
    "further": ("Ctrl+-", later("Zoom out")),
    "now": ("Alt+End", later("Back to now")),
    "spectrum": ("S", later("Spectrum")),
    "poincare": ("O", later("Poincaré plot")),
    "group": ("G", later("Group")),
    "why": ("W", later("Earlier decisions")),
    "note": ("N", later("Write a note")),
}
FIRST_KEYS = ("1", "2", "3", "4", "5", "6")
# Keys that the window itself uses.
TAKEN = frozenset({"M"} | {key for key, _ in KEYS.values() if len(key) == 1})
MOST = 12
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Observation:
    """A key, and what is written into the record when it is pressed."""

    key: str
    words: str


USUAL = tuple(
    Observation(key, words)
    for key, words in zip(
        FIRST_KEYS, (later("sighs"), later("moves"), later("eyes closed"), later("talks"), later("smiles"), later("yawns")),
        strict=True,
    )
)  # fmt: skip


def parse_observations(text: str, name: str) -> tuple[Observation, ...]:
    """The observations of a file. Raises UsageError with what is wrong and what would be right."""
    try:
        data = parse_toml(text)
    except NotToml as fault:
        raise _wrong(name, f"it is no TOML ({fault})") from fault
    table = data.get("observations")
    if not isinstance(table, dict) or set(data) != {"observations"}:
        raise _wrong(name, "it must have one table, [observations]")
    if not 1 <= len(table) <= MOST:
        raise _wrong(name, f"it names {len(table)} observations, and there may be 1 to {MOST}")
    found = tuple(_observation(key, words, name) for key, words in table.items())
    if len({one.key for one in found}) < len(found):
        raise _wrong(name, "it names a key twice (letters count once, large or small)")
    return found


def _observation(key: str, words: object, name: str) -> Observation:
    if len(key) != 1 or not key.isalnum():
        raise _wrong(name, f'"{key}" is no single letter or digit')
    if key.upper() in TAKEN:
        raise _wrong(name, f'the key "{key}" already does something else')
    if not isinstance(words, str) or not 1 <= len(words.strip()) <= LONGEST or not words.isprintable():
        raise _wrong(name, f'what "{key}" means must be a line of 1 to {LONGEST} letters')
    return Observation(key.upper(), words.strip())


def _wrong(name: str, what: str) -> UsageError:
    return UsageError(f'{name} is not used: {what}. Write lines such as 1 = "sighs" below [observations].')
