"""Whatever happens in whichever order, each offer ends in exactly one outcome that E-Sobes was told, with the answer
that the person gave and the moment at which they gave it."""

import faulthandler
import os
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

import pytest

from tests.model.many import Found, play

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
PROCESSES = int(os.environ.get("PROCESSES", "1"))
CHANCE = random.SystemRandom().randrange(10**6)
SEED = int(os.environ.get("MODEL_SEED", "20261121").replace("random", str(CHANCE)))
SHOWN = 5


def test_every_offer_ends_in_one_outcome_told_to_esobes(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nMODEL_SEED={SEED} SEQUENCES={SEQUENCES}", flush=True)
    faulthandler.cancel_dump_traceback_later()  # ten thousand may take longer than any other test
    began = perf_counter()
    found = _all()
    took = perf_counter() - began
    with capsys.disabled():
        print(f"{_figures(found.counts)}, {found.counts['sequences'] / took:.1f} sequences a second", flush=True)
    assert not found.wrong, "\n\n".join(found.wrong[:SHOWN])
    assert found.counts["sequences"] == SEQUENCES


def _all() -> Found:
    seeds = range(SEED, SEED + SEQUENCES)
    if PROCESSES == 1:
        return play(seeds)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(play, [seeds[part::PROCESSES] for part in range(PROCESSES)]))
    return Found(sum((part.counts for part in parts), Counter()), [one for part in parts for one in part.wrong])


def _figures(counts: Counter[str]) -> str:
    named = (
        "sequences",
        "offers",
        "duties",
        "postponed",
        "events",
        "answers",
        "answers that decide",
        "with a specialist",
        "crashes",
        "downtimes",
        "brought again",
        "troubles of E-Sobes",
        "relays",
        "letters",
        "journal lines",
        "wrong",
    )
    outcomes = ", ".join(f"{name} {counts[f'outcome {name}']}" for name in OUTCOMES)
    return f"{', '.join(f'{name} {counts[name]}' for name in named)}\noutcomes: {outcomes}"


OUTCOMES = ("consent", "refusal", "silence", "undeliverable", "withdrawn")
