"""How much faster than time a whole session runs offline, and what one second of it costs the pipeline.

python -m pytest tests/bench/test_session_speed.py --benchmark-enable --benchmark-only
"""

from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from relaxlisten.assembly import assemble
from relaxlisten.replay import load_record, replay
from relaxlisten.runtime import run_offline
from relaxlisten.settings import SessionSettings

MINUTES = 2.0


def test_an_offline_session_with_its_sound(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    settings = SessionSettings(offline=True, minutes=MINUTES, out=tmp_path / "s", render=tmp_path / "s.wav")
    outcome = benchmark.pedantic(lambda: run_offline(assemble(settings)), rounds=3)
    benchmark.extra_info["times_real_time"] = MINUTES * 60.0 / benchmark.stats.stats.median
    assert outcome.failure is None


def test_the_same_session_through_the_pipeline_alone(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    run_offline(assemble(SessionSettings(offline=True, minutes=MINUTES, out=tmp_path / "s")))
    record = load_record(tmp_path / "s")
    result = benchmark(lambda: replay(record))
    benchmark.extra_info["times_real_time"] = MINUTES * 60.0 / benchmark.stats.stats.median
    assert result.difference is None
