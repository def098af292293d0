"""Kannel's sendsms on the loopback."""

import re
from urllib.parse import urlencode, urlsplit

from gateway.sms.kannel import Account
from tests.gateway.sms.double import Double, Request, fields

USERNAME, PASSWORD, SENDER = "kelisim", "pass word&1", "1414"
REPORTS = "http://kelisim.example/sms/kannel/secret/dlr"


class KannelDouble(Double):
    def __init__(self, reports: str = REPORTS) -> None:
        super().__init__()
        self.letters: list[tuple[str, str, str]] = []
        """Name, phone and text of each that was taken."""
        self._reports = reports

    @property
    def account(self) -> Account:
        return Account(self.url, USERNAME, PASSWORD, SENDER, self._reports)

    def answer(self, request: Request) -> object:
        assert (request.method, request.path) == ("GET", "/cgi-bin/sendsms")
        given = fields(request.query)
        keys = ("username", "password", "from", "to", "text", "charset", "coding", "dlr-mask", "dlr-url")
        assert set(given) == set(keys)
        assert [given[key] for key in keys[:3]] == [USERNAME, PASSWORD, SENDER]
        assert (given["charset"], given["dlr-mask"]) == ("UTF-8", "31")
        assert given["coding"] in ("0", "2")
        assert re.fullmatch(r"\+7\d{10}", given["to"])
        assert given["dlr-url"].startswith(f"{self._reports}?")
        report = fields(urlsplit(given["dlr-url"].replace("%d", "1")).query)
        assert set(report) == {"id", "type"}
        self.letters.append((report["id"], given["to"], given["text"]))
        return "0: Accepted for delivery"

    def write(self, answer: object) -> bytes:
        body = str(answer).encode()
        return b"HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def report(self, text: str, kind: int) -> str:
        """The query of a report about a letter that says this."""
        name = next(name for name, _, known in self.letters if known == text)
        return urlencode({"id": name, "type": kind})
