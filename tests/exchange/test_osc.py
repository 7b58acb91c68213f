"""OSC: what goes out is what python-osc itself reads; what comes in is a marker or nothing, whatever the bytes."""

import dataclasses
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relaxlisten.errors import UsageError
from relaxlisten.loop import SteppedClock
from relaxlisten.messages import Beat, Command, Notice
from relaxlisten.terms import CommandKind, Quality

pytest.importorskip("pythonosc", reason="python-osc is not installed")
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from relaxlisten.exchange.osc import LONGEST_TEXT, MOST_PER_S, OscIn, OscOut, address


@pytest.mark.parametrize(
    ("text", "place"),
    [("9000", ("127.0.0.1", 9000)), ("192.168.1.5:9000", ("192.168.1.5", 9000)), ("[::1]:9000", ("::1", 9000))],
)
def test_an_address_without_a_host_is_this_computer(text: str, place: tuple[str, int]) -> None:
    assert address(text) == place


@pytest.mark.parametrize("text", ["", "host", "host:", "0", "70000", "1.2.3.4:-1", "9000:x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        address(text)


def test_a_beat_arrives_as_a_message_with_its_session_time() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10.0)
        out = OscOut(("127.0.0.1", listener.getsockname()[1]))
        out.start(SteppedClock())
        beat = Beat(time_s=7.25, rr_ms=801.0, nn_ms=None, quality=Quality.AFTER_GAP, confidence=1.0, follows=False)
        out.receive(beat, derived=True)
        message = OscPacket(listener.recv(65_536)).messages[0].message
        out.stop()
    assert (message.address, message.params) == ("/relaxlisten/RR", [7.25, 801.0])


def test_nobody_listening_holds_nothing_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    out = OscOut(("127.0.0.1", port))
    out.start(SteppedClock())
    for number in range(50):
        out.receive(Command(time_s=float(number), what=CommandKind.SKIP), derived=False)
    out.stop()


@pytest.fixture
def listening() -> Iterator[OscIn]:
    link = OscIn(("127.0.0.1", 0))
    link.start(SteppedClock())
    yield link
    link.stop()


def marker(*values: object, name: str = "/relaxlisten/marker") -> bytes:
    builder = OscMessageBuilder(address=name)
    for value in values:
        builder.add_arg(value)
    return bytes(builder.build().dgram)


def taken(link: OscIn, *packets: bytes) -> list[Command | Notice]:
    for packet in packets:
        link._take(packet)
    return list(link.poll(0.0))


def test_a_marker_that_comes_by_the_network_is_a_marker_of_the_session(listening: OscIn) -> None:
    arrived = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(marker("eyes closed"), ("127.0.0.1", listening.port))
    found: list[Command | Notice] = []
    for _ in range(500):
        found += listening.poll(0.0)
        if found:
            break
        arrived.wait(0.02)
    assert found == [Command(time_s=0.0, what=CommandKind.MARKER, value="eyes closed")]


def test_markers_in_a_bundle_all_count_and_numbers_are_words(listening: OscIn) -> None:
    bundle = OscBundleBuilder(IMMEDIATELY)
    for value in ("one", 2):
        builder = OscMessageBuilder(address="/relaxlisten/marker")
        builder.add_arg(value)
        bundle.add_content(builder.build())
    assert [event.value for event in taken(listening, bundle.build().dgram) if isinstance(event, Command)] == ["one", "2"]


def test_nothing_but_markers_is_obeyed_and_the_first_stranger_is_told_of(listening: OscIn) -> None:
    strangers = [marker("x", name="/relaxlisten/stop"), marker(1.0, name="/"), b"", b"\0" * 9, b"/relaxlisten/marker"]
    (notice,) = taken(listening, *strangers)
    assert isinstance(notice, Notice)
    assert notice.code == "osc_not_understood"


def test_a_marker_is_cut_and_cleaned_before_it_is_written_down(listening: OscIn) -> None:
    (event,) = taken(listening, marker("a\n\x1b[2Jb" + "x" * 1000))
    assert isinstance(event, Command)
    assert str(event.value).startswith("a  [2Jbx")
    assert len(str(event.value)) <= LONGEST_TEXT


def test_a_flood_of_markers_is_dammed(listening: OscIn) -> None:
    found = taken(listening, *(marker(str(number)) for number in range(500)))
    assert sum(isinstance(event, Command) for event in found) == MOST_PER_S
    assert [event.code for event in found if isinstance(event, Notice)] == ["osc_too_many"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    packet=st.binary(max_size=80)
    | st.binary(max_size=60).map(lambda rest: b"/relaxlisten/marker\0,s\0\0" + rest)
    | st.binary(max_size=60).map(lambda rest: b"#bundle\0" + rest)
)
def test_hostile_packets_never_crash(listening: OscIn, packet: bytes) -> None:
    assert all(isinstance(event, Command | Notice) for event in taken(listening, packet))


def test_a_port_that_is_taken_is_told_in_a_sentence(listening: OscIn) -> None:
    with pytest.raises(UsageError, match="choose another --osc-in"):
        OscIn(("127.0.0.1", listening.port))


def test_a_notice_says_when_it_was(listening: OscIn) -> None:
    (notice,) = taken(listening, b"rubbish")
    assert dataclasses.replace(notice, time_s=0.0) == notice
