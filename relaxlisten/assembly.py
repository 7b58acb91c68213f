"""Puts the parts of a session together from what a person chose."""

from __future__ import annotations

import datetime
import platform
import secrets
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten import __version__
from relaxlisten.assembly_group import companions, tell_apart
from relaxlisten.control.memory import Memory
from relaxlisten.control.protocol import protocol_to_data, scaled_to
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.scales import with_scales
from relaxlisten.control.setup import setup_to_data
from relaxlisten.errors import UsageError
from relaxlisten.library_feed import LibraryFeed
from relaxlisten.listener import Keeper, begun_or_let_go, open_listener
from relaxlisten.pipeline import Pipeline
from relaxlisten.places import catalogue_path, data_folder
from relaxlisten.preparing import needs_music, prepare, ratings, with_comfort
from relaxlisten.safe_files import read_ordinary
from relaxlisten.scale_files import load_scales
from relaxlisten.session.format import SCHEMA, SessionHeader
from relaxlisten.session.people_store import SESSIONS
from relaxlisten.session.recorder import Recorder, claim_folder
from relaxlisten.settings import recorded_settings
from relaxlisten.shipped import shipped_folder
from relaxlisten.terms import When

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.control.protocol import Protocol, RatingQuestion
    from relaxlisten.control.setup import ControlSetup
    from relaxlisten.group import CompanionParts
    from relaxlisten.listener import Listener
    from relaxlisten.messages import Rating
    from relaxlisten.ports import Link, Sensor, Sound
    from relaxlisten.ready_music import ReadyMusic
    from relaxlisten.session.recorder import WriteFault
    from relaxlisten.settings import SessionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that one session is made of, not yet started.

    answers: given before it. questions: all of the session, before and after. keeper: remembers for a person; None for nobody.
    concealed: see SessionSettings. links: to other programs. companions: the other hearts that are listened to.
    beside: where their records go; None for inside this session's folder. kept: whether the session is recorded.
    """

    pipeline: Pipeline
    sensor: Sensor
    sound: Sound
    library: LibraryFeed | ReadyMusic
    header: SessionHeader
    out: Path
    answers: tuple[Rating, ...] = ()
    questions: tuple[RatingQuestion, ...] = ()
    keeper: Keeper | None = None
    concealed: str = ""
    companions: tuple[CompanionParts, ...] = ()
    beside: Path | None = None
    links: tuple[Link, ...] = ()
    kept: bool = True

    def open_recorder(self, on_fault: Callable[[WriteFault], None]) -> Recorder:
        """Claim the session's folder and write the header. Raises RelaxListenError where that is impossible."""
        folder = claim_folder(self.out)
        if self.keeper is not None:
            self.keeper.placed(folder)
        return Recorder(folder, self.header, on_fault)


def assemble(settings: SessionSettings) -> Parts:
    """The parts of one session. Raises UsageError for a choice that does not exist or cannot be understood."""
    protocol = with_scales(load_protocol(settings.protocol), load_scales(settings.scales))
    if settings.minutes is not None:
        protocol = scaled_to(protocol, settings.minutes)
    protocol = with_comfort(protocol, settings.comfort)
    tell_apart(settings)
    _refuse_unkept(settings)
    listener = open_listener(settings, data_folder())
    with begun_or_let_go(listener):
        return _parts(settings, protocol, listener)


def _parts(settings: SessionSettings, protocol: Protocol, listener: Listener | None) -> Parts:
    setup = prepare(settings, listener.memory, listener.card.avoid) if listener else prepare(settings, Memory(), ())
    sensor = _sensor(settings)
    header = _header(settings, protocol, setup, listener)
    out = settings.out or (listener.sessions if listener else data_folder() / SESSIONS) / _stamp()
    return Parts(
        pipeline=Pipeline(
            protocol, seed=settings.seed, volume=settings.volume, volume_cap=settings.volume_cap, bed=settings.bed, setup=setup
        ),
        sensor=sensor,
        sound=_sound(settings),
        library=_library(settings),
        header=header,
        out=out,
        answers=ratings(settings.ratings, protocol.ratings, When.BEFORE, 0.0),
        questions=protocol.ratings,
        keeper=Keeper(listener, protocol.ratings, setup.hour) if listener else None,
        concealed=settings.concealed,
        companions=companions(settings, header, _sensor),
        # What is kept of a person is theirs alone: it is locked, handed over and deleted as a whole.
        beside=(settings.out or data_folder() / SESSIONS / out.name).with_name(f"{out.name}-others") if listener else None,
        links=_links(settings, header),
        kept=settings.keep,
    )


def _library(settings: SessionSettings) -> LibraryFeed | ReadyMusic:
    if needs_music(settings.arm):
        return LibraryFeed(settings.music, catalogue_path())
    from relaxlisten.music.nature import nature_tracks
    from relaxlisten.ready_music import ReadyMusic

    return ReadyMusic(nature_tracks())


# ---- protocols ----


def shipped_protocols() -> tuple[Protocol, ...]:
    """The protocols that come with the program, by name."""
    files = sorted(shipped_folder("playlists").glob("*.toml"))
    return tuple(parse_protocol(file.read_text(encoding="utf-8"), file.name) for file in files)


