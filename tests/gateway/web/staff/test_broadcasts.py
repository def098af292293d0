"""The way to a broadcast, page by page: whom, what, when, a last look."""

from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path

import pytest

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.dialogue import Dialogue
from gateway.broadcasts.fates import Fate
from gateway.connection import Batched, Client
from gateway.staff.roles import Role
from tests.gateway.web.staff.broadcasting import HOME, Hall, bring, field, hall, table

EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def room(batched: Batched, redis: Client, dialogue: Dialogue, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(batched, redis, dialogue.guide.words, tmp_path, quiet=(time(21), time(9))) as found:
        yield found


async def test_from_the_button_to_everybody_without_any_script(room: Hall) -> None:
    aigul = await room.writer()
    assert "Новая рассылка" in (await aigul.get(HOME)).text
    new = (await aigul.post(f"{HOME}/new")).headers["location"]
    name = new.split("/")[3]
    assert "Загрузите таблицу" in (await aigul.get(new)).text
    assert (await bring(aigul, name, table(2).encode())).headers["location"] == new
    await room.read(name)
    shown = (await aigul.get(new)).text
    assert "Столбцы, которые можно вставить в текст: Аты" in shown
    form = (await aigul.get(f"{HOME}/{name}/text")).text
    assert 'value="list"' in form  # it is called as its file until somebody says otherwise
    fields = {"title": "День", "kk": "Сәлем, {Аты}", "ru": "Привет, {Аты}", "otherwise": "ru"}
    looked = await aigul.post(f"{HOME}/{name}/text", **fields, seen=field(form, "seen"), step="look")
    assert "Привет, Адам" in looked.text
    assert (await room.broadcasts.load(name)).title == ""
    written = await aigul.post(f"{HOME}/{name}/text", **fields, seen=field(form, "seen"), step="next")
    assert written.headers["location"] == f"{HOME}/{name}/when"
    assert "25\u202f₸" in (await aigul.get(f"{HOME}/{name}/when")).text
    last = (await aigul.get(f"{HOME}/{name}/check", leaves="now")).text
    assert "Отправить 2 людям" in last
    assert "Привет, Адам" in last
    sent = await aigul.post(f"{HOME}/{name}/start", seen=field(last, "seen"), at=field(last, "at"))
    assert sent.headers["location"] == f"{HOME}/{name}"
    assert await room.whole.through(await room.broadcasts.load(name)) == {Fate.ACCEPTED: 2}
    page = (await aigul.get(f"{HOME}/{name}")).text
    assert "Завершена" in page
    assert "Пройдено 2 из 2" in page
    steps = ["made", "list", "written", "started"]
    assert await room.deeds() == [f"broadcast.{step}" for step in steps]


async def test_whoever_presses_the_button_twice_finds_the_same_empty_one(room: Hall) -> None:
    aigul, serik = await room.writer(), await room.writer("serik")
    first = (await aigul.post(f"{HOME}/new")).headers["location"]
    assert (await aigul.post(f"{HOME}/new")).headers["location"] == first
    assert (await serik.post(f"{HOME}/new")).headers["location"] != first


async def test_what_is_written_too_late_is_refused_and_not_lost(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    await room.broadcasts.start(made.id, "aigul")
    fields = {"title": "Басқа", "kk": "Жаңа мәтін", "ru": f"Новый {EVIL}", "otherwise": "kk"}
    refused = await aigul.post(f"{HOME}/{made.id}/text", **fields, seen=made.wording, step="next")
    assert refused.status_code == 409
    assert "Сейчас это сделать нельзя" in refused.text
    assert "Жаңа мәтін</textarea>" in refused.text
    assert EVIL not in refused.text
    assert (await room.broadcasts.load(made.id)).texts == made.texts
    copied = await aigul.post(f"{HOME}/copy", **fields)
    other = await room.broadcasts.load(copied.headers["location"].split("/")[3])
    assert other.texts == Texts("Жаңа мәтін", f"Новый {EVIL}")


async def test_who_writes_over_somebody_elses_words_is_shown_them_first(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    await room.broadcasts.rewrite(
        made.id, "serik", title="Жаңалық", written=Texts("Серік жазды", "Пишет Серик"), otherwise=made.otherwise
    )
    fields = {"title": "Жаңалық", "kk": "Айгүл жазды", "ru": "Пишет Айгуль", "otherwise": "kk"}
    refused = await aigul.post(f"{HOME}/{made.id}/text", **fields, seen=made.wording, step="next")
    assert refused.status_code == 409
    assert "Серік жазды" in refused.text
    assert "Айгүл жазды</textarea>" in refused.text
    again = await aigul.post(f"{HOME}/{made.id}/text", **fields, seen=field(refused.text, "seen"), step="next")
    assert again.status_code == 303


async def test_a_text_that_lacks_something_is_kept_and_told(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    fields = {"title": "Жаңалық", "kk": "Сәлем, {Жасы}", "ru": "", "otherwise": "kk"}
    told = await aigul.post(f"{HOME}/{made.id}/text", **fields, seen=made.wording, step="next")
    assert told.status_code == 422
    assert "В списке нет столбца «Жасы»" in told.text
    assert "Текст пустой" in told.text
    assert (await room.broadcasts.load(made.id)).texts.kk == "Сәлем, {Жасы}"
    assert "Дописать текст" in (await aigul.get(f"{HOME}/{made.id}/when")).text
    assert (await aigul.get(f"{HOME}/{made.id}/check")).status_code == 409
    untitled = await aigul.post(f"{HOME}/{made.id}/text", **{**fields, "title": " "}, step="next")
    assert untitled.status_code == 422
    assert "Впишите название" in untitled.text


async def test_the_preview_shows_both_languages_with_their_parts_and_escapes_what_is_typed(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    fields = {"title": "x", "kk": "қ" * 71, "ru": f"Привет, {{Аты}} {EVIL}", "otherwise": "kk"}
    answer = await aigul.browser.post(f"{HOME}/{made.id}/look", data=fields, headers={"X-CSRF": aigul.csrf})
    told = answer.json()
    assert "Знаков: 71, SMS: 2" in told["preview"]
    assert "Привет, Адам" in told["preview"]
    assert EVIL not in told["preview"]
    assert 'data-insert="{Аты}"' in told["columns"]
    assert (await room.broadcasts.load(made.id)).texts == made.texts


async def test_an_hour_is_chosen_and_quiet_hours_are_told(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    day = f"{room.whole.clock.now() + timedelta(1):%Y-%m-%d}"
    last = (await aigul.get(f"{HOME}/{made.id}/check", leaves="later", day=day, hour="22:30")).text
    assert "тихие часы" in last
    assert "Запланировать для 2 человек" in last
    await aigul.post(f"{HOME}/{made.id}/start", seen=field(last, "seen"), at=field(last, "at"))
    planned = await room.broadcasts.load(made.id)
    assert planned.state is State.SCHEDULED
    assert f"{planned.starts:%Y-%m-%dT%H:%M}" == f"{day}T22:30"
    assert "Отправка начнётся" in (await aigul.get(f"{HOME}/{made.id}")).text
    await aigul.post(f"{HOME}/{made.id}/take-back")
    assert (await room.broadcasts.load(made.id)).state is State.DRAFT


@pytest.mark.parametrize(("day", "hour"), [("2020-01-01", "10:00"), ("2199-01-01", "10:00"), ("x", "y"), ("", "")])
async def test_an_hour_that_cannot_be_is_told_beside_its_field(room: Hall, day: str, hour: str) -> None:
    aigul, made = await room.writer(), await room.ready()
    told = await aigul.get(f"{HOME}/{made.id}/check", leaves="later", day=day, hour=hour)
    assert told.status_code == 422
    assert 'id="when-error"' in told.text


async def test_it_is_tried_on_ones_own_phone_once_for_each_press(room: Hall) -> None:
    aigul, made = await room.writer(phone="+77015550001"), await room.ready()
    page = (await aigul.get(f"{HOME}/{made.id}/when")).text
    assert "+77015550001" in page
    assert (await aigul.post(f"{HOME}/{made.id}/try", mark=field(page, "mark"))).status_code == 303
    assert "broadcast.tried" in await room.deeds()
    serik = await room.writer("serik")
    assert "/staff/me" in (await serik.get(f"{HOME}/{made.id}/when")).text
    assert (await serik.post(f"{HOME}/{made.id}/try", mark=field(page, "mark"))).status_code == 422


async def test_what_has_changed_since_the_last_look_is_not_sent(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    last = (await aigul.get(f"{HOME}/{made.id}/check", leaves="now")).text
    await room.broadcasts.rewrite(
        made.id, "serik", title="Жаңалық", written=Texts("Басқа", "Другое"), otherwise=made.otherwise
    )
    refused = await aigul.post(f"{HOME}/{made.id}/start", seen=field(last, "seen"))
    assert refused.status_code == 409
    assert "изменил другой сотрудник" in refused.text
    assert (
        await aigul.post(f"{HOME}/{made.id}/start")
    ).status_code == 409  # a form without that field is none of ours
    assert (await room.broadcasts.load(made.id)).state is State.DRAFT


async def test_more_than_a_few_need_a_second_person_who_has_not_written(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(4)
    last = (await aigul.get(f"{HOME}/{made.id}/check", leaves="now")).text
    assert "Отдать на утверждение" in last
    await aigul.post(f"{HOME}/{made.id}/start", seen=field(last, "seen"))
    both = await room.staff.signed_in(room.front, Role.BROADCASTER, Role.APPROVER, login="both")
    marat = await room.approver()
    page = (await marat.get(f"{HOME}/{made.id}")).text
    assert "Сәлем, {Аты}" in page  # no value of anybody in the list
    assert "Адам 0" not in page
    nothing = await marat.post(f"{HOME}/{made.id}/send-back", why=" ")
    assert nothing.status_code == 422
    await marat.post(f"{HOME}/{made.id}/send-back", why=f"Қысқарту керек {EVIL}")
    back = await room.broadcasts.load(made.id)
    assert back.state is State.DRAFT
    await room.broadcasts.rewrite(
        made.id, "both", title="Жаңалық", written=Texts("Қысқа", "Кратко"), otherwise=made.otherwise
    )
    await room.broadcasts.start(made.id, "aigul")
    edition = (await room.broadcasts.load(made.id)).edition
    own = await both.post(f"{HOME}/{made.id}/approve", seen=edition)
    assert own.status_code == 409
    assert "Свою рассылку утвердить нельзя" in own.text
    assert EVIL not in own.text
    stale = await marat.post(f"{HOME}/{made.id}/approve", seen=back.edition)
    assert stale.status_code == 409
    assert (await marat.post(f"{HOME}/{made.id}/approve", seen=edition)).status_code == 303
    approved = await room.broadcasts.load(made.id)
    assert approved.approver == marat.account.login
    assert await room.whole.through(approved) == {Fate.ACCEPTED: 4}


async def test_who_has_written_long_ago_may_not_approve_either(room: Hall) -> None:
    made = await room.ready(4)
    both = await room.staff.signed_in(room.front, Role.BROADCASTER, Role.APPROVER, login="both")
    for number, who in enumerate(["both", *["aigul"] * 250]):
        await room.broadcasts.rewrite(
            made.id, who, title="Жаңалық", written=Texts(f"{number}", f"{number}"), otherwise=made.otherwise
        )
    asked = await room.broadcasts.start(made.id, "aigul")
    assert len(asked.changes) == 200
    refused = await both.post(f"{HOME}/{made.id}/approve", seen=asked.edition)
    assert refused.status_code == 409
    assert "Свою рассылку утвердить нельзя" in refused.text


async def test_only_who_may_sees_and_only_who_may_writes(room: Hall) -> None:
    made = await room.ready()
    operator = await room.staff.signed_in(room.front, Role.OPERATOR)
    auditor = await room.staff.signed_in(room.front, Role.AUDITOR)
    assert (await operator.get(HOME)).status_code == 403
    assert (await auditor.get(f"{HOME}/{made.id}")).status_code == 200
    assert "Новая рассылка" not in (await auditor.get(HOME)).text
    for step in ("list", "find", "text", "when", "check", "cancel", "again"):
        assert (await auditor.get(f"{HOME}/{made.id}/{step}")).status_code == 403, step
    for act in (
        "text",
        "look",
        "find",
        "list",
        "try",
        "start",
        "pause",
        "resume",
        "cancel",
        "again",
        "take-back",
        "approve",
    ):
        assert (await auditor.post(f"{HOME}/{made.id}/{act}")).status_code == 403, act
    assert (await auditor.post(f"{HOME}/new")).status_code == 403
    assert (await auditor.get(f"{HOME}/0000aaaa")).status_code == 404


async def test_all_of_them_a_page_at_a_time(room: Hall) -> None:
    aigul = await room.writer()
    for number in range(26):
        await room.broadcasts.make("aigul", f"Хабар {number} {EVIL}", Texts())
    first = (await aigul.get(HOME)).text
    assert "Хабар 25" in first
    assert EVIL not in first
    older = first.split('rel="next" href="')[1].split('"')[0]
    assert "Хабар 0 " in (await aigul.get(older)).text
