"""Texts of all kinds leave by the real Kannel: in as many parts as we count, cut where we think, and whole."""

import asyncio
import random
import re
from contextlib import aclosing
from pathlib import Path

from dialogs.sms_length import fitted, is_latin, measure
from gateway.channels import Letter, Sent
from gateway.sms.kannel import Account
from gateway.sms.kannel import Kannel as Route
from tests.carriers.kannel import PASSWORD, USERNAME, Kannel
from tests.carriers.smpp import Operator, Part

TEXTS = 1000
_LENGTHS = (
    1,
    69,
    70,
    71,
    133,
    134,
    135,
    152,
    153,
    154,
    159,
    160,
    161,
    200,
    201,
    202,
    305,
    306,
    307,
    458,
    459,
    460,
    900,
)
_LATIN = (
    "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,:;!?()%/+-*=&#\n\"'"
    "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà_"
)
_ESCAPED = "^{}[]~\\|€"
_KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ 0123456789 .,!?\n"
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ .,!?№«»–"
_FACES = "😀👍🎉🦽❤🙏"
_TYPESET = "«»“”„’–—…•\u00a0"
_STRANGE = "`çÇ\t\0\x1b\x07\u200b中ع\ufeff"
_KINDS = (
    (_LATIN,),
    (_LATIN, _LATIN, _LATIN, _ESCAPED),
    (_ESCAPED,),
    (_KAZAKH,),
    (_RUSSIAN,),
    (_KAZAKH, _KAZAKH, _FACES),
    (_FACES,),
    (_LATIN, _LATIN, _LATIN, _LATIN, _TYPESET),
    (_LATIN, _FACES),
    (_LATIN, _KAZAKH, _TYPESET, _STRANGE, _ESCAPED),
    (_LATIN, _LATIN, _LATIN, _STRANGE),
)


def texts() -> list[str]:
    """The same in every run."""
    chance = random.Random(6)
    found = [""]
    while len(found) < TEXTS:
        kind = _KINDS[len(found) % len(_KINDS)]
        length = chance.choice(_LENGTHS) if chance.random() < 0.8 else chance.randrange(1, 700)
        found.append("".join(chance.choice(chance.choice(kind)) for _ in range(length)))
    return found


async def test_a_thousand_texts_leave_in_as_many_parts_as_we_count(tmp_path: Path) -> None:
    sent = texts()
    async with Operator() as operator:
        operator.fate = ""
        async with Kannel(tmp_path, operator.port, "http://127.0.0.1:1", "secret", throughput="5000") as kannel:
            account = Account(kannel.url, USERNAME, PASSWORD, "1414", "http://127.0.0.1:1/dlr")
            await operator.bound()
            async with aclosing(Route(account)) as route:
                for begin in range(0, TEXTS, 50):
                    batch = list(enumerate(sent))[begin : begin + 50]
                    outcomes = await asyncio.gather(*(route.send(letter(number, text)) for number, text in batch))
                    assert all(isinstance(outcome, Sent) for outcome in outcomes), outcomes
            expected = sum(measure(text).parts for text in sent)
            await operator.until(lambda: len(operator.parts) >= expected)
            await kannel.stop()  # what it has too many of comes out now
    parts: dict[int, list[Part]] = {number: [] for number in range(TEXTS)}
    for part in operator.parts:
        parts[int(part.receiver.removeprefix("7701"))].append(part)
    for number, text in enumerate(sent):
        judge(text, sorted(parts[number], key=lambda part: part.place))


def letter(number: int, text: str) -> Letter:
    return Letter(f"kannel:{number}:0", f"sms:+7701{number:07}", text, 1.0)


def judge(text: str, parts: list[Part]) -> None:
    leaves = fitted(text)
    assert [part.place[2] for part in parts] == list(range(1, measure(text).parts + 1)), text
    assert {part.coding for part in parts} == {0 if is_latin(leaves) else 8}, text
    assert "".join(part.text for part in parts) == leaves, text
    assert not any(re.search("[\ud800-\udfff]", part.text) for part in parts), text
