"""What is said at the start of the program about sessions that were cut off, and about others that are running.

Decision: folders that do not answer hold nobody up. What was not reached in time is left as it is, so that the next start finds
it and can say it.
"""

from __future__ import annotations

import contextlib
import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from relaxlisten.session.recovery import CutOff

SILENT = "A folder of sessions does not answer: whether an earlier session was cut off is looked up the next time."


def sentences(out: Path | None = None) -> list[str]:
    """Finish what an earlier program could not; what there is to say of it.

    Looks where sessions are kept, beside this one's folder, and where those went on whose disk had failed.
    """
    import threading
    from concurrent.futures import wait

    from relaxlisten.session.record_file import spares
    from relaxlisten.session.recovery import gathered, header_of, recovering, told, told_spare
    from relaxlisten.unwaited import ANSWERS_WITHIN_S, unwaited

    given_up = threading.Event()
    here: list[CutOff | Path] = []
    rescued: list[CutOff | Path] = []
    headers: list[bytes] = []

    def look_here() -> None:
        _hand_on(recovering(_records(out), given_up.is_set), here.append)

    def look_at_spares() -> None:
        places = spares()
        headers.extend(map(header_of, places))
        _hand_on(recovering(places, given_up.is_set), rescued.append)

    looks = [unwaited("recovery", look_here), unwaited("recovery-spares", look_at_spares)]
    done, silent = wait(looks, ANSWERS_WITHIN_S)
    given_up.set()
    for look in done:
        look.result()
    now = datetime.datetime.now().astimezone()
    said = [told_spare(one, now) for one in gathered(list(rescued)).cut_off]
    return said + told(gathered(list(here)), now, headers) + ([SILENT] if silent else [])


def _hand_on(found: Iterable[CutOff | Path], put: Callable[[CutOff | Path], None]) -> None:
    """One by one: what has been finished is told, even where the next one never answers."""
    for one in found:
        put(one)


def _records(out: Path | None) -> list[Path]:
    from relaxlisten.places import data_folder
    from relaxlisten.session.people_store import PEOPLE, SESSIONS
    from relaxlisten.session.recovery import records_near

    data = data_folder()
    of_people: list[Path] = []
    with contextlib.suppress(OSError):
        of_people = list((data / PEOPLE).glob(f"*/{SESSIONS}"))
    return records_near([data / SESSIONS, *of_people, *([out, out.absolute().parent] if out else [])])
