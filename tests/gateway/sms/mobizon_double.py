"""mobizon.kz on the loopback."""

import json
import re
from hashlib import sha1
from typing import Any

from gateway.sms.mobizon import Account
from tests.gateway.sms.double import Double, Fault, Request, fields

APIKEY, WORD = "kz" + "0a1b" * 17, "a word of theirs"


class MobizonDouble(Double):
    def __init__(self, *faults: Fault | bytes, sender: str = "ESOBES") -> None:
        super().__init__(*faults)
        self.letters: dict[int, tuple[str, str]] = {}
        """Phone and text by their number."""
        self.statuses: dict[int, str] = {}
        self.left: dict[int, str] = {}
        self._sender = sender

    @property
    def account(self) -> Account:
        return Account(self.url, APIKEY, self._sender, WORD)

    def answer(self, request: Request) -> object:
        assert request.method == "POST"
        assert fields(request.query) == {"output": "json", "api": "v1", "apiKey": APIKEY}
        given = request.form()
        match request.path:
            case "/service/message/sendsmsmessage":
                return _done(self._send(given))
            case "/service/message/getsmsstatus":
                return _done(self._status(given))
            case "/service/message/list":
                return _done(self._list(given))
        raise AssertionError(request.path)

    def _send(self, given: dict[str, str]) -> object:
        assert set(given) == {"recipient", "text"} | ({"from"} if self._sender else set())
        assert re.fullmatch(r"7\d{10}", given["recipient"])
        assert given["text"]
        assert given.get("from", "") == self._sender
        number = 169275418 + len(self.letters)
        self.letters[number] = given["recipient"], given["text"]
        return {"campaignId": 245455096, "messageId": number, "status": 2}

    def _status(self, given: dict[str, str]) -> object:
        assert list(given) == ["ids[0]"]
        number = int(given["ids[0]"])
        return [self._one(number)] if number in self.letters else []

    def _list(self, given: dict[str, str]) -> object:
        assert set(given) == {
            "criteria[to]",
            "criteria[text]",
            "pagination[currentPage]",
            "pagination[pageSize]",
            "sort[campaignId]",
        }
        assert given["pagination[pageSize]"] in ("25", "50", "100")
        assert given["sort[campaignId]"] in ("ASC", "DESC")
        wanted = given["criteria[to]"], given["criteria[text]"]
        found = [self._one(number) for number, letter in reversed(self.letters.items()) if letter == wanted]
        return {"items": found, "totalItemCount": str(len(found))}

    def _one(self, number: int) -> dict[str, Any]:
        status = self.statuses.get(number, "ENQUEUD")
        return {"id": str(number), "status": status, "segNum": "1", "startSendTs": self.left.get(number)}

    @staticmethod
    def report(number: int, status: str, *, word: str = WORD, attempt: int = 1) -> bytes:
        """As they post it to us."""
        at = "2026-01-15 11:42:28"
        data = {"campaignId": 245455096, "messageId": number, "segNum": 1, "statusUpdateTs": at, "status": status}
        return json.dumps(
            {
                "eventId": 26,
                "eventType": "sms-delivery-report",
                "eventCreateTs": at,
                "webhookId": 1,
                "attempt": attempt,
                "data": data | {"to": "77011234567"},
                "sign": sha1(f"26|{attempt}|{at}|{word}".encode()).hexdigest(),
            }
        ).encode()


def _done(data: object) -> object:
    return {"code": 0, "data": data, "message": ""}
