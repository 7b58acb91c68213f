"""One session of the real loop, recorded once for all tests of reports."""

from pathlib import Path

import pytest

from relaxlisten.report.facts import SessionFacts
from relaxlisten.report.methods import MethodsText
from relaxlisten.report.methods_file import methods_of
from relaxlisten.report.write import session_facts
from tests.report.making import record_session


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_session(tmp_path_factory.mktemp("report") / "session")


@pytest.fixture(scope="session")
def facts(recorded: Path) -> SessionFacts:
    return session_facts(recorded)


@pytest.fixture(scope="session")
def text(recorded: Path) -> MethodsText:
    return methods_of(recorded)
