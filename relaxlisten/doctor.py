"""What works on this machine, what is missing, and how to get it."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import sys
import tempfile
from dataclasses import dataclass

from relaxlisten.places import catalogue_path, data_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. sentence: what is so, and what to do where it does not work."""

    what: str
    works: bool
    sentence: str


def examine() -> tuple[Finding, ...]:
    """Look at everything that a session needs; takes a few seconds at most."""
    return (_python(), _bluetooth(), _sound(), _m4a(), _display(), _folder(), _catalogue())


def _python() -> Finding:
    version = platform.python_version()
    return Finding(what="Python", works=sys.version_info >= (3, 11), sentence=f"Python {version}; 3.11 or newer is needed.")


def _bluetooth() -> Finding:
    from relaxlisten.sensor.ble import bluetooth_status

    works, sentence = bluetooth_status()
    return Finding(what="Bluetooth", works=works, sentence=sentence)


def _sound() -> Finding:
    from relaxlisten.sound.output import card_status

    works, sentence = card_status()
    return Finding(what="Sound", works=works, sentence=sentence)


def _m4a() -> Finding:
    works = importlib.util.find_spec("av") is not None
    missing = 'M4A and AAC files need PyAV, which is missing: pip install "relaxlisten[m4a]"; all other kinds play.'
    return Finding(what="M4A files", works=works, sentence="M4A and AAC files play." if works else missing)


def _display() -> Finding:
    from relaxlisten.window.display import display_problem

    problem = display_problem()
    return Finding(what="Display", works=problem is None, sentence=problem or "A window can be opened.")


def _folder() -> Finding:
    folder = data_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        sentence = f"Sessions cannot be saved in {folder} ({fault.strerror or fault}): use --out FOLDER to save them elsewhere."
        return Finding(what="Folders", works=False, sentence=sentence)
    return Finding(what="Folders", works=True, sentence=f"Sessions are saved in {folder / 'sessions'}.")


def _catalogue() -> Finding:
    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.catalogue_file import CatalogueFault

    what, path = "Your music", catalogue_path()
    if not path.exists():
        sentence = f"No piece is known yet: relaxlisten music scan FOLDER hears your music and keeps what it found in {path}."
        return Finding(what=what, works=True, sentence=sentence)
    try:
        with contextlib.closing(Catalogue(path)) as catalogue:
            sentence = catalogue.notice or f"{catalogue.count()} files are known; the catalogue is {path}."
    except CatalogueFault as fault:
        return Finding(what=what, works=False, sentence=str(fault))
    return Finding(what=what, works=True, sentence=sentence)
