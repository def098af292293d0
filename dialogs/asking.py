"""Whether words ask where an application is. Whoever asks where to bring one asks for something else."""

import re

APPLICATION = ("заявлен", "заявк", "өтініш", "отиниш", "отініш", "өтиниш", "арыз", "otinish")
WHERE = frozenset(
    {
        *(
            "где",
            "когда",
            "куда",
            "какой",
            "каков",
            "почему",
            "долго",
            "сколько",
            "мое",
            "моё",
            "моего",
            "моей",
            "моему",
            "моим",
            "моём",
            "моем",
            "моя",
            "мою",
            "нашего",
            "нашим",
        ),
        *("қайда", "кайда", "қашан", "кашан", "қалай", "калай", "неге", "менің", "менин", "не", "қандай", "qaida"),
    }
)
STANDS = (
    *("готов", "статус", "состоян", "этап", "стади", "дошл", "дошел", "дошёл", "рассмотр", "рассматр", "решен"),
    *("одобр", "принят", "приняли", "узна", "провер", "ответ", "отказ", "продвиг", "застр", "движ"),
    *("дайын", "даяр", "мәртебе", "мартебе", "күйі", "қаралды", "қаралып", "қарал", "каралды", "шешім", "шешим"),
    *("жауап", "бекі", "мақұлдан", "қабылдан", "жетті", "барды", "білейін", "білгім", "болды", "тексер"),
)
FILING = (
    *("подать", "подам", "подава", "пода", "напис", "напиш", "пиш", "писать", "сдать", "сдава", "остав", "оформ"),
    *("отнест", "принест", "отправить", "заполн", "образец", "бланк", "хочу", "отозва", "забрать", "отмен"),
    *("бер", "тапсыр", "жаз", "толтыр", "апар", "үлгі", "жібер", "қайтарып", "алып", "керек", "келед"),
)
FILED = (
    *("подал", "сдал", "отнес", "оставил", "написал", "отправил", "оформил"),
    *("бердім", "бердик", "бердік", "берген", "тапсырдым", "тапсырдық", "тапсырған", "жіберген", "жазған", "апарған"),
)
"""Beginnings of words."""
QUEUE = ("очеред", "кезег", "кезек", "kezeg", "kezek", "ochered")
PLACE = ("номер", "как", "нөмір", "номир", "нешінші", "нешинши", "қанша", "канша", "қай", "кай", "кезегім", "кезегим")
JOINING = (
    *("вста", "стать", "запис", "постав", "попа", "заня", "взять", "снять", "цон", "сад", "врач", "квартир", "жиль"),
    *("тұр", "тур", "жаз", "қой", "кой", "кір", "алам", "алу", "хқко", "хкко", "балабақша", "пәтер", "дәрігер"),
)
"""Somebody wants a place in a queue, or is not in ours."""
DECIDED = ("отказали", "одобрили", "рассмотрели", "этапе", "мақұлдан", "мақұлдады", "қаралды", "каралды")
"""Only said of an application."""
FEW = 5
"""Words: whoever says more also says what they mean."""

_WORD = re.compile(r"[^\W\d_]+")


def asks_for_status(said: str) -> bool:
    """`said`: in lower case."""
    words = _WORD.findall(said)
    if not any(word.startswith(APPLICATION) for word in words):
        return len(words) < FEW and (_asks_for_a_place(words) or any(word.startswith(DECIDED) for word in words))
    asks = any(word in WHERE or word.startswith(STANDS) for word in words)
    return asks and not any(word.startswith(FILING) and not word.startswith(FILED) for word in words)


def _asks_for_a_place(words: list[str]) -> bool:
    asks = any(word in WHERE or word.startswith(PLACE) for word in words)
    return asks and any(word.startswith(QUEUE) for word in words) and not any(map(_joins, words))


def _joins(word: str) -> bool:
    return word.startswith(JOINING)
