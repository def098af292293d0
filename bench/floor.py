"""What somebody would write by hand who wants nothing but speed, with redis-py used plainly: parse, one GET, one
script that writes the bytes which the real turn writes. It takes the answers from the score instead of thinking."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes
from zlib import crc32

import msgspec
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send

from bench import talks
from bench.requests import SECRET
from dialogs import dialogue
from dialogs.messages import Surface
from gateway.channels import Letter
from gateway.clock import Clock
from gateway.store import Line
from gateway.web.sms_doors import KANNEL_PATH

PATH = f"{KANNEL_PATH}{SECRET}/mo"
SCRIPT = """
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 2 end
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', 259200) then return 1 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('XADD', KEYS[4], '*', 'line', ARGV[3])
redis.call('XADD', KEYS[3], '*', 'letter', ARGV[4])
return 0
"""
HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]


def build(url: str, locales: Path) -> ASGIApp:
    # No time-out per command: redis-py would start a task for each.
    redis, clock, encode = Redis.from_url(url, protocol=2, socket_timeout=None), Clock(), msgspec.json.encode
    score = talks.walk(dialogue.load(locales), Surface.SMS, clock.now())
    call: Callable[..., Awaitable[int]] = redis.execute_command
    known = ""

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        nonlocal known
        known = known or await redis.script_load(SCRIPT)
        outcome = 2
        if scope["path"] == PATH:
            fields = dict(pair.split(b"=", 1) for pair in scope["query_string"].split(b"&"))
            phone = unquote_to_bytes(fields[b"from"]).decode()
            unquote_to_bytes(fields[b"text"].replace(b"+", b" ")).decode()
            message = f"kannel:{fields[b'id'].decode()}"
            tag = f"{{s{crc32(phone.encode()) % 16:02}}}"
            session = f"{tag}:session:sms:{phone}"
            while outcome == 2:
                before = await redis.get(session) or b""
                # The session's first bytes say how far the talk has come.
                place = int(before[:4] or 0)
                step = score[int(phone[-4:]) % len(score)][place]
                now = clock.now().timestamp()
                letter = Letter(f"{message}:0", f"sms:{phone}", step.answer.text, now)
                line = Line(int(now), talks.REF, "sms", step.note, (letter.id,))
                outcome = await call(
                    "EVALSHA",
                    known,
                    4,
                    f"{tag}:seen:{message}",
                    session,
                    f"{tag}:outbox",
                    f"{tag}:journal",
                    before,
                    b"%04d%b" % (place + 1, step.after[4:]),
                    encode(line),
                    encode(letter),
                )
        await send({"type": "http.response.start", "status": 200 if outcome < 2 else 404, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b""})

    return app
