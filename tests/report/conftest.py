"""One session of the real loop, recorded once for all tests of reports."""

from pathlib import Path

import pytest

from tests.report.making import record_session


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_session(tmp_path_factory.mktemp("report") / "session")
