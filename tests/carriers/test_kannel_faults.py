import time
from pathlib import Path

from gateway.connection import Client
from tests.carriers.world import world


def people(number: int) -> dict[str, str]:
    return {f"+7701{n:07}": "Сәлеметсіз бе, маған кресло-арба керек, қалай алуға болады? " * (1 + n % 3) for n in range(number)}

async def test_quiet(tmp_path: Path, redis: Client, redis_url: str) -> None:
    async with world(tmp_path, redis, redis_url) as w:
        t = time.monotonic()
        texts = people(200)
        await w.write(texts)
        print("written", time.monotonic() - t)
        await w.settled(200)
        print("settled", time.monotonic() - t)
        print(await w.tally(texts), w.texts("+77010000001")[:2])
        print(w.kannel.logs()[-500:])
