"""`python -m bench`: how fast a turn is, and what it leaves behind. Writes RESULTS.md beside this file."""

import asyncio
import sys
from os import getloadavg
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import uvloop
from redis.asyncio import Redis

from bench import (
    broadcasts,
    core,
    imports,
    kinds,
    leaving,
    leavings,
    matters,
    memory,
    million,
    offers,
    pages,
    status,
    talks,
    turns,
)
from bench.contenders import LOCALES
from bench.load import LoadError
from bench.million_results import MillionResults
from bench.offer_results import OfferResults
from bench.pending import Pending
from bench.processes import Cores, split_cores
from bench.results import Results
from dialogs import dialogue
from dialogs.messages import Surface
from gateway.clock import Clock
from gateway.embedded import Embedded

ROUNDS = {"always": 5, "everysec": 3}
WAITS = 3
SENDING = 3
OFFER_ROUNDS = {"always": 3, "everysec": 2}
START_UPS = 3
DEAREST = 6
RESULTS = Path(__file__).with_name("RESULTS.md")
VAR = LOCALES.parent / "var"


async def run(cores: Cores) -> Results:
    started, load = perf_counter(), getloadavg()[0]
    now = Clock().now()
    spoken = dialogue.load(LOCALES)
    score = {surface: talks.walk(spoken, surface, now) for surface in Surface}
    rows, sending = turns.rows(), turns.sending_rows()
    # On the disk that holds the repository: a folder in memory would make `always` cost nothing.
    VAR.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        async with Embedded(Path(folder)) as url, Redis.from_url(url, protocol=2) as redis:
            await redis.config_set("auto-aof-rewrite-percentage", 0)
            async with turns.field_of(rows, url, cores, score) as field:
                for fsync, rounds in ROUNDS.items():
                    _tell(f"throughput, appendfsync {fsync}")
                    await turns.throughput(field, redis, fsync, rounds)
                _tell("waiting at a fixed rate")
                rate = await turns.waits(field, redis, WAITS)
                await turns.check_written(field, redis)
            await memory.empty_out(redis)
            _tell("with the outbox sending")
            async with turns.field_of(sending, url, cores, score) as field:
                await turns.throughput(field, redis, "always", SENDING)
                await turns.check_sent(field, redis)
            await memory.empty_out(redis)
            _tell("letters leave by every route")
            left_by = await leaving.measure(url, spoken, cores)
            await memory.empty_out(redis)
            _tell("where is my application")
            asked_status = await status.measure(redis, url, cores)
            await memory.empty_out(redis)
            _tell("events and answers")
            asked, offer_rows = Pending(matters.law(spoken)), offers.rows()
            offer_rate = await offers.measure(
                offer_rows, redis, url, cores=cores, pending=asked, score=score, rounds=OFFER_ROUNDS
            )
            _tell("memory")
            await redis.config_set("appendfsync", "everysec")
            kept = await memory.measure(redis, score[Surface.CHAT])
            left = await leavings.measure(redis, spoken)
            weighed = await kinds.weigh(redis, url, spoken, million.THAT_MORNING, million.LATER)
            version = (await redis.info("server"))["redis_version"]
    _tell("a million open matters")
    with TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        found = await million.measure(spoken, Path(folder), cores)
    _tell("replies while a broadcast runs")
    with TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        replies = await broadcasts.measure(score[Surface.SMS], Path(folder), cores)
    _tell("pages of the console")
    with TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        console = await pages.measure(spoken, Path(folder), cores)
    _tell("lists of recipients")
    with TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        read = await imports.measure(Path(folder), cores)
    _tell("the dialogue alone, and the start")
    dearest = [
        (str(surface), kind, micros)
        for surface in Surface
        for kind, micros in core.costs(spoken, score[surface], now, surface)[:DEAREST]
    ]
    return Results(
        rows=[*rows, *sending],
        rounds=ROUNDS,
        rate=rate,
        memory=kept,
        offers=OfferResults(offer_rows, OFFER_ROUNDS, offer_rate, left),
        million=MillionResults(found, weighed),
        status=asked_status,
        leaving=left_by,
        broadcasts=replies,
        pages=console,
        imports=read,
        core=dearest,
        start_ups=[core.start_up() for _ in range(START_UPS)],
        cores=cores.said(),
        load=load,
        redis=f"valkey (speaks Redis {version})",
        seconds=perf_counter() - started,
    )


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def main() -> int:
    cores = split_cores()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            text = runner.run(run(cores)).text()
    except LoadError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    RESULTS.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
