"""Records that somebody forged: each seal holds, and what stands behind it is meant to do harm."""

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.control.setup import MOST_BYTES, seal, unseal
from relaxlisten.errors import UsageError
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.import_tables import MOST_UNPACKED_BYTES, read_bids
from relaxlisten.session.seal import seal as sealed_line
from tests.session.test_tables import lines_of_a_session


@pytest.mark.parametrize("kind", ["../../escaped", "/tmp/escaped", "..\\\\escaped", "a/b", "CON.x", "x" * 300])
def test_no_kind_of_event_leads_an_export_out_of_its_folder(tmp_path: Path, kind: str) -> None:
    (tmp_path / "s").mkdir()
    forged = sealed_line(f'{{"event":"{kind}","derived":true,"n":99,"time_s":1.0}}').encode() + b"\n"
    (tmp_path / "s" / RECORD_NAME).write_bytes(b"".join([*lines_of_a_session(), forged]))
    out = tmp_path / "deep" / "out"
    result = CliRunner().invoke(app, ["export", str(tmp_path / "s"), "--format", "csv", "-o", str(out)])
    assert result.exit_code == 0, result.output
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    names = ("Beat.csv", "Notice.csv", "SessionPhase.csv", "TrackFound.csv", "SessionHeader.json")
    assert written == {f"s/{RECORD_NAME}", *(f"deep/out/{name}" for name in names)}


def test_a_few_packed_bytes_do_not_fill_the_memory() -> None:
    assert unseal(seal({"arm": "x" * 1_000_000})) == {"arm": "x" * 1_000_000}
    bomb = seal({"arm": "0" * (MOST_BYTES + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="too large"):
        unseal(bomb)


def test_nor_do_those_of_a_data_set() -> None:
    bomb = gzip.compress(b"0.8\n" * (MOST_UNPACKED_BYTES // 4 + 1))
    assert len(bomb) < 200_000
    with pytest.raises(UsageError, match="unpacks to more"):
        read_bids(bomb, {"Columns": ["onset"]}, "beats.tsv.gz")
