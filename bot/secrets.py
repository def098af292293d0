"""Secrets that nobody has set: made up once, and kept."""

from secrets import token_urlsafe

from gateway.connection import Batched

DEEDS = "deeds"


async def kept(redis: Batched, name: str) -> str:
    await redis("SET", f"secret:{name}", token_urlsafe(24), "NX")
    secret: bytes = await redis("GET", f"secret:{name}")
    return secret.decode()
