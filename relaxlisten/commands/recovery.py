"""What is said at the start of the program about sessions that were cut off, and about others that are running."""

from __future__ import annotations

import datetime
from concurrent.futures import wait
from typing import TYPE_CHECKING

from relaxlisten.unwaited import ANSWERS_WITHIN_S, unwaited

if TYPE_CHECKING:
    from pathlib import Path


SILENT = "A folder of sessions does not answer: whether an earlier session was cut off is looked up the next time."


def sentences(out: Path | None = None) -> list[str]:
    """Finish what an earlier program could not; what there is to say of it.

    Looks where sessions are kept, beside this one's folder, and where those went on whose disk had failed.
    """
    finished = unwaited("recovery", lambda: _finished(out))
    return finished.result() if wait([finished], ANSWERS_WITHIN_S).done else [SILENT]


def _finished(out: Path | None) -> list[str]:
    from relaxlisten.places import data_folder
    from relaxlisten.session.people_store import PEOPLE, SESSIONS
    from relaxlisten.session.record_file import spares
    from relaxlisten.session.recovery import records_near, recover, told, told_spare

    data = data_folder()
    folders = [data / SESSIONS, *(data / PEOPLE).glob(f"*/{SESSIONS}"), *([out, out.absolute().parent] if out else [])]
    now = datetime.datetime.now().astimezone()
    return [*told(recover(records_near(folders)), now), *(told_spare(one, now) for one in recover(spares()).cut_off)]
