"""The search finds services for what people write, and nothing else for anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.dialogue import Dialogue
from dialogs.search import ELSEWHERE, WORDS_READ, Search
from tests.dialogs.search import score

SMALL = Search(
    [
        ("chair", "кресло-арба"),
        ("chair", "инвалидная коляска"),
        ("chair", "коляска"),
        ("limb", "протез"),
        ("limb", "ортопедиялық аяқ киім"),
        ("home", "уход на дому"),
        ("home", "уход"),
        ("house", "дом престарелых"),
        ("house", "уход"),
        ("house", "көмек"),
        ("home", "көмек"),
        ("limb", "көмек"),
        ("chair", "көмек"),
        (ELSEWHERE, "детская коляска"),
    ],
    fillers=["керек", "нужна", "на", "қандай құжат", "какие документы"],
    alone=["дом"],
)


@pytest.fixture(scope="module")
def whole() -> Search:
    return score.index()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("коляска керек", ("chair",)),
        ("Керек коляска!", ("chair",)),
        ("инвалиднойы каляску", ("chair",)),
        ("креслоарба", ("chair",)),
        ("kreslo arba", ("chair",)),
        ("қандай құжат протезге", ("limb",)),
        ("протез, коляска", ("chair", "limb")),
        ("уход", ("home", "house")),
        ("уход на дому", ("home",)),
        ("дом престарелый", ("house",)),
        ("көмек", ()),
        ("дом", ()),
        ("детская коляска", ()),
        ("какие документы", ()),
        ("протест", ()),
        ("", ()),
    ],
)
def test_a_small_catalogue_is_searched(text: str, found: tuple[str, ...]) -> None:
    assert set(SMALL.find(text).services) == set(found)


def test_the_likeliest_comes_first() -> None:
    assert SMALL.find("коляска инвалидная и протез").services[0] == "chair"


@given(st.text(max_size=300))
def test_any_text_gives_at_most_a_choice_of_three(text: str) -> None:
    assert len(SMALL.find(text).services) <= 3


def test_people_are_understood(whole: Search) -> None:
    done = score.outcomes(whole, score.utterances())
    ours = [outcome for outcome in done if outcome.utterance.expected]
    assert score.rate(ours) >= score.NEEDED, [o.utterance.text for o in ours if not o.right]
    for kind in ("kk", "ru", "mixed", "translit", "typo"):
        group = [outcome for outcome in ours if outcome.utterance.kind == kind]
        assert score.rate(group) >= score.NEEDED, (kind, [o.utterance.text for o in group if not o.right])


def test_what_is_not_ours_finds_nothing(whole: Search) -> None:
    done = score.outcomes(whole, score.utterances())
    assert [o.utterance.text for o in done if not o.utterance.expected and o.found] == []


def test_nothing_people_write_is_taken_for_an_act(dialogue: Dialogue) -> None:
    assert score.wrong_acts(dialogue, score.utterances()) == []


def test_the_labelled_set_is_large_enough() -> None:
    asked = score.utterances()
    assert len(asked) >= 400
    assert len({utterance.text for utterance in asked}) == len(asked)
    assert sum(not utterance.expected for utterance in asked) >= 60
    assert sum(utterance.part == "held" for utterance in asked) >= 150
    slugs = {slug for utterance in asked for slug in utterance.expected}
    assert len(slugs) == 20
    for slug in slugs:
        assert sum(utterance.expected == (slug,) for utterance in asked) >= 12, slug


ANSWERS_AND_CODES = """
иә|ия|иа|йа|жоқ|жок|joq|jok|zhok|ia|iya|да|нет|da|net|ок|ok|okay|+|-|болады|жарайды|макул|мақұл|жақсы|хорошо|ладно
келісемін|келісем|келисемин|келисем|kelisemin|kelisem|kelısemın|келістім|келісу|келіспеймін|келиспеймин|kelispeimin
бас тартамын|бас тарту|бас тарттым|bas tartamyn|bas tartu|қарсымын|карсымын|қажет емес|керек емес|керегі жоқ|бас
согласен|согласна|согласны|soglasen|soglasna|согласие|не согласен|не согласна|отказ|отказываюсь|otkaz|отказ 815
472|815|4 7 2|472.|«472»|R472|R 472|r815|472 815|келісу 472|согласен 472|код 472|1|2|3|20|0|00|001|*|#|1.|2)
подтверждаю|растаймын|қабылдаймын|принимаю|отмена|отменить|қайтару|стоп|stop|тоқтат|токтат|start|старт|/start|/forget|/lang
ҚАЗ|РУС|kaz|rus|мәзір|меню|menu|артқа|назад|келемін|келе алмаймын|приеду|не приеду|перенести|ауыстыру|кейінге қалдыру
иә келісемін|да согласна|жоқ бас тартамын|нет отказываюсь|мен келісемін 472|я согласен|я не согласна|маған керек емес
"""


@pytest.mark.parametrize("text", [text for line in ANSWERS_AND_CODES.split("\n") for text in line.split("|") if text])
def test_an_answer_or_a_code_never_finds_a_service(whole: Search, text: str) -> None:
    assert whole.find(text).services == ()


def test_of_a_message_without_end_only_the_beginning_is_looked_for(
    whole: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []
    like = Search._like

    def noted(search: Search, token: str) -> dict[int, float]:
        looked_for.append(token)
        return like(search, token)

    monkeypatch.setattr(Search, "_like", noted)
    asked = " ".join(utterance.text for utterance in score.utterances())
    assert len(asked.split()) > 10 * WORDS_READ
    assert whole.find(asked) == whole.find(" ".join(asked.split()[: 2 * WORDS_READ]))
    assert 0 < len(looked_for) < 4 * WORDS_READ
