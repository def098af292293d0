"""smsc.kz on the loopback."""

import json
import re
from hashlib import md5, sha1

from gateway.sms.smsc import Account
from tests.gateway.sms.double import Double, Fault, Request

LOGIN, PASSWORD, APIKEY, WORD = "kelisim", "pass word&1", "key-of-ours", "a word of theirs"


class SmscDouble(Double):
    def __init__(self, *faults: Fault | bytes, apikey: bool = False, sender: str = "ESOBES") -> None:
        super().__init__(*faults)
        self.letters: list[tuple[str, str, str]] = []
        """Name, phone and text of each that was taken: a name may be given twice, and means two letters."""
        self.statuses: dict[str, int] = {}
        self._keys = {"apikey": APIKEY} if apikey else {"login": LOGIN, "psw": PASSWORD}
        self._sender = sender

    @property
    def account(self) -> Account:
        keys = ("", "", APIKEY) if "apikey" in self._keys else (LOGIN, PASSWORD, "")
        return Account(self.url, *keys, self._sender, WORD)

    def answer(self, request: Request) -> object:
        assert (request.method, request.query) == ("POST", "")
        assert PASSWORD not in str(request.headers)
        match request.path:
            case "/rest/send/":
                return self._send(request)
            case "/sys/status.php":
                return self._status(request.form())
        raise AssertionError(request.path)

    def _send(self, request: Request) -> object:
        assert request.headers["content-type"].startswith("application/json")
        given = json.loads(request.body.decode("utf-8"))
        sender = {"sender"} if self._sender else set()
        assert set(given) == {*self._keys, "phones", "mes", "id", "charset", "fmt"} | sender
        assert {name: given[name] for name in self._keys} == self._keys
        assert (given["charset"], given["fmt"], given.get("sender", "")) == ("utf-8", 3, self._sender)
        assert re.fullmatch(r"\+7\d{10}", given["phones"])
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,39}", given["id"])  # all in digits, it would be a number
        assert 1 <= len(given["mes"]) <= 1000
        if any((phone, text) == (given["phones"], given["mes"]) for _, phone, text in self.letters):
            return {"error": "duplicate request, wait a minute", "error_code": 9}
        self.letters.append((given["id"], given["phones"], given["mes"]))
        return {"id": given["id"], "cnt": 1}

    def _status(self, given: dict[str, str]) -> object:
        assert set(given) == {*self._keys, "phone", "id", "fmt", "charset"}
        assert {name: given[name] for name in self._keys} == self._keys
        assert (given["charset"], given["fmt"]) == ("utf-8", "3")
        if not any((name, phone) == (given["id"], given["phone"]) for name, phone, _ in self.letters):
            return {"status": -3}
        status = self.statuses.get(given["id"], -1)
        return {"status": status, "last_date": "11.03.2020 20:35:30", "last_timestamp": 1583948130, "err": 0}

    def report(self, name: str, status: int, word: str = WORD) -> dict[str, str]:
        """As they post it to us."""
        self.statuses[name] = status
        phone = next((phone for known, phone, _ in self.letters if known == name), "+77011234567").lstrip("+")
        signed = sha1(f"{name}:{phone}:{status}:{word}".encode()).hexdigest()
        more = {"time": "11.03.2020 20:35:30", "ts": "1583948130", "err": "0", "type": "0"}
        return {"id": name, "phone": phone, "status": str(status), "sha1": signed} | more

    @staticmethod
    def message(phone: str, text: str, number: str = "998877", word: str = WORD) -> dict[str, str]:
        signed = md5(f"{phone}:{text}:77750000000:{word}".encode()).hexdigest()
        more = {"id": number, "ts": "1583948130", "time": "11.03.2020 20:35:30"}
        return {"phone": phone, "mes": text, "to": "77750000000", "md5": signed} | more
