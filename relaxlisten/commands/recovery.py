"""What is said at the start of the program about sessions that were cut off, and about others that are running."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sentences(out: Path | None = None) -> list[str]:
    """Finish what an earlier program could not, where sessions are kept and beside this one's folder; what there is to say."""
    from relaxlisten.places import data_folder
    from relaxlisten.session.people_store import PEOPLE, SESSIONS
    from relaxlisten.session.recovery import records_near, recover, told

    data = data_folder()
    folders = [data / SESSIONS, *(data / PEOPLE).glob(f"*/{SESSIONS}"), *([out, out.absolute().parent] if out else [])]
    return told(recover(records_near(folders)), datetime.datetime.now().astimezone())
