"""One's own account."""

import re
import time
from xml.etree import ElementTree

import pyotp
import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.accounts import Held
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff import qr
from gateway.web.staff.agents import called
from gateway.web.staff.cookies import SESSION
from gateway.web.staff.me import Me
from tests.gateway.staff.people import PASSWORD
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

NEW = "жасыл көпір астында бақа"


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue) -> Staffed:
    made = staffed(batched, dialogue.guide.words, Clock())
    made.console.open(Me(made.console, made.signing).router())
    return made


@pytest.fixture
async def aigul(staff: Staffed, front: Front) -> Signed:
    hashed = await staff.signing.passwords.hash(PASSWORD)
    return await staff.signed_in(front, Role.OPERATOR, login="aigul", hashed=hashed)


async def held(staff: Staffed) -> Held:
    kept = await staff.accounts.get("aigul")
    assert kept is not None
    return kept


async def test_a_new_password_signs_out_everywhere_else(staff: Staffed, front: Front, aigul: Signed) -> None:
    elsewhere = await staff.sessions.begin(aigul.account, "another browser", "192.0.2.2")
    before = aigul.browser.cookies[SESSION]
    answer = await aigul.post("/staff/me/password", old=PASSWORD, new=NEW, again=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/me")
    assert (await aigul.get("/staff/me")).status_code == 200
    for token in (elsewhere, before):
        assert await staff.sessions.find(token) is None
    assert await staff.signing.passwords.fits(NEW, (await held(staff)).password)
    assert not (await held(staff)).account.given


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ((PASSWORD, "короткий", "короткий"), "не меньше 12 знаков"),
        ((PASSWORD, "qwerty123456", "qwerty123456"), "легко угадать"),
        ((PASSWORD, PASSWORD, PASSWORD), "отличаться от прежнего"),
        ((PASSWORD, NEW, f"{NEW}!"), "не совпадают"),
        (("wrong", NEW, NEW), "Пароль не подошёл"),
    ],
)
async def test_a_password_that_will_not_do_is_told_why(
    staff: Staffed, aigul: Signed, typed: tuple[str, str, str], why: str
) -> None:
    old, new, again = typed
    answer = await aigul.post("/staff/me/password", old=old, new=new, again=again)
    assert answer.status_code == 422
    assert why in answer.text
    assert new not in answer.text
    assert await staff.signing.passwords.fits(PASSWORD, (await held(staff)).password)


async def test_an_open_screen_is_not_enough_to_guess_the_password(aigul: Signed) -> None:
    told = [(await aigul.post("/staff/me/password", old="wrong", new=NEW, again=NEW)).text for _ in range(6)]
    assert "несколько раз не подошёл" in told[-1]


async def test_the_code_is_turned_on_by_the_app_and_off_by_the_password(staff: Staffed, aigul: Signed) -> None:
    page = (await aigul.get("/staff/me/code")).text
    secret = "".join(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)).replace(" ", "")
    assert (await aigul.post("/staff/me/code", code="000000", old=PASSWORD)).status_code == 422
    code = pyotp.TOTP(secret).at(int(time.time()))
    assert (await aigul.post("/staff/me/code", code=code, old="wrong")).status_code == 422
    assert (await held(staff)).totp == ""
    assert (await aigul.post("/staff/me/code", code=code, old=PASSWORD)).status_code == 303
    assert (await held(staff)).totp == secret
    page = (await aigul.get("/staff/me/code")).text
    assert secret[:4] not in page
    assert "<svg" not in page
    assert (await aigul.post("/staff/me/code/off", old="wrong")).status_code == 422
    assert (await aigul.post("/staff/me/code/off", old=PASSWORD)).status_code == 303
    assert (await held(staff)).totp == ""


async def test_the_picture_of_the_code_says_what_it_is(aigul: Signed) -> None:
    page = (await aigul.get("/staff/me/code")).text
    found = re.search(r"<svg.*</svg>", page, re.DOTALL)
    assert found is not None
    svg = ElementTree.fromstring(found[0])
    assert svg.get("role") == "img"
    assert [part.tag for part in svg] == ["title", "desc", "rect", "path"]
    assert "style" not in found[0]
    assert svg.get("aria-labelledby") == "qr-title qr-desc"


def test_a_drawn_code_has_every_dark_square_of_the_code() -> None:
    import segno

    text = "otpauth://totp/Kelisim:aigul?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kelisim"
    drawn = qr.draw(text)
    dark = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.outline)
        for step in range(int(width))
    }
    rows = segno.make(text, error="m", micro=False).matrix
    assert dark == {(x + 4, y + 4) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell}
    assert drawn.size == len(rows) + 8


async def test_one_sees_where_one_is_signed_in_and_signs_out_there(staff: Staffed, aigul: Signed) -> None:
    others = [await staff.sessions.begin(aigul.account, "Firefox/132.0 Windows", "192.0.2.2") for _ in range(3)]
    page = (await aigul.get("/staff/me")).text
    assert page.count("Firefox, Windows") >= 3
    assert "192.0.2.2" in page
    found = await staff.sessions.find(others[0])
    assert found is not None
    await aigul.post("/staff/me/sessions/end", session=found.digest)
    assert [bool(await staff.sessions.find(token)) for token in others] == [False, True, True]
    await aigul.post("/staff/me/sessions/end")
    assert not any([await staff.sessions.find(token) for token in others])
    assert (await aigul.get("/staff/me")).status_code == 200


async def test_nobody_ends_the_session_of_somebody_else(staff: Staffed, front: Front, aigul: Signed) -> None:
    other = await staff.signed_in(front, Role.OPERATOR)
    await aigul.post("/staff/me/sessions/end", session=other.session)
    assert (await other.get("/staff/me")).status_code == 200


async def test_the_own_phone_is_a_mobile_one_or_none(staff: Staffed, aigul: Signed) -> None:
    assert (await aigul.post("/staff/me/phone", phone="8 701 123 45 67")).status_code == 303
    assert (await held(staff)).account.phone == "+77011234567"
    wrong = await aigul.post("/staff/me/phone", phone='"><b>112')
    assert wrong.status_code == 422
    assert "<b>112" not in wrong.text
    assert (await aigul.post("/staff/me/phone", phone="")).status_code == 303
    assert (await held(staff)).account.phone == ""
    assert (await aigul.get("/staff/me")).status_code == 200


async def test_a_name_cannot_bring_anything_into_a_page(staff: Staffed, aigul: Signed) -> None:
    await staff.accounts.change(
        "aigul",
        lambda one: structs.replace(one, account=structs.replace(one.account, name="<script>alert(1)</script>")),
    )
    page = (await aigul.get("/staff/me")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 YaBrowser/24.12 Safari/537.36", "Яндекс Браузер, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari, iPhone"),
        ("curl/8.1", "curl/8.1"),
        ("", ""),
    ],
)
def test_browsers_are_called_as_people_call_them(agent: str, name: str) -> None:
    assert called(agent) == name
