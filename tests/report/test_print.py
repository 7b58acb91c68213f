"""The page in a real browser, without a network, printed; needs Chromium and poppler-utils (CONTRIBUTING.md)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from relaxlisten.report.words import language
from relaxlisten.report.write import write_report

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
# Every address is refused: whatever the page would fetch is missing from the print, and named in the log.
OFFLINE = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND")
PAPERS_PT = {"A4": (595, 842), "letter": (612, 792)}

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(CHROMIUM is None or shutil.which("pdftotext") is None, reason="needs Chromium and poppler-utils"),
]


def printed(report: Path) -> Path:
    target = report.with_suffix(".pdf")
    profile = report.parent / "profile"
    command = [str(CHROMIUM), *OFFLINE, f"--user-data-dir={profile}", "--enable-logging=stderr", f"--print-to-pdf={target}"]
    run = subprocess.run([*command, report.as_uri()], capture_output=True, text=True, timeout=100, check=True)
    assert "CONSOLE" not in run.stderr  # no violation of the page's policy, nothing that could not be fetched
    return target


def text_of_page(pdf: Path, number: int) -> str:
    return subprocess.run(
        ["pdftotext", "-f", str(number), "-l", str(number), str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("paper", PAPERS_PT)
@pytest.mark.parametrize("code", ["en", "de"])
def test_a_session_of_twenty_minutes_prints_to_two_pages_and_its_appendix_to_two_more(
    recorded: Path, tmp_path: Path, paper: str, code: str
) -> None:
    words = language(code)
    pdf = printed(write_report(recorded, tmp_path / "report.html", paper=paper, language=code))
    told = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", told)
    assert size is not None
    assert (round(float(size[1])), round(float(size[2]))) == PAPERS_PT[paper]
    pages = [text_of_page(pdf, number) for number in range(1, int(re.search(r"Pages: +(\d+)", told)[1]) + 1)]  # type: ignore[index]
    assert len(pages) == 4
    assert words.say("title") in pages[0]
    assert [words.say("appendix") in page for page in pages] == [False, False, True, False]
    for page in pages:
        assert words.say("simulated_edge").split(":")[0] in " ".join(page.split())
