"""RR intervals from the text files that people have: plain lists, Kubios, HRV Logger, Elite HRV and Polar's .hrm.

Decision: what the file says is taken raw. A line that holds no interval refuses the file and is named, and nothing is guessed
twice: "auto" looks at the file once and says what it took it for. Intervals are in ms unless most of them are below 10, which no
heart's milliseconds are.

ms, s           intervals in lines or separated by blanks, commas or semicolons; what follows a # is skipped
elite           the same, in ms, as Elite HRV exports it
kubios          one column of intervals, or two: time and interval, each in s or ms; lines of text before the first number are
                skipped
hrv-logger      comma or semicolon separated, with a column called rr (ms)
hrm             Polar: one interval in ms a line after [HRData], where the file says that it holds beats
"""

from __future__ import annotations

import itertools
import math
import re
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.sensor.packets import LONGEST_RR_MS
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# No heart beats 6000 times a minute: a file of such numbers was written in seconds.
SECONDS_BELOW = 10.0
_HRM_DATA = "[HRData]"
# Polar's .hrm: Interval=238 announces beats; 1, 5, 15 and 60 are seconds between heart rates.
_HRM_INTERVAL = re.compile(r"Interval\s*=\s*(\d+)", re.IGNORECASE)
_HRM_BEATS = 238
_RATES_ONLY = re.compile(r"\bHR \(bpm\)|^Name,Sport,Date,")
# Titles such as "rr", "RR-interval [ms]", "RRI", "ibi_ms", "NN (ms)".
_RR_TITLE = re.compile(r"(rr|rri|ibi|nn)([-_ ]?intervals?)?([-_ ]*[\[(]?m?s[\])]?)?")
# Two numbers in a line with a comma between are one decimal number unless both could be intervals.
_LEAST_MS = 200.0


class RrFormat(StrEnum):
    """How a file holds its intervals."""

    AUTO = "auto"
    MS = "ms"
    S = "s"
    KUBIOS = "kubios"
    HRV_LOGGER = "hrv-logger"
    ELITE = "elite"
    HRM = "hrm"


def read_rr_text(text: str, name: str, layout: RrFormat = RrFormat.AUTO) -> tuple[float, ...]:
    """The intervals of a text in ms, as they stand in it.

    Raises UsageError, naming the file and the line, for what is no interval, for one that is not above 0 or that no packet can
    carry (above 63999 ms), and for a text without any.
    """
    lines = list(lines_of(text))
    if not lines:
        message = f"{name} holds no RR interval: write one interval in milliseconds on each line."
        raise UsageError(message)
    _refuse_rates(lines, name)
    layout = recognised(lines) if layout is RrFormat.AUTO else layout
    match layout:
        case RrFormat.HRM:
            found = _hrm(lines, name)
        case RrFormat.HRV_LOGGER:
            found = _column(lines, name)
        case RrFormat.KUBIOS:
            found = _kubios(lines)
        case _:
            found = [(number, field) for number, words in lines for field in _listed(words)]
    numbers = [(number, words, _number(words, number, name)) for number, words in found]
    if not numbers:
        message = f"{name} holds no RR interval that {layout} files would have: try --format auto, or ms."
        raise UsageError(message)
    scale = _scale([value for _, _, value in numbers], layout)
    return tuple(_checked(value * scale, words, number, name) for number, words, value in numbers)


_Line = tuple[int, str]


