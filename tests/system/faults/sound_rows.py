"""Faults of the sound card and of what makes the sound: no music is lost that could have been heard, and it comes back."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.system.faults.rows import Row, Told

if TYPE_CHECKING:
    from tests.system.faults.stage import Stage

INTRO = "PulseAudio with a null sink, recorded at its monitor."
HERE = Path(__file__).parent


def _unplugged(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    stage.card.unplug()
    stage.until_told("sound card has stopped", 15.0)
    stage.rest(6.0)
    stage.card.plug_in()
    stage.record()
    stage.mend()
    stage.until_sound(20.0)
    stage.rest(2.0)
    return {}


def _default_changed(stage: Stage) -> dict[str, float]:
    stage.card.pactl("load-module", "module-null-sink", "sink_name=headphones", "rate=44100", "channels=2")
    stage.card.pactl("set-default-sink", "nullsink")
    stage.listen()
    stage.record("headphones")
    stage.rest(0.5)
    stage.strike()
    stage.card.pactl("set-default-sink", "headphones")
    stage.rest(8.0)
    return {}


def _rate_refused(stage: Stage) -> dict[str, float]:
    stage.listen(env={"PYTHONPATH": str(HERE / "stand_ins" / "rate_refused")})
    stage.strike()
    stage.rest(3.0)
    return {}


def _server_restarted(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    stage.card.kill_server()
    stage.rest(2.0)
    stage.card.start_server()
    stage.record()
    stage.mend()
    stage.until_sound(40.0)
    stage.rest(2.0)
    return {}


def _server_late(stage: Stage) -> dict[str, float]:
    """The server asks for nothing for half a second, and then for all at once."""
    stage.listen()
    stage.strike()
    stage.card.hold_server(0.5)
    stage.rest(4.0)
    return {}


def _callback_late(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    pid = stage.sound_process()
    os.kill(pid, signal.SIGSTOP)
    stage.rest(0.5)
    os.kill(pid, signal.SIGCONT)
    stage.rest(4.0)
    return {}


def _renderer_killed(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    os.kill(stage.sound_process(), signal.SIGKILL)
    stage.rest(6.0)
    return {}


def _renderer_hangs(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    os.kill(stage.sound_process(), signal.SIGSTOP)
    stage.until_told("sound stopped", 20.0)
    stage.rest(5.0)
    return {}


ROWS = (
    Row(id="card-unplugged", fault="Sound device unplugged and plugged in again", how="Its sink is taken away for 10 s.",
        music="silent while there is no device; goes on where it would be", play=_unplugged, silence_s=None, back_s=8.0,
        told=(Told(words="The sound card has stopped taking sound: the session goes on silently", within_s=6.0),
              Told(words="A sound card is there again", within_s=8.0, mended=True))),
    Row(id="card-default-changed", fault="Default sound device changed", how="A second sink becomes the default.",
        music="is heard on one of them all the time", play=_default_changed),
    Row(id="card-rate-refused", fault="Sample rate refused",
        how="A wrapper of rtmixer in the sound process refuses 44.1 kHz as a card does (stand-in); the rest is real.",
        music="plays, resampled to 48 kHz", play=_rate_refused),
    Row(id="sound-server-restarted", fault="Sound server killed and restarted", how="KILL, and a new server after 2 s.",
        music="silent until a while after the server is back", play=_server_restarted, silence_s=None, back_s=12.0,
        told=(Told(words="the session goes on silently", within_s=10.0),
              Told(words="A sound card is there again", within_s=15.0, mended=True))),
    Row(id="sound-server-late", fault="Sound server late by 500 ms", how="STOP and CONT of the server.",
        music="is late by as much", play=_server_late, silence_s=1.0),
    Row(id="callback-late", fault="Sound callback late by 500 ms", how="STOP and CONT of the sound process.",
        music="a gap of the length of the delay", play=_callback_late, silence_s=1.0),
    Row(id="renderer-dead", fault="Sound process killed", how="KILL of the sound process.",
        music="comes back where it was", play=_renderer_killed, silence_s=3.5,
        told=(Told(words="The sound stopped and was started again", within_s=3.0),), quick=True),
    Row(id="renderer-hangs", fault="Sound process hangs", how="STOP of the sound process, for good.",
        music="comes back where it was", play=_renderer_hangs, silence_s=12.0,
        told=(Told(words="The sound stopped and was started again", within_s=10.0),)),
)  # fmt: skip
