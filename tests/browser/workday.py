"""A bit of everything that staff work with, as the middle of a day has it; brought there without a browser."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.browser.conftest import MANY, PATIENCE, Program
from tests.browser.office import CODE, clock, morning

LONG_NAME = "Әбдіғалиқызы-Қожахметова Гүлмәрия Қуанышбекқызы"
OWNER = "+77010000104"
"""Galina's phone, who was sent to by E-Sobes and by a broadcast."""
TITLES = {
    "draft": "Есту аппараттарының батарейкалары 30 қарашадан бастап аудандық бөлімде беріледі",
    "done": "День кресел-колясок",
    "paused": "Техникалық көмекші құралдарды қайта тіркеу туралы",
    "waiting": "Санаторий жолдамалары",
    "scheduled": "Перерегистрация",
    "cancelled": "Ошиблись датой",
}
RECIPIENTS = {"draft": 40, "done": 12, "paused": MANY, "waiting": MANY + 1, "scheduled": 3, "cancelled": 3}
TEXTS = {
    "kk": "Сәлеметсіз бе, {Аты}! 30 қараша, дүйсенбі күні техникалық құралдар беріледі. Сұрақ: 1414",
    "ru": "Здравствуйте, {Аты}! 30 ноября, в понедельник, выдаём технические средства. Вопросы: 1414",
}
TALKS = {
    "asks": ("+77015550101", "қаз", "маманға", "Анама арба қашан келеді? Менің нөмірім 8 701 765 43 21"),
    "taken": ("+77015550102", "рус", "специалисту", "Мой ИИН 900101300123. Почему отказали? " + "Жду ответа. " * 12),
    "closed": ("+77015550103", "рус", "специалисту", "Спасибо, уже не нужно"),
}

Answer = TypeVar("Answer")
_PAUSE = 0.05
"""Whoever asks again and again takes the time of those who work."""


