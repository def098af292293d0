"""E-Sobes on the simulator's page, as whoever plays its staff uses it."""

import json
import re
from datetime import date, datetime, timedelta
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.browser.conftest import Program
from tests.browser.page import Page

CODE = re.compile(r"\b[1-9]\d\d\b")


def clock(program: Program, to: datetime | None = None) -> datetime:
    """Reads the clock, or moves it."""
    address = f"{program.url}/sandbox/clock"
    return datetime.fromisoformat(_asked(address, "PUT" if to else "GET", {"now": to.isoformat()} if to else None))


def friday(program: Program) -> None:
    """The next 11 December that is one: the holiday of the 16th is a Wednesday then."""
    ten(program, 11, 12, weekday=4)


def ten(program: Program, day: int, month: int, *, weekday: int) -> date:
    """Ten o'clock on the next such day; `weekday`: 0 is a Monday."""
    now = clock(program)
    mornings = (now.replace(year, month, day, 10, 0, 0, 0) for year in range(now.year, 2060))
    found = next(morning for morning in mornings if morning.weekday() == weekday and morning > now)
    clock(program, found)
    return found.date()


def morning(program: Program) -> None:
    """Ten o'clock of the next working day, when nothing waits for the end of the night."""
    _asked(f"{program.url}/sandbox/page/clock?lang=ru", "POST", {"forward": "working_day"})
    now = clock(program)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    clock(program, ten if ten > now else ten + timedelta(days=1))


def _asked(address: str, method: str, body: dict[str, str] | None) -> str:
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(address, json.dumps(body).encode() if body else None, headers, method=method)) as answer:
        return str(json.load(answer).get("now"))


class Office:
    def __init__(self, page: Page) -> None:
        self.page = page
        page.until(lambda: page.script("return !document.querySelector('#esobes').hidden"))

    def choose(self, person: str) -> None:
        """One press opens the person's phone and chat, and what is held of them."""
        page = self.page
        page.look("esobes")
        if page.one("[data-dossier]").is_displayed():
            page.one("[data-back]").click()
        self.press(f"person-{person}")
        phone = str(page.one(".number[aria-pressed=true]").attribute("textContent"))
        page.until(lambda: self._is_open(phone))

    def _is_open(self, phone: str) -> bool:
        """All that this phone holds is on its screen."""
        own = self.page.one("#sms [data-own]").attribute("textContent")
        with urlopen(f"{self.page.url}/sandbox/sms/{quote(phone)}") as answer:
            held = json.load(answer)["messages"]
        return own == phone and self.page.messages("sms") == [message["text"] for message in held]

    def press(self, key: str) -> None:
        """The button whose key begins so; the newest thing's, if several have one."""
        self.page.look("esobes")
        self.page.one(f'#esobes [data-key^="{key}"]').click()

    def offer(self, kind: str = "proactive", service: str = "", *, diapers: bool = False) -> tuple[str, str]:
        """Opens one, and waits until the SMS is there; its codes, for yes and for no."""
        page = self.page
        page.look("esobes")
        before = len(page.messages("sms"))
        page.one(f'[data-offer] [value="{kind}"]').click()
        if service:
            page.one("[data-offer] [name=service]").select(service)
        if diapers:
            page.one("[data-diapers] input").click()
        page.one("[data-offer] .strong").click()
        page.until(lambda: len(page.messages("sms")) > before)
        yes, no, *_ = CODE.findall(page.messages("sms")[-1])
        return yes, no

    def state(self) -> str:
        """Of what is newest of the person who is shown; also where a tab hides it."""
        return self._text("[data-case] .pill")

    def facts(self) -> str:
        return self._text("[data-case]")

    def relays(self) -> list[str]:
        """Newest first: whose, what, and when."""
        return list(
            self.page.script(
                "return [...document.querySelectorAll('[data-relays] li')].map((one) => one.textContent)"
            )
        )

    def waiting(self) -> str:
        return self._text("[data-waiting]:not([hidden])")

    def _text(self, selector: str) -> str:
        return str(self.page.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector))