def lines_of(text: str) -> Iterator[_Line]:
    """Lines that hold something, with their numbers from 1 on; what follows a # is skipped."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        words = line.partition("#")[0].strip()
        if words:
            yield number, words


def recognised(lines: Sequence[_Line]) -> RrFormat:
    """What a file that is not empty seems to be."""
    if any(words == _HRM_DATA for _, words in lines):
        return RrFormat.HRM
    if _rr_column(lines[0][1]) is not None:
        return RrFormat.HRV_LOGGER
    numeric = [words for _, words in lines if is_number(next(iter(fields_of(words)), ""))]
    if not numeric or not all(_is_pair(words) for words in numeric):
        return RrFormat.MS
    times = [float(fields_of(words)[0].replace(",", ".")) for words in numeric]
    return RrFormat.KUBIOS if all(after > before for before, after in itertools.pairwise(times)) else RrFormat.MS


def _is_pair(words: str) -> bool:
    fields = fields_of(words)
    return len(fields) == 2 and all(is_number(field) for field in fields)


def _listed(words: str) -> list[str]:
    """The intervals of a line: one, or several separated by blanks, commas or semicolons."""
    if is_number(words) and not all(is_number(part) and float(part) >= _LEAST_MS for part in words.split(",")):
        return [words]
    parts = [part for part in re.split(r"[\s;,]+", words) if part]
    return parts if len(parts) > 1 and all(is_number(part) for part in parts) else [words]


def _refuse_rates(lines: Sequence[_Line], name: str) -> None:
    """A heart rate is no interval: of a file of rates nothing is read, whatever layout it is asked to have."""
    head = list(itertools.takewhile(lambda words: words != _HRM_DATA, (words for _, words in lines)))
    intervals = {int(found[1]) for words in head if (found := _HRM_INTERVAL.fullmatch(words))}
    hrm_of_rates = len(head) < len(lines) and bool(intervals - {_HRM_BEATS})
    if hrm_of_rates or any(_RATES_ONLY.search(words) for words in head):
        message = f"{name} holds a heart rate every few seconds and no beats: export the RR intervals of this recording instead."
        raise UsageError(message)


def _hrm(lines: Sequence[_Line], name: str) -> list[_Line]:
    """The lines below [HRData], of a file whose [Params] say that they are beats."""
    words = [words for _, words in lines]
    if _HRM_DATA not in words:
        message = f"{name} has no {_HRM_DATA} section: it is no Polar .hrm file; try --format auto."
        raise UsageError(message)
    begin = words.index(_HRM_DATA)
    if not any(_HRM_INTERVAL.fullmatch(line) for line in words[:begin]):
        message = (
            f"{name} does not say whether its [HRData] are beats or heart rates (Interval=238 under [Params] means beats): "
            "if they are beats, add that line."
        )
        raise UsageError(message)
    return list(lines[begin + 1 :])


def _column(lines: Sequence[_Line], name: str) -> list[_Line]:
    column = _rr_column(lines[0][1])
    if column is None:
        message = f'{name} has no column called "rr" in line {lines[0][0]}: try --format auto, or ms.'
        raise UsageError(message)
    return [(number, (separated(words) + [""] * column)[column]) for number, words in lines[1:]]


def _rr_column(header: str) -> int | None:
    titles = [title.strip().strip('"').lower() for title in separated(header)]
    return next((index for index, title in enumerate(titles) if _RR_TITLE.fullmatch(title)), None)


def _kubios(lines: Sequence[_Line]) -> list[_Line]:
    """The last column of the numbers, whatever text stands above them."""
    first = next((index for index, (_, words) in enumerate(lines) if is_number(fields_of(words)[0])), len(lines))
    return [(number, fields_of(words)[-1]) for number, words in lines[first:]]


def _scale(values: Sequence[float], layout: RrFormat) -> float:
    if layout is RrFormat.S:
        return MS_PER_S
    in_seconds = layout in (RrFormat.MS, RrFormat.KUBIOS, RrFormat.HRV_LOGGER) and median(values) < SECONDS_BELOW
    return MS_PER_S if in_seconds else 1.0


def separated(words: str) -> list[str]:
    """Cells between commas, semicolons or tabs."""
    return re.split(r"\s*[;\t]\s*|\s*,\s*", words)


def fields_of(words: str) -> list[str]:
    """Columns separated by blanks, tabs or semicolons, or by commas that are no decimal commas."""
    fields = [field for field in re.split(r"[;\t ]+|,\s+|(?<=\.\d),|(?<=\d\d),(?=\d+\.)", words) if field]
    return fields or [words]  # a line of separators alone


def is_number(field: str) -> bool:
    """Whether a field is a finite number, with a decimal point or comma."""
    try:
        return math.isfinite(float(field.replace(",", ".")))
    except ValueError:
        return False


def _number(words: str, number: int, name: str) -> float:
    field = words.strip('"').replace(",", ".") if words.count(",") == 1 and "." not in words else words.strip('"')
    try:
        return float(field)
    except ValueError:
        return _refuse(words, number, name)


def _checked(rr_ms: float, words: str, number: int, name: str) -> float:
    return rr_ms if 0.0 < rr_ms <= LONGEST_RR_MS else _refuse(words, number, name)


def _refuse(words: str, number: int, name: str) -> float:
    message = f'Line {number} of {name} is "{words[:40]}": expected one RR interval in milliseconds, such as 812.'
    raise UsageError(message)
