"""What the package never does, seen in its source: nothing is unpickled or evaluated, no shell is asked, nobody is called."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "relaxlisten"
FILES = sorted(PACKAGE.rglob("*.py"))
# Modules that run what they read, reach out, or parse XML with entities.
FORBIDDEN_MODULES = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "code", "codeop", "imp", "runpy",
    "http", "urllib.request", "ftplib", "smtplib", "telnetlib", "xmlrpc", "requests", "httpx", "aiohttp", "webbrowser",
    "xml.etree", "xml.dom", "xml.sax", "lxml", "yaml", "zipfile", "tarfile",
}  # fmt: skip
ALLOWED = {
    ("music/playlist_xspf.py", "xml.sax.saxutils"),  # its escape() only
    ("session/people_export.py", "zipfile"),  # it writes one, and reads none
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_ATTRIBUTES = {("os", "system"), ("os", "popen"), ("tempfile", "mktemp"), ("np", "load"), ("numpy", "load")}
# Where another program is started, and none of these by a shell.
STARTS_PROGRAMS = {"sound/output.py", "window/motion.py"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_module_does_nothing_that_hostile_input_could_use(file: Path) -> None:
    here, tree = file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))
    names = {
        name
        for name in imported(tree)
        if not any((here, allowed) in ALLOWED and name.startswith(allowed) for _, allowed in ALLOWED)
    }
    found = {name for name in names for word in FORBIDDEN_MODULES if name == word or name.startswith(word + ".")}
    assert not found
    assert ("subprocess" in names) == (here in STARTS_PROGRAMS)
    for call in calls(tree):
        function = call.func
        assert not (isinstance(function, ast.Name) and function.id in FORBIDDEN_CALLS), ast.unparse(call)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            assert (function.value.id, function.attr) not in FORBIDDEN_ATTRIBUTES, ast.unparse(call)
        assert not any(keyword.arg in ("shell", "allow_pickle") for keyword in call.keywords), ast.unparse(call)
