"""What is said at the start of the program about sessions that were cut off, and about others that are running.

Decision: folders that do not answer hold nobody up. What was not reached in time is left as it is, so that the next start finds
it and can say it.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from relaxlisten.session.recovery import Found

SILENT = "A folder of sessions does not answer: whether an earlier session was cut off is looked up the next time."


def sentences(out: Path | None = None) -> list[str]:
    """Finish what an earlier program could not; what there is to say of it.

    Looks where sessions are kept, beside this one's folder, and where those went on whose disk had failed.
    """
    import threading
    from concurrent.futures import wait

    from relaxlisten.session.record_file import spares
    from relaxlisten.session.recovery import Found, told
    from relaxlisten.unwaited import ANSWERS_WITHIN_S, unwaited

    given_up = threading.Event()
    kept = unwaited("recovery", lambda: _finished(_records(out), given_up))
    spare = unwaited("recovery-spares", lambda: _finished(spares(), given_up))
    done = wait([kept, spare], ANSWERS_WITHIN_S).done
    given_up.set()
    found, rescued = (look.result() if look in done else Found() for look in (kept, spare))
    said = told(found, datetime.datetime.now().astimezone(), rescued)
    return said if len(done) > 1 else [*said, SILENT]


def _finished(records: Iterable[Path], given_up: threading.Event) -> Found:
    from relaxlisten.session.recovery import recover

    return recover(itertools.takewhile(lambda _record: not given_up.is_set(), records))


def _records(out: Path | None) -> Iterator[Path]:
    from relaxlisten.places import data_folder
    from relaxlisten.session.people_store import PEOPLE, SESSIONS
    from relaxlisten.session.recovery import records_near

    data = data_folder()
    of_people: list[Path] = []
    with contextlib.suppress(OSError):
        of_people = list((data / PEOPLE).glob(f"*/{SESSIONS}"))
    yield from records_near([data / SESSIONS, *of_people, *([out, out.absolute().parent] if out else [])])
