"""The ordinary run's share of the fuzzing: every kept input, and some hundred new ones a parser that are made from them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.harness import CORPUS, Harness
from tests.fuzz.harnesses import HARNESSES

# Each of these costs more than the rest together; they get fewer examples here, and as many as the others in the long run.
SLOW = {"record": 60, "tables": 60, "replayed": 25, "piece": 60}
EXAMPLES = 200
MOST_CORPUS_BYTES = 200_000

each_parser = pytest.mark.parametrize("harness", HARNESSES, ids=lambda harness: harness.name)


@each_parser
def test_every_promise_is_kept_on_every_input_that_once_broke_one(harness: Harness) -> None:
    seeds = harness.seeds()
    assert seeds
    for content in seeds:
        harness.check(content)


@each_parser
def test_every_promise_is_kept_on_inputs_made_of_these(harness: Harness) -> None:
    seeds = harness.seeds()

    @settings(max_examples=SLOW.get(harness.name, EXAMPLES), database=None, derandomize=True)
    @given(st.sampled_from(seeds), st.integers(0, 2**32 - 1), st.binary(max_size=8))
    def check(seed: bytes, number: int, new: bytes) -> None:
        harness.check(changed(seed, seeds, (*harness.words, new), random.Random(number))[: harness.longest])

    check()


def changed(seed: bytes, seeds: list[bytes], words: tuple[bytes, ...], rng: random.Random) -> bytes:
    """A seed with some of it cut out, doubled, overwritten, or replaced by a piece of another one."""
    content = bytearray(seed)
    for _ in range(rng.randint(1, 4)):
        start, other = rng.randint(0, len(content)), rng.choice(seeds)
        beyond = min(len(content), start + rng.choice((0, 1, 1, 4, 40)))
        from_other = rng.randint(0, len(other))
        content[start:beyond] = rng.choice(
            (
                b"",
                rng.choice(words),
                rng.randbytes(rng.randint(1, 4)),
                other[from_other : from_other + 60],
                content[start:beyond] * 3,
            )
        )
    return bytes(content)


def test_the_corpus_stays_small() -> None:
    assert sum(file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()) <= MOST_CORPUS_BYTES


def test_every_corpus_belongs_to_a_parser() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == {harness.name for harness in HARNESSES}
