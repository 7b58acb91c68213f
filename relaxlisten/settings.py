"""What a person chose for one session."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from relaxlisten.terms import Bed

DEFAULT_PROTOCOL = "settle-20"
DEFAULT_VOLUME = 0.8
RENDER_SUFFIXES = (".wav", ".flac")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What was chosen for a session.

    sensor: "simulated", "none", "ble", "ble:ADDRESS", "lsl:NAME" or "file:RR.txt". music: "builtin", a folder or a playlist file.
    protocol: a shipped name or a TOML file. minutes: whole length, None for the protocol's own. volume: 0 to 1, never above
    volume_cap. bed: a sound of nature under pieces without a pulse. arm: what the music does. donor: the session that a yoked
    one repeats. person: whose responses are learned from and remembered; None: nobody's. passphrase: of that person's folder,
    where it is locked. comfort: "LOW-HIGH", a heart rate to stay in. scales: asked beside the protocol's own, names of shipped
    ones or TOML files. ratings: answers given before, as "SCALE=VALUE". concealed: the letter that is shown instead of the arm;
    empty where it is open. render: also write what was heard, to a file that ends in one of RENDER_SUFFIXES. offline: as fast as
    the machine can, without a card. out: the session's folder, None for the default place. lsl: send live over LSL. osc, osc_in:
    where OSC goes to, and where its markers come in, as HOST:PORT or PORT; None for nowhere. also: other
    hearts that are listened to beside, each as "NAME=SENSOR" or "SENSOR". keep: whether anything of the session is recorded.
    """

    sensor: str = "simulated"
    music: str = "builtin"
    protocol: str = DEFAULT_PROTOCOL
    minutes: float | None = None
    seed: int = 1
    volume: float = DEFAULT_VOLUME
    volume_cap: float = 1.0
    bed: Bed | None = None
    with_sound: bool = True
    render: Path | None = None
    offline: bool = False
    out: Path | None = None
    arm: Arm = Arm.ADAPTIVE
    donor: Path | None = None
    person: str | None = None
    passphrase: str | None = field(default=None, repr=False)
    comfort: str | None = None
    ratings: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    concealed: str = ""
    lsl: bool = False
    osc: str | None = None
    osc_in: str | None = None
    also: tuple[str, ...] = ()
    keep: bool = True


def recorded_settings(settings: SessionSettings) -> dict[str, str | float | bool | None]:
    """What a record keeps of the settings: all that shaped the session, and no path of this machine."""
    return {
        "music": "builtin" if settings.music == "builtin" else Path(settings.music).name,
        "minutes": settings.minutes,
        "volume": settings.volume,
        "volume_cap": settings.volume_cap,
        "bed": settings.bed,
        "with_sound": settings.with_sound,
        "offline": settings.offline,
    }
