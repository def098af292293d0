"""How long people wait for a specialist, counted with the answer."""

from datetime import timedelta

import pytest

from dialogs.dialogue import Dialogue
from dialogs.errands import Write
from dialogs.language import Language
from gateway.figures.figures import Day, Figures
from gateway.inbox.case import RefusedError, State
from gateway.inbox.inbox import Inbox
from tests.gateway.affairs import MONDAY, PHONE, Affairs

ADDRESS = f"sms:{PHONE}"


@pytest.fixture
def inbox(affairs: Affairs, dialogue: Dialogue) -> Inbox:
    words = dialogue.guide.words
    return Inbox(affairs.batched, words, affairs.clock, wake=lambda _: None, wake_errands=lambda _: None)


async def there(_: str) -> bool:
    return True


async def helped(affairs: Affairs) -> Day:
    day = await Figures(affairs.batched).day(MONDAY.date())
    return {name: number for name, number in day.items() if name.startswith("helped")}


async def test_the_first_answer_to_words_counts_once_and_the_next_ones_do_not(affairs: Affairs, inbox: Inbox) -> None:
    await inbox.heard(Write("көмек керек", Language.KK, "asked"), ADDRESS, "m1", MONDAY.timestamp())
    (case,) = (await inbox.queue(State.WAITING, 5)).cases
    await affairs.until(MONDAY + timedelta(minutes=30))
    await inbox.take(case.id, "operator", "f1", there)
    assert await helped(affairs) == {}
    for form in ("f2", "f2", "f3"):  # a form that is sent off twice is one answer
        await inbox.answer(case.id, "operator", form, "Қалай көмектесейін?")
    assert await helped(affairs) == {"helped sms 1h": 1}
    with pytest.raises(RefusedError):
        await inbox.answer(case.id, "another", "f4", "Мен де!")
    assert await helped(affairs) == {"helped sms 1h": 1}
    await inbox.heard(Write("тағы сұрақ", Language.KK, "asked"), ADDRESS, "m2", affairs.clock.now().timestamp())
    await inbox.answer(case.id, "operator", "f5", "Жауап осы.")
    assert await helped(affairs) == {"helped sms 1h": 1, "helped sms 10m": 1}
