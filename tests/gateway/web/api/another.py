"""`python -m tests.gateway.web.api.another REDIS FOLDER TOKEN`: another process that serves the same programs. Once
it is told to, it is asked for ten broadcasts, and says what it has answered."""

import asyncio
import json
import sys
from pathlib import Path

import httpx

from dialogs import dialogue
from gateway.connection import Batched, connect
from gateway.web.api.broadcasts import PREFIX
from tests.conftest import LOCALES
from tests.gateway.web.api import programs
from tests.gateway.web.api.programs import GOOD

NUMBER = 10


async def main(url: str, folder: str, token: str) -> None:
    redis = connect(url)
    words = dialogue.load(LOCALES)
    async with programs.office(redis, Batched(redis), words, Path(folder)) as office, office.http(token) as http:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(NUMBER):
            print(json.dumps(await asked(http, f"make-{number}")), flush=True)
    await redis.aclose()


async def asked(http: httpx.AsyncClient, once: str) -> tuple[int, str]:
    while True:
        answer = await http.post(PREFIX, json=GOOD, headers={"Idempotency-Key": once})
        if answer.status_code != 409:
            return answer.status_code, answer.text
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
