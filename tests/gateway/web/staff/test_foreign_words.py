"""What others have written, wherever it is shown: as text and as nothing else, on every page, in JSON, in a live
stream and in every table. And what belongs to a person, where it must not be."""

import asyncio
import csv
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from io import BytesIO, StringIO
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

import httpx
import pytest
import pytest_asyncio
from msgspec import Struct
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dialogs.language import Language
from gateway.staff.deeds import DEEDS, Deeds
from gateway.staff.roles import Role
from gateway.staff.sessions import Sessions
from tests.gateway.web.staff.house import House, house
from tests.gateway.web.staff.signed import Signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

BARE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}{%x%}javascript:alert(3)\u202egpj.exe"
"""Without what a name cannot hold."""
NASTY = f"=1+1|{BARE}"
IIN, PHONE, NAME = "680412400128", "+77071112233", f"Сәкен {BARE}"
COLUMN = "x<img src=x onerror=alert(4)>"
LETTERS = "=cmd|' /C calc'!A0"

_URLS = ("href", "src", "action", "formaction", "content")

_CASE = re.compile(r"/staff/inbox/case/([0-9a-f-]+)")
LOGGERS = ("gateway", "bot", "uvicorn", "redis", "fastapi")
"""All but those of the test's own browser."""


class Markup(HTMLParser):
    """What a browser would make of a page, as far as it may do harm."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.harm: list[str] = []
        self.words = ""
        self.addresses: list[str] = []
        self.title = ""
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        known = dict(attrs)
        own = (known.get("src") or "").startswith("/static/")
        if tag in ("style", "iframe", "object", "embed", "base") or (tag in ("script", "img") and not own):
            self.harm.append(tag)
        self.harm += [name for name in known if name == "style" or name.startswith("on") or name == "srcdoc"]
        for name in _URLS:
            value = known.get(name) or ""
            if tag != "meta" and value and not value.startswith(("/staff", "/static/", "#")):
                self.harm.append(f"{name}={value}")
            if tag != "meta" and value:
                self.addresses.append(unquote(value))
        self.words += " ".join(value or "" for value in known.values())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._inside == "title":
            self.title += data
            self._inside = ""
        if self._inside == "script" and data.strip():
            self.harm.append("inline script")


class Shown(Struct, frozen=True):
    path: str
    page: str


class Flow(Struct, frozen=True):
    """Everything happened once, and all that was shown of it."""

    whole: House
    who: Signed
    broadcast: str
    case: str
    shown: list[Shown]
    logged: str


class Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info}")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="flow")
async def _flow(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Flow]:
    log, levels = Everything(), {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).addHandler(log)
        logging.getLogger(name).setLevel(logging.DEBUG)
    elsewhere = {"esobes_url": "http://127.0.0.1:9", "esobes_token": "a-token-of-theirs"}
    try:
        async with house(
            redis_url, tmp_path_factory.mktemp("words"), **elsewhere, quiet_hours="00:00-00:00"
        ) as whole:
            who = await whole.signed_in(*Role, name=f"Ержан {BARE}", login="yerzhan", phone="+77010000001")
            broadcast, case = await _happens(whole, who)
            shown = [one async for one in _looked_at(whole, who, broadcast, case)]
            yield Flow(whole, who, broadcast, case, shown, "\n".join(log.lines))
    finally:
        for name, level in levels.items():
            logging.getLogger(name).removeHandler(log)
            logging.getLogger(name).setLevel(level)


async def _happens(whole: House, who: Signed) -> tuple[str, str]:
    await _esobes_tells(whole)
    for text in (NASTY, f"{BARE}\x00\x0b{IIN}", f"{PHONE} {NASTY}", "МАМАНҒА", "СПЕЦИАЛИСТУ", f"{NASTY} {IIN}"):
        await whole.sms(PHONE, text)
    case = await _case(who)
    await who.post(f"/staff/inbox/case/{case}/take", mark="m" * 20)
    await who.post(f"/staff/inbox/case/{case}/note", mark="n" * 20, note=NASTY)
    await who.post(f"/staff/inbox/case/{case}/answer", mark="a" * 20, text=NASTY, by="sms")
    await who.post("/staff/inbox/quick", title=NASTY, kk=NASTY, ru=NASTY)
    broadcast = str((await who.post("/staff/broadcasts/new")).headers["location"]).split("/")[3]
    await who.post(f"/staff/broadcasts/{broadcast}/text", title=NASTY, kk=NASTY.replace("{", ""), ru=BARE)
    files = {"file": (f"{BARE}.csv", _table(), "text/csv")}
    await who.browser.post(f"/staff/broadcasts/{broadcast}/list", data={"csrf": who.csrf}, files=files)
    await whole.read(broadcast)
    await who.post("/staff/accounts/new", login="another", name=NASTY, roles="operator", phone="")
    await Sessions(whole.ground.batched, whole.accounts).begin(who.account, NASTY, "127.0.0.1")
    deeds = Deeds(whole.ground.batched, whole.ground.deeds_secret, whole.ground.clock)
    await deeds.note(NASTY, NASTY, about=IIN, detail=NASTY)
    await who.post("/staff/person", who=IIN)
    await who.post("/staff/person", who=PHONE, reason="asks")
    return broadcast, case


async def _esobes_tells(whole: House) -> None:
    person = {"iin": IIN, "name": NAME, "birth_date": "1968-04-12", "language": "ru", "phones": [PHONE]}
    offer = {"id": "of-1", "service": "technical_aids_hygiene", "kind": "proactive", "device": BARE}
    await whole.told("offer.opened", "offer", person, **offer)
    organisation = {"name": BARE, "address": BARE, "phone": BARE, "email": BARE, "bin": "000140000003"}
    day = whole.ground.clock.now().date()
    invitation = {"id": "in-1", "organisation": organisation, "setting": "inpatient", "postponed": False}
    await whole.told("invitation.opened", "invitation", person, **invitation, arrive_by=str(day.replace(year=2030)))


def _table() -> str:
    text = StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerows([["phone", COLUMN], [PHONE, NASTY], [BARE, LETTERS], ["12", f"\t{LETTERS}"]])
    return text.getvalue()


async def _case(who: Signed) -> str:
    """Once it has come into the queue."""
    async with asyncio.timeout(60):
        while (found := _CASE.search((await who.get("/staff/inbox")).text)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found[1]


async def _looked_at(whole: House, who: Signed, broadcast: str, case: str) -> AsyncIterator[Shown]:
    """Every page, in both languages, and every page that a form with something wrong in it brings back."""
    names = {"login": "another", "kind": "offer", "state": "asked", "format": "csv"}
    for language in Language:
        await who.post("/staff/language", language=language)
        for route in whole.routes():
            if route.path.startswith("/staff") and route.method == "GET" and not route.path.endswith("/stream"):
                name = {"/staff/b": broadcast, "/staff/i": case}.get(route.path[:8], "offers")
                yield await _page(who, route.path.format(**names, name=name))
        for path in (
            "/staff/accounts/yerzhan",
            f"/staff/audit?who={BARE}",
            f"/staff/{BARE}",
            f"/staff/login?next={BARE}",
        ):
            yield await _page(who, path)
        for path, fields in _forms(broadcast, case):
            answer = await who.post(path, **fields)
            yield Shown(path, answer.text)


def _forms(broadcast: str, case: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield "/staff/accounts/new", {"login": NASTY, "name": NASTY, "phone": NASTY}
    yield "/staff/keys/new", {"name": NASTY[:90], "kind": NASTY[:90], "scopes": NASTY, "ends": NASTY[:90]}
    yield "/staff/me/phone", {"phone": NASTY}
    yield "/staff/person", {"who": NASTY}
    yield "/staff/person", {"who": IIN}
    yield "/staff/person", {"who": PHONE}
    yield "/staff/audit", {"who": NASTY[:90], "about": NASTY[:90], "person": NASTY[:90]}
    yield "/staff/audit", {"about": IIN}
    yield "/staff/journal", {"who": NASTY, "service": NASTY, "nature": NASTY, "first": NASTY}
    yield "/staff/journal", {"who": PHONE}
    yield "/staff/calendar/look", {"kind": NASTY, "day": NASTY, "source": NASTY}
    yield "/staff/inbox/quick", {"title": NASTY, "kk": NASTY}
    yield f"/staff/inbox/case/{case}/answer", {"mark": "b" * 20, "text": NASTY * 30, "by": NASTY}
    yield f"/staff/inbox/case/{case}/unmask", {"reason": NASTY}
    yield f"/staff/broadcasts/{broadcast}/text", {"title": NASTY, "kk": NASTY, "ru": NASTY, "step": "look"}
    yield f"/staff/broadcasts/{broadcast}/find", {"service": NASTY, "region": NASTY, "stage": NASTY}
    yield f"/staff/broadcasts/{broadcast}/people", {"phone": NASTY}
    yield f"/staff/broadcasts/{broadcast}/try", {"phone": NASTY}


async def _page(who: Signed, path: str) -> Shown:
    answer = await who.browser.get(path)
    assert answer.status_code < 500, path
    return Shown(path, answer.text if _is_page(answer) else "")


def _is_page(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("text/html")


def _pages(flow: Flow) -> list[tuple[Shown, Markup]]:
    return [(one, Markup(one.page)) for one in flow.shown if one.page]


async def test_no_words_of_anybody_become_a_part_of_a_page(flow: Flow) -> None:
    pages = _pages(flow)
    assert len(pages) > 80
    for shown, markup in pages:
        assert markup.harm == [], shown.path


@pytest.mark.parametrize(
    "path",
    [
        "/staff/inbox",
        "/staff/inbox/case/{case}",
        "/staff/inbox/quick",
        "/staff/broadcasts",
        "/staff/broadcasts/{broadcast}/list",
        "/staff/broadcasts/{broadcast}/text",
        "/staff/accounts",
        "/staff/accounts/another",
        "/staff/me",
        "/staff/audit",
        "/staff/journal",
        "/staff/person",
    ],
)
async def test_it_is_shown_as_it_was_written(flow: Flow, path: str) -> None:
    """So that this test would see it if it were harmful."""
    path = path.format(case=flow.case, broadcast=flow.broadcast)
    words = "".join(markup.words for shown, markup in _pages(flow) if shown.path == path)
    assert "<img src=x onerror=alert(2)>" in words
    assert "{{7*7}}" in words


async def test_scripts_and_programs_get_it_as_text_too(flow: Flow) -> None:
    who = flow.who
    title = {"title": NASTY, "kk": NASTY, "ru": NASTY}
    looked = await who.post(f"/staff/broadcasts/{flow.broadcast}/look", **title)
    assert looked.headers["content-type"] == "application/json"
    for piece in looked.json().values():
        assert Markup(piece).harm == []
    program = flow.whole.program(await flow.whole.key())
    recipients = [{"phone": "<script>", "values": {"x": NASTY}}]
    written = {"title": BARE, "texts": {"kk": "1", "ru": "1"}, "recipients": recipients}
    made = await program.post("/api/broadcasts", json=written, headers={"Idempotency-Key": "words"})
    assert made.status_code == 201, made.text
    assert made.json()["title"] == BARE
    await flow.whole.read(made.json()["id"])
    faults = await program.get(f"/api/broadcasts/{made.json()['id']}/faults")
    for answer in (made, faults):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_live_stream_carries_it_as_text(flow: Flow) -> None:
    events = {"Accept": "text/event-stream", "Sec-Fetch-Mode": "cors"}
    for path in (f"/staff/broadcasts/{flow.broadcast}/stream", "/staff/inbox/stream"):
        async with flow.who.browser.stream("GET", path, headers=events) as stream:
            lines = stream.aiter_lines()
            told = ""
            while not told.startswith("data: "):
                told = await anext(lines)
                assert re.match(r"(event|data|retry): |$", told), told
        news = json.loads(told.removeprefix("data: "))
        assert Markup(str(news.get("html", ""))).harm == []


async def test_tables_run_nothing_in_a_spreadsheet(flow: Flow) -> None:
    who, base = flow.who, f"/staff/broadcasts/{flow.broadcast}"
    month = {"first": "", "last": "", "csrf": who.csrf, "extended": "1"}
    for format in ("csv", "xlsx"):
        exported = await who.browser.post("/staff/journal/export", data={**month, "format": format})
        tables = [exported, await who.get(f"{base}/faults.{format}")]
        if format == "csv":
            tables += [await who.get("/staff/audit/table.csv")]
        for answer in tables:
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-disposition"].startswith("attachment; filename=")
            assert "\\" not in answer.headers["content-disposition"]
            cells = list(_cells(answer, format))
            assert any("<script>" in cell for cell in cells), answer.url
            if format == "csv":
                assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r", "\n"))]


def _cells(answer: httpx.Response, format: str) -> Iterator[str]:
    if format == "csv":
        for row in csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"):
            yield from row
        return
    with ZipFile(BytesIO(answer.content)) as book:
        assert not [name for name in book.namelist() if "externalLink" in name or "vba" in name.lower()]
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in book.read(name)
                assert b"<hyperlink" not in book.read(name)
    sheet = load_workbook(BytesIO(answer.content)).active
    assert isinstance(sheet, Worksheet)
    for cells in sheet.iter_rows():
        for cell in cells:
            assert cell.data_type != "f", cell.value
            yield "" if cell.value is None else str(cell.value)


async def test_a_workbook_with_nasty_names_inside_is_read_or_refused_and_shown_as_text(flow: Flow) -> None:
    who = flow.who
    broadcast = str((await who.post("/staff/broadcasts/copy", title="x", kk="x", ru="x")).headers["location"])
    name = broadcast.split("/")[3]
    files = {"file": ("list.xlsx", _workbook(), "application/octet-stream")}
    await who.browser.post(f"/staff/broadcasts/{name}/list", data={"csrf": who.csrf}, files=files)
    await flow.whole.read(name)
    page = Markup((await who.get(f"/staff/broadcasts/{name}/list")).text)
    assert page.harm == []
    assert COLUMN in page.words


def _workbook() -> bytes:
    """Written by hand: a library would not let such a name pass."""
    sheet = f"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
    <sheetData><row><c t="inlineStr"><is><t>phone</t></is></c>
    <c t="inlineStr"><is><t>{_xml(COLUMN)}</t></is></c></row>
    <row><c t="inlineStr"><is><t>{PHONE}</t></is></c><c t="inlineStr"><is><t>{_xml(BARE)}</t></is></c></row>
    <row><c t="inlineStr"><is><t>{_xml(BARE)}</t></is></c><c><f>1+1</f><v>2</v></c></row></sheetData></worksheet>"""
    main = "http://schemas.openxmlformats.org"
    book = f"""<?xml version="1.0"?><workbook xmlns="{main}/spreadsheetml/2006/main"
    xmlns:r="{main}/officeDocument/2006/relationships"><sheets><sheet name={quoteattr(BARE)} sheetId="1" r:id="r1"/>
    </sheets></workbook>"""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def relations(kind: str, target: str) -> str:
        return (
            f'<?xml version="1.0"?><Relationships xmlns="{main}/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relation}/{kind}" Target="{target}"/></Relationships>'
        )

    kinds = f"""<?xml version="1.0"?><Types xmlns="{main}/package/2006/content-types">
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
    <Default Extension="xml" ContentType="application/xml"/>
    <Override PartName="/xl/workbook.xml"
    ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
    file = BytesIO()
    with ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", kinds)
        packed.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.xml"))
        packed.writestr("xl/workbook.xml", book)
        packed.writestr("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml"))
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        packed.writestr("xl/worksheets/../../../../evil.xml", BARE)
    return file.getvalue()


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


async def test_nothing_personal_stands_in_the_log_in_addresses_titles_or_deeds(flow: Flow) -> None:
    personal = (IIN, PHONE, PHONE[1:], PHONE[2:], "Сәкен")
    assert flow.logged
    for what in (*personal, "onerror"):
        assert what not in flow.logged
    for shown, markup in _pages(flow):
        for what in personal:
            assert what not in markup.title, shown.path
            assert not [one for one in markup.addresses if what in one], shown.path
    deeds = (await flow.whole.everything())[DEEDS].encode().decode("unicode_escape").encode("latin-1").decode()
    for what in personal:
        assert what not in deeds


async def test_whoever_may_not_see_personal_data_sees_none_anywhere(flow: Flow) -> None:
    """Words of people may name them; what we know of them, and long numbers in their words, are hidden."""
    rooms = ("operator", "broadcaster", "approver", "administrator")
    for role in map(Role, rooms):
        who = await flow.whole.signed_in(role)
        pages = [
            await who.get(route.path.format(name=flow.broadcast if "/b" in route.path else flow.case, **_NAMES))
            for route in flow.whole.routes()
            if route.path.startswith("/staff") and route.method == "GET" and "stream" not in route.path
        ]
        if role is Role.OPERATOR:
            pages += [await who.post("/staff/person", who=IIN), await who.post("/staff/person", who=PHONE)]
        for page in pages:
            text = Markup(page.text).words if _is_page(page) else page.text
            typed = "/staff/person" in str(page.url)
            own = role is Role.BROADCASTER and "/staff/broadcasts" in str(page.url)  # whose list it is
            for what in (IIN, PHONE, PHONE[1:], "1968-04-12", "12.04.1968"):
                assert what not in text or typed or own, (role, page.url, what)


_NAMES = {"login": "another", "kind": "offer", "state": "asked", "format": "csv"}
