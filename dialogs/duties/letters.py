"""What a person reads about their duties: by SMS, where every part counts, and in a linked chat."""

from datetime import datetime

from dialogs.duties.duty import AnyDuty
from dialogs.duties.rules import Rules
from dialogs.matters.matter import Telling
from dialogs.messages import Language, Message, Surface
from dialogs.words import Words


class Letters:
    """Built once."""

    def __init__(self, words: Words, rules: Rules) -> None:
        self._words = words
        self._rules = rules

    def about(
        self,
        telling: Telling,
        duty: AnyDuty,
        language: Language,
        surface: Surface,
        *,
        now: datetime,
        named: bool,
    ) -> Message:
        """`now`: when it leaves; `named`: the phone serves several persons."""
        return Message(f"{telling.name} {duty.id}")
