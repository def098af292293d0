"""The least a server can do: read the update's JSON and send it back. No Redis, nothing is remembered."""

import msgspec
from starlette.types import Receive, Scope, Send

HEADERS = [(b"content-type", b"application/json")]


async def app(_: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    update = msgspec.json.decode(body)
    answer = msgspec.json.encode({"method": "sendMessage", "chat_id": 1, "text": str(update["update_id"])})
    length = (b"content-length", b"%d" % len(answer))
    await send({"type": "http.response.start", "status": 200, "headers": [length, *HEADERS]})
    await send({"type": "http.response.body", "body": answer})
