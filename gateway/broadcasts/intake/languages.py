"""The cells that say in which language somebody is written to."""

from dialogs.language import Language

_NAMES = {
    Language.KK: "kk kz kaz kazakh қаз қазақ қазақша каз казахский казахша казакша",
    Language.RU: "ru rus russian рус русский орыс орысша русс",
}
_MEANT = {
    **{name: language for language, names in _NAMES.items() for name in names.split()},
    **dict.fromkeys(("қазақ тілі", "қазақ тілінде", "казахский язык", "на казахском", "kk-kz", "kz-kz"), Language.KK),
    **dict.fromkeys(("орыс тілі", "орыс тілінде", "русский язык", "на русском", "ru-ru", "ru-kz"), Language.RU),
}


def read(text: str) -> Language | None:
    return _MEANT.get(text.casefold().rstrip("."))
