from __future__ import annotations

import pytest

from tests.bench.document import publish, replace_part

DOCUMENT = """\
# Benchmarks

What this is.

# Hearts

```sh
# a comment, which is no heading
measure hearts
```

| a | 1 |

# Music

| b | 2 |
"""


def test_a_part_takes_the_place_of_the_one_under_its_heading_and_leaves_the_others():
    changed = replace_part(DOCUMENT, "# Hearts\n\n| a | 3 |")
    assert changed == "# Benchmarks\n\nWhat this is.\n\n# Hearts\n\n| a | 3 |\n\n# Music\n\n| b | 2 |\n"


def test_a_comment_in_a_code_block_ends_no_part():
    changed = replace_part(DOCUMENT, "# Music\n\n| b | 3 |\n")
    assert changed == DOCUMENT.replace("| b | 2 |", "| b | 3 |")


def test_a_new_part_stands_at_the_end():
    assert replace_part(DOCUMENT, "# Windows\n\n| c | 4 |") == DOCUMENT + "\n# Windows\n\n| c | 4 |\n"
    assert replace_part("", "# Windows\n\n| c | 4 |") == "# Windows\n\n| c | 4 |\n"


def test_the_same_part_again_changes_nothing():
    once = replace_part(DOCUMENT, "# Hearts\n\n| a | 3 |")
    assert replace_part(once, "# Hearts\n\n| a | 3 |") == once


def test_a_smaller_heading_is_no_part():
    with pytest.raises(ValueError, match="heading"):
        replace_part(DOCUMENT, "## Hearts\n")


def test_a_bench_prints_or_writes_its_part(tmp_path, capsys):
    lines = ["# Music", "", "| b | 5 |"]
    publish(lines, None)
    assert capsys.readouterr().out == "# Music\n\n| b | 5 |\n"
    path = tmp_path / "benchmarks.md"
    path.write_text(DOCUMENT)
    publish(lines, path)
    assert path.read_text() == DOCUMENT.replace("| b | 2 |", "| b | 5 |")
