"""uv.lock: what is installed from it is the same everywhere, and comes from PyPI by its hash."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYPI, FILES = "https://pypi.org/simple", "https://files.pythonhosted.org/"


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_package_comes_from_pypi_with_a_hash() -> None:
    others = [package for package in LOCK["package"] if package["name"] != "relaxlisten"]
    assert len(others) > 20
    for package in others:
        assert package["source"] == {"registry": PYPI}
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files
        assert all(file["url"].startswith(FILES) and file["hash"].startswith("sha256:") for file in files)


def test_the_lock_knows_every_dependency_that_the_project_names() -> None:
    """Where this fails: uv lock --default-index https://pypi.org/simple."""
    (locked,) = (package for package in LOCK["package"] if package["name"] == "relaxlisten")
    named = {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert {one["name"] for one in locked["dependencies"]} == named
    extras = PROJECT["project"]["optional-dependencies"]
    assert {extra: {one["name"] for one in found} for extra, found in locked["optional-dependencies"].items()} == {
        extra: {name_of(requirement) for requirement in requirements} for extra, requirements in extras.items()
    }
    groups = PROJECT["dependency-groups"]
    for group, requirements in groups.items():
        texts = {name_of(requirement) for requirement in requirements if isinstance(requirement, str)}
        assert texts <= {one["name"] for one in locked["dev-dependencies"][group]}
