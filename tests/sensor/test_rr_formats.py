"""How RR files look: what Kubios, HRV Logger, Elite HRV and Polar write, and what people type."""

from __future__ import annotations

import pytest

from relaxlisten.errors import UsageError
from relaxlisten.sensor.rr_formats import RrFormat, read_rr_text

HRM = "[Params]\nVersion=106\nMonitor=1\nInterval=238\n\n[HRData]\n812\n805\n798\n"
HRV_LOGGER = "date,rr,since start\n2026-01-05 08:00:01 +0000,812,812\n2026-01-05 08:00:02 +0000,805,1617\n"


@pytest.mark.parametrize(
    ("text", "layout", "rr_ms"),
    [
        ("\ufeff# rest\n\n812\n 805.5  # sitting\r\n1e3\n", RrFormat.AUTO, (812.0, 805.5, 1000.0)),
        ("812\n805\n", RrFormat.ELITE, (812.0, 805.0)),
        ("0.812\n0.805\n", RrFormat.AUTO, (812.0, 805.0)),
        ("0,812\n0,805\n", RrFormat.AUTO, (812.0, 805.0)),
        ("0.812\n0.805\n", RrFormat.S, (812.0, 805.0)),
        ("12\n805\n805\n", RrFormat.AUTO, (12.0, 805.0, 805.0)),
        ("Time (s)\tRR (s)\n0.812\t0.812\n1.617\t0.805\n", RrFormat.AUTO, (812.0, 805.0)),
        ("0.812, 812\n1.617, 805\n", RrFormat.KUBIOS, (812.0, 805.0)),
        ("0.812;812\n1.617;805\n", RrFormat.AUTO, (812.0, 805.0)),
        ("812 805 798\n790 801\n", RrFormat.AUTO, (812.0, 805.0, 798.0, 790.0, 801.0)),
        ("812,805,798\n", RrFormat.AUTO, (812.0, 805.0, 798.0)),
        ("812,5\n805,25\n", RrFormat.AUTO, (812.5, 805.25)),
        ("812 805\n798 790\n770 801\n", RrFormat.AUTO, (812.0, 805.0, 798.0, 790.0, 770.0, 801.0)),
        ("RR-interval [ms],Artifact\n812,0\n805,0\n", RrFormat.AUTO, (812.0, 805.0)),
        ("timestamp;RR-interval [ms]\n2026-01-05T10:00:00;812\n2026-01-05T10:00:01;805\n", RrFormat.AUTO, (812.0, 805.0)),
        (HRV_LOGGER, RrFormat.AUTO, (812.0, 805.0)),
        (HRV_LOGGER.replace(",", "; "), RrFormat.HRV_LOGGER, (812.0, 805.0)),
        (HRM, RrFormat.AUTO, (812.0, 805.0, 798.0)),
        (HRM, RrFormat.HRM, (812.0, 805.0, 798.0)),
    ],
)
def test_each_layout_gives_its_intervals_in_ms(text: str, layout: RrFormat, rr_ms: tuple[float, ...]) -> None:
    assert read_rr_text(text, "rest.txt", layout) == pytest.approx(rr_ms)


@pytest.mark.parametrize("line", ["eight hundred", "812 bpm", "-800", "0", "nan", "inf", "64000", "0x300"])
def test_any_other_line_is_refused_with_its_number_and_what_is_expected(line: str) -> None:
    with pytest.raises(UsageError, match=r"Line 3 of rest\.txt .*one RR interval in milliseconds"):
        read_rr_text(f"800\n# next\n{line}\n800\n", "rest.txt")


@pytest.mark.parametrize(
    ("text", "layout", "said"),
    [
        ("", RrFormat.AUTO, "no RR interval"),
        ("# nothing\n", RrFormat.MS, "no RR interval"),
        ("812\n805\n", RrFormat.HRM, r"no \[HRData\] section"),
        ("812\n805\n", RrFormat.HRV_LOGGER, 'no column called "rr"'),
        ("Interval=238\n[HRData]\n", RrFormat.AUTO, "no RR interval"),
    ],
)
def test_a_file_without_usable_intervals_says_why(text: str, layout: RrFormat, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_rr_text(text, "rest.txt", layout)


@pytest.mark.parametrize("layout", RrFormat)
@pytest.mark.parametrize("seconds", [1, 5, 15, 60])
def test_heart_rates_of_a_polar_file_are_never_taken_for_intervals_whatever_layout_is_asked_for(
    layout: RrFormat, seconds: int
) -> None:
    rates = HRM.replace("Interval=238", f"Interval={seconds}").replace("812\n805\n798", "62\t0\n63\t0\n61\t0")
    with pytest.raises(UsageError, match=r"^morning\.hrm holds a heart rate every few seconds and no beats: export the RR"):
        read_rr_text(rates, "morning.hrm", layout)


@pytest.mark.parametrize("layout", [RrFormat.AUTO, RrFormat.HRM])
def test_a_polar_file_that_does_not_say_what_its_data_are_is_not_guessed(layout: RrFormat) -> None:
    with pytest.raises(UsageError, match=r"does not say whether its \[HRData\] are beats or heart rates \(Interval=238"):
        read_rr_text(HRM.replace("Interval=238\n", ""), "morning.hrm", layout)


def test_a_polar_flow_table_of_rates_is_refused_by_what_it_holds() -> None:
    with pytest.raises(UsageError, match="no beats"):
        read_rr_text("Sample rate,Time,HR (bpm)\n1,00:00:01,62\n1,00:00:02,63\n", "flow.csv")
