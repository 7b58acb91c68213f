"""The whole fault table."""

from __future__ import annotations

from tests.system.faults import clock_rows, disk_rows, music_rows, process_rows, sound_rows, strap_rows

GROUPS = (
    ("Strap and Bluetooth", strap_rows.INTRO, strap_rows.ROWS),
    ("Sound card and sound process", sound_rows.INTRO, sound_rows.ROWS),
    ("Music and its catalogue", music_rows.INTRO, music_rows.ROWS),
    ("Disk and record", disk_rows.INTRO, disk_rows.ROWS),
    ("Clock", clock_rows.INTRO, clock_rows.ROWS),
    ("The program, and its end", process_rows.INTRO, process_rows.ROWS),
)