def load_protocol(name_or_file: str) -> Protocol:
    """A shipped protocol by its name, or one from a TOML file."""
    shipped = shipped_folder("playlists") / f"{name_or_file}.toml"
    own = Path(name_or_file)
    file = own if own.suffix == ".toml" or own.is_file() else shipped
    try:
        return parse_protocol(read_ordinary(file).decode("utf-8"), file.name)
    except FileNotFoundError:
        names = ", ".join(protocol.name for protocol in shipped_protocols())
        message = f'There is no protocol "{name_or_file}": choose one of {names}, or name a .toml file.'
        raise UsageError(message) from None
    except (OSError, UnicodeDecodeError) as fault:
        message = f"The protocol {file} cannot be read ({fault}): it must be a text file in UTF-8."
        raise UsageError(message) from fault


# ---- shells at the two ends ----


def _sensor(settings: SessionSettings) -> Sensor:
    kind, _, detail = settings.sensor.partition(":")
    match kind:
        case "simulated":
            from relaxlisten.sensor.simulated import SimulatedSensor

            return SimulatedSensor(seed=settings.seed)
        case "none":
            from relaxlisten.sensor.no_sensor import NoSensor

            return NoSensor()
        case "file" if detail:
            return _rr_file_sensor(Path(detail))
        case "lsl":
            from relaxlisten.sensor.lsl import LslSensor

            _refuse_offline(settings)
            return LslSensor(detail or None)
        case "ble":
            from relaxlisten.sensor.ble import BleSensor
            from relaxlisten.sensor.profiles import load_profiles
            from relaxlisten.sensor.strap_memory import StrapMemory

            _refuse_offline(settings)
            return BleSensor(detail or None, load_profiles(shipped_folder("device_profiles")), greet=StrapMemory(data_folder()))
    message = f'"{settings.sensor}" is no sensor: use simulated, none, ble, ble:ADDRESS, lsl:NAME or file:RR.txt.'
    raise UsageError(message)


def _refuse_unkept(settings: SessionSettings) -> None:
    if not settings.keep and (settings.person or settings.also or settings.offline):
        raise UsageError("Nothing of this session is to be kept: that suits one person, live, who is nobody in particular.")


def _refuse_offline(settings: SessionSettings) -> None:
    if settings.offline:
        raise UsageError("A strap beats in real time: --offline needs --sensor simulated or --sensor file:RR.txt.")


def _links(settings: SessionSettings, header: SessionHeader) -> tuple[Link, ...]:
    """The other programs beside a session, each only where it was asked for."""
    asked = settings.lsl or settings.osc or settings.osc_in
    if asked and settings.offline:
        raise UsageError("An offline session runs faster than time: LSL and OSC are for live ones.")
    links: list[Link] = []
    if settings.lsl:
        from relaxlisten.exchange.lsl_out import LslOutlets

        links.append(LslOutlets(header))
    if settings.osc or settings.osc_in:
        from relaxlisten.exchange.osc import OscIn, OscOut, address

        links += [OscOut(address(settings.osc))] if settings.osc else []
        links += [OscIn(address(settings.osc_in))] if settings.osc_in else []
    return tuple(links)


def _rr_file_sensor(path: Path) -> Sensor:
    from relaxlisten.sensor.rr_file import RrFileSensor
    from relaxlisten.sensor.rr_formats import read_rr_text

    try:
        text = read_ordinary(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        message = f"The RR file {path} cannot be read ({getattr(fault, 'strerror', None) or fault}): check the name."
        raise UsageError(message) from fault
    return RrFileSensor(read_rr_text(text, path.name), path.name)


def _sound(settings: SessionSettings) -> Sound:
    if settings.offline:
        from relaxlisten.sound.offline import OfflineSound

        return OfflineSound(settings.render, settings.seed)
    from relaxlisten.sound.orders import Output, Settings
    from relaxlisten.sound.process import SoundProcess

    output = Output.CARD if settings.with_sound else Output.SILENT
    return SoundProcess(Settings(origin_s=0.0, output=output, render_path=settings.render, seed=settings.seed))


# ---- the record ----


def _stamp() -> str:
    """What a session's folder is called when nobody says where it goes: by its start."""
    return datetime.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")


def _header(settings: SessionSettings, protocol: Protocol, setup: ControlSetup, listener: Listener | None) -> SessionHeader:
    kind, _, detail = settings.sensor.partition(":")
    return SessionHeader(
        schema=SCHEMA,
        started_utc=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seed=settings.seed,
        sensor=f"file:{Path(detail).name}" if kind == "file" else kind,
        simulated=kind == "simulated",
        settings=recorded_settings(settings),
        protocol=protocol_to_data(protocol),
        versions=_versions(),
        condition=setup.concealed or setup.arm.value,
        person_id=listener.entry.id if listener else None,
        control=setup_to_data(setup),
        seal_key=secrets.token_hex(4),
    )


def _versions() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in ("numpy", "scipy", "bleak", "sounddevice", "rtmixer", "soundfile")}
    return {"relaxlisten": __version__, "python": platform.python_version(), "system": platform.system(), **libraries}
