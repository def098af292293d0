"""Requests as they come over the wire, before anybody has shown a secret: none is endless, in length or in time.

A gateway that gets a refusal brings the same message again, or tells the person that it could not be delivered. So an
address that is too long for the parser is shortened in its middle, which is the middle of a long text.
"""

from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.web.raw import PATIENT

HEAD = 48 * 1024
TAIL = 8 * 1024
"""Of an address. Together they stay below the 64 KB that the parser takes; what is read of a text is far less."""
LONGEST = 4 * 1024 * 1024
"""Bytes before the body. A text of 64 thousand letters takes a tenth of it."""
PATIENCE = 20.0
"""Seconds from the first byte of a request, or from the connection, to the last one of its body; of a large file from
each piece that was asked for to the next."""


class Bounded(HttpToolsProtocol):
    """The server's own protocol, with these bounds."""

    _waiting: TimerHandle | None = None
    _whole = True
    """The request that came last has ended."""
    _heard = 0
    """Bytes of the request that has not ended its headers yet."""
    _address = b""
    _end = b""

    def connection_made(self, transport: object) -> None:
        super().connection_made(transport)  # type: ignore[arg-type] # narrower there than in asyncio
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._heard_out()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        super().data_received(data)
        if self._whole:
            self._heard_out()
        elif self._heard > LONGEST:
            self.transport.abort()
        elif self._waiting is None:
            self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._whole = False
        self._address = self._end = b""

    def on_url(self, url: bytes) -> None:
        """May come in many pieces."""
        room = HEAD - len(self._address)
        self._address += url[:room]
        self._end = (self._end + url[room:])[-TAIL:] if len(url) > room else self._end

    def on_headers_complete(self) -> None:
        self._heard = -(1 << 62)  # whoever reads the body bounds it
        self.url = self._address + self._end
        self.scope["extensions"] = {PATIENT: {"begin": self._wait_anew}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._whole, self._heard = True, 0
        super().on_message_complete()

    def _wait_anew(self) -> None:
        """It is known who sends this, and that it is long: as long as it goes on, nobody is cut off."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._wait()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(PATIENCE, self._give_up)

    def _heard_out(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        self.transport.abort()
