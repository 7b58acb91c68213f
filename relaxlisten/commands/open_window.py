"""What the window is opened with: this machine's settings, straps, people and records.

Decision: `relaxlisten` alone remembers what was chosen and asks, at the first visit, whether sessions may be kept; a session that
is told on the command line (`listen`) does as it is told, remembers nothing and asks nothing.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relaxlisten.people_desk import PeopleDesk
    from relaxlisten.runtime import LiveSession
    from relaxlisten.settings import SessionSettings
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.looking import Finder
    from relaxlisten.window.pages import Opening


def opening(settings: SessionSettings, launch: Callable[[SessionSettings], LiveSession], *, remembers: bool) -> Opening:
    """All that the window needs. remembers: whether choices are kept for the next visit."""
    from relaxlisten.assembly import shipped_protocols
    from relaxlisten.commands.ratings import questions_of
    from relaxlisten.people_desk import PeopleDesk
    from relaxlisten.places import data_folder, window_settings_path
    from relaxlisten.window.asking import Asker
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.opened import PAGES
    from relaxlisten.window.pages import Hooks, Opening
    from relaxlisten.window.people_dialog import show_people
    from relaxlisten.window.start_model import Preset

    file = window_settings_path() if remembers else None
    desk = PeopleDesk(data_folder())
    _start(desk, settings)

    def chosen_now(choices: SessionChoices) -> SessionSettings:
        return dataclasses.replace(settings, **dataclasses.asdict(choices), passphrase=desk.passphrase(choices.person))

    asker = Asker(desk, lambda choices: questions_of(chosen_now(choices)), desk.rate)

    chosen = {field.name: getattr(settings, field.name) for field in dataclasses.fields(SessionChoices)}
    if remembers:
        chosen["sensor"] = "ble"  # who opens the window has a strap, or is told how to do without
    presets = [Preset(name=p.name, title=p.title, description=p.description) for p in shipped_protocols()]
    return Opening(
        initial=SessionChoices(**chosen),
        presets=presets,
        launch=lambda choices: launch(chosen_now(choices)),
        pages=PAGES,
        hooks=Hooks(
            ask_before=asker.before,
            ask_after=asker.after,
            report=lambda record: _report(record, file),
            people=lambda window: show_people(window, desk),
        ),
        settings_file=file,
        people=lambda: [line.name for line in desk.lines()],
        finder=_finder,
    )


def _start(desk: PeopleDesk, settings: SessionSettings) -> None:
    """What was cut off is finished and said; the person of the command line is known already."""
    for sentence in desk.start():
        typer.echo(f"relaxlisten: {sentence}", err=True)
    if settings.person is not None and settings.passphrase is not None:
        desk.open(settings.person, settings.passphrase)


def _finder() -> Finder:
    from relaxlisten.sensor.ble import BleakAir
    from relaxlisten.sensor.watch import StrapWatch

    return StrapWatch(BleakAir())


def _report(record: Path, settings_file: Path | None) -> Path:
    """Write the report beside the record, in the window's language, anew where there is one already; gives the page."""
    from relaxlisten.report.write import write_report
    from relaxlisten.window.languages import chosen
    from relaxlisten.window.remembered import Memory

    return write_report(record, force=True, language=chosen(Memory(settings_file).now.liking.language))