class Colleague:
    """Somebody of the staff, signed in, who fills in the forms of pages."""

    def __init__(self, program: Program, login: str, password: str = "") -> None:
        headers = {"Origin": program.url}
        self.http = httpx.Client(
            base_url=program.url, headers=headers, follow_redirects=True, trust_env=False, timeout=PATIENCE
        )
        entered = self.http.post("/staff/login", data={"login": login, "password": password or program.password})
        self._csrf = hidden(entered.text, "csrf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def page(self, path: str) -> str:
        return self.http.get(path).raise_for_status().text

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        return self.http.post(path, data={"csrf": self._csrf, **fields}).raise_for_status()

    def bring(self, path: str, content: str) -> None:
        files = {"file": ("30 қараша.csv", content.encode())}
        self.http.post(path, data={"csrf": self._csrf}, files=files).raise_for_status()

    def until(self, path: str, true: Callable[[str], object]) -> str:
        return asked_until(lambda: self.page(path), true)


def asked_until(ask: Callable[[], Answer], true: Callable[[Answer], object]) -> Answer:
    ends = time.monotonic() + PATIENCE
    while not true(answer := ask()):
        assert time.monotonic() < ends, answer
        time.sleep(_PAUSE)
    return answer


def hidden(page: str, name: str) -> str:
    return unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


class Workday:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.names: dict[str, str] = {}
        """What stands in the addresses of pages: a broadcast's by its state, a talk's, a key's, a look's."""
        self._http = httpx.Client(base_url=program.url, trust_env=False, timeout=PATIENCE)

    def __enter__(self) -> Self:
        if not 9 <= clock(self.program).hour < 18:
            morning(self.program)
        self._matters()
        with Colleague(self.program, "operator") as operator:
            self._talks(operator)
        with Colleague(self.program, "administrator") as chief:
            self._accounts_and_keys(chief)
            self._calendar(chief)
        with Colleague(self.program, "broadcaster") as writer:
            self._broadcasts(writer)
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def asked(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        answer = self._http.request(method, path, json=body, headers=headers)
        return answer.raise_for_status().json()

    def screen(self, phone: str) -> list[str]:
        return [one["text"] for one in self.asked("GET", f"/sandbox/sms/{quote(phone)}")["messages"]]

    def say(self, phone: str, *texts: str) -> None:
        for text in texts:
            self._http.post("/sandbox/sms", json={"from": phone, "text": text}).raise_for_status()

    def until(self, true: Callable[[], object]) -> None:
        asked_until(true, bool)

    def esobes(self, event_type: str, /, **event: object) -> None:
        self.asked("POST", "/sandbox/page/esobes/events", {"type": event_type, **event})

    def offer(self, person: str, phone: str) -> list[str]:
        """Its codes, for yes and for no."""
        before = len(self.screen(phone))
        self.esobes("offer.opened", person=person, service="technical_aids_hygiene", kind="proactive")
        self.until(lambda: len(self.screen(phone)) > before)
        return CODE.findall(self.screen(phone)[-1])

    def _matters(self) -> None:
        self.say(OWNER, self.offer("galina", OWNER)[0])
        self.say("+77010000105", self.offer("viktor", "+77010000105")[1])
        for person, phone in (("nurlan", "+77010000102"), ("aigul", "+77010000101"), ("dana", "+77010000101")):
            self.offer(person, phone)
        self.esobes("offer.opened", person="marat", service="technical_aids_hygiene", kind="proactive")  # no phone
        now = clock(self.program)
        today, (first, *_) = now.date(), self.asked("GET", "/sandbox/page/esobes")["organisations"]
        self.esobes("provider_choice.opened", person="erbol", service="sanatorium_treatment", opened_on=str(today))
        self.esobes(
            "invitation.opened",
            person="saule",
            organisation=first["bin"],
            arrive_by=str(today + timedelta(12)),
        )
        # What is answered while E-Sobes is away waits for it.
        self.asked("PUT", "/sandbox/page/esobes/away", {"away": True})
        self.say("+77010000109", self.offer("olga", "+77010000109")[0])

    def _talks(self, operator: Colleague) -> None:
        for name, (phone, *texts) in TALKS.items():
            self.say(phone, *texts)
            page = operator.until("/staff/inbox", lambda page: f"{phone[-4:]}</span>" in page)  # noqa: B023
            row = next(row for row in page.split("<tr>") if f"{phone[-4:]}</span>" in row)
            self.names[name] = re.findall(r'href="/staff/inbox/case/([^"]+)"', row)[0]
        for name in ("taken", "closed"):
            case = f"/staff/inbox/case/{self.names[name]}"
            operator.post(f"{case}/take", mark=uuid4().hex)
            operator.post(f"{case}/answer", mark=uuid4().hex, by="sms", text="Сейчас посмотрю.")
            operator.post(f"{case}/note", mark=uuid4().hex, note="Позвонить в ЦЗН")
        operator.post(f"/staff/inbox/case/{self.names['closed']}/close", mark=uuid4().hex)
        for title in ("Жұмыс уақыты", "Қандай құжат керек"):
            operator.post("/staff/inbox/quick", name="", title=title, kk="Бөлім 9:00–17:30.", ru="Отдел: 9:00–17:30.")

    def _accounts_and_keys(self, chief: Colleague) -> None:
        chief.post(
            "/staff/accounts/new",
            login="gulmariya.abdigalikyzy",
            name=LONG_NAME,
            phone="8 701 555 02 02",
            roles=["operator", "broadcaster", "approver"],
        )
        chief.post("/staff/accounts/new", login="b.omarov", name="Болат Омаров", roles=["operator"])
        chief.post("/staff/accounts/b.omarov/end")
        chief.post("/staff/accounts/new", login="d.serik", name="Дана Серік", roles=["auditor"])
        for name, kind in (("portal", "live"), ("old-portal", "test"), ("trial", "test")):
            made = chief.post("/staff/keys/new", name=name, kind=kind, scopes=["broadcasts:read", "broadcasts:write"])
            self.names[name] = re.findall(r"kelisim_[a-z]+_[\w-]+", made.text)[0]
        page = chief.page("/staff/keys").partition("old-portal")[2]
        chief.post(re.findall(r'action="(/staff/keys/[^"]+/revoke)"', page)[0])

    def _broadcasts(self, writer: Colleague) -> None:
        writer.post("/staff/me/phone", phone="87015550303")
        for place, name in enumerate(RECIPIENTS):
            self._write(writer, name, f"87055{place}")
        for name in ("done", "paused", "waiting"):
            self.start(writer, name)
        paused, done = (f"/staff/broadcasts/{self.names[name]}" for name in ("paused", "done"))
        writer.until(paused, lambda page: f"{paused}/pause" in page)  # it has begun
        writer.post(f"{paused}/pause")
        tomorrow = (clock(self.program) + timedelta(1)).replace(hour=10, minute=0).isoformat(timespec="minutes")
        for name in ("scheduled", "cancelled"):
            self.start(writer, name, tomorrow)
        writer.post(f"/staff/broadcasts/{self.names['cancelled']}/cancel")
        writer.until(done, lambda page: "badge good" in page)
        self.names["new"] = writer.post("/staff/broadcasts/new").url.path.split("/")[3]
        self._failed()

    def _write(self, writer: Colleague, name: str, begin: str) -> None:
        made = writer.post("/staff/broadcasts/new")
        self.names[name] = made.url.path.split("/")[3]
        base = f"/staff/broadcasts/{self.names[name]}"
        rows = [f"{begin}{place:05};{'ru' if place % 2 else 'kk'};Адам" for place in range(RECIPIENTS[name])]
        rows[0] = f"{OWNER};ru;Галина"
        if name == "draft":
            rows += ["12345;kk;Қате", f"{begin}9999;kk;{'Өте ұзақ мән ' * 20}", rows[0]]
        writer.bring(f"{base}/list", "\n".join(["Телефон;Тіл;Аты", *rows]))
        page = writer.until(f"{base}/text", lambda page: "{Аты}" in page)
        fields = {"title": TITLES[name], "step": "next", "otherwise": "kk", **TEXTS}
        writer.post(f"{base}/text", seen=hidden(page, "seen"), **fields)

    def start(self, writer: Colleague, name: str, at: str = "") -> None:
        base = f"/staff/broadcasts/{self.names[name]}"
        day, _, hour = at[:16].partition("T")
        when = f"leaves=later&day={day}&hour={hour}" if at else "leaves=now"
        check = writer.page(f"{base}/check?{when}")
        writer.post(f"{base}/start", seen=hidden(check, "seen"), at=hidden(check, "at"))

    def _failed(self) -> None:
        """A program's, by a test key: one of its recipients cannot be reached."""
        headers = {"Authorization": f"Bearer {self.names['trial']}"}
        recipients = [{"phone": f"+7799000000{n}", "language": "kk", "values": {}} for n in (1, 2, 3, 4)]
        texts = {"kk": "Сәлем", "ru": "Привет"}
        body = {"title": "Сынақ", "texts": texts, "otherwise": "kk", "recipients": recipients}
        made = self.asked("POST", "/api/broadcasts", body, **headers, **{"Idempotency-Key": "trial-1"})
        self.names["failed"] = made["id"]
        base = f"/api/broadcasts/{made['id']}"
        self.until(lambda: self.asked("GET", base, **headers)["list"]["state"] == "ready")
        self.asked("POST", f"{base}/start", {}, **headers, **{"Idempotency-Key": "trial-2"})
        self.until(lambda: self.asked("GET", base, **headers)["state"] == "done")

    def _calendar(self, chief: Colleague) -> None:
        off = clock(self.program).date() + timedelta(2)
        while off.weekday() > 4:
            off += timedelta(1)
        for name, kind in (("entry", "off"), ("look", "moved")):
            works = off + timedelta(12 - off.weekday())
            day = off if kind == "off" else off + timedelta(1)
            typed = {"kind": kind, "day": str(day), "works": str(works), "source": "ҚР Үкіметінің № 100 қаулысы"}
            looked = chief.post("/staff/calendar/look", **typed).url.path
            page = chief.until(looked, lambda page: "http-equiv" not in page)
            self.names[name] = looked.rpartition("/")[2]
            if name == "entry":
                chief.post("/staff/calendar/save", look=hidden(page, "look"))
        chief.until("/staff/calendar", lambda page: "http-equiv" not in page)
