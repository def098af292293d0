"""What somebody says about an invitation in their own words. They mean it only where an invitation is known, and only
if nothing else is said with them."""

from dialogs.duties.duty import Reason
from dialogs.spelling import tokens

_SAID = {
    "come": """
        келемін, келем, келеміз, барамын, барам, барамыз, міндетті түрде келемін, уақытында келемін,
        приеду, приедем, приду, придем, буду, будем, поеду, поедем, приедет, келеді, барады, успею, үлгеремін""",
    "cannot": """
        келе алмаймын, келе алмаймыз, келе алмайм, бара алмаймын, бара алмаймыз, бара алмайм, келе алмайды,
        бара алмайды, уақытында келе алмаймын, кешігемін, кешігеміз, үлгермеймін, үлгермейміз, ауыстыру, ауыстырыңыз,
        ауыстырыңызшы, кейінге қалдыру, кейінге қалдырыңыз, мерзімін ауыстыру, мерзімді ауыстыру, күнін ауыстыру,
        күнді ауыстыру, не могу приехать, не можем приехать, не может приехать, не смогу приехать, не сможем приехать,
        не сможет приехать, не могу прийти, не смогу прийти, не могу успеть, не успею, не успеваю, не успеем,
        не смогу, опоздаю, опаздываю, перенос, перенести, перенесите, перенести приезд, перенести дату,
        перенести срок, перенести день, перенос приезда, перенос срока, отложить, отложите, отложить приезд, отсрочка,
        отсрочить, не могу, не можем, не может, немогу, немогу приехать, не магу, не магу приехать, немагу, нимагу,
        келалмаймын, келе алмаймн, баралмаймын, бара алмаймн""",
    "decline": """
        орын керек емес, орын керек емес енді, енді орын керек емес, енді керек емес, керек емес енді,
        орыннан бас тартамын, бас тартамын орыннан, место не нужно, место больше не нужно, больше место не нужно,
        мне место не нужно, отказываюсь от места, отказ от места""",
    "arrive": """
        не приеду, не приедем, не приду, не поеду, не приедет, келмеймін, келмейміз, бармаймын, бармаймыз, келмейді,
        шақыру, шақыруым, шақырту, шақыртуым, приглашение, мое приглашение, место, орын""",
}
_OF_OFFERS = {
    "decline": """
        керек емес, керегі жоқ, қажет емес, қажеті жоқ, больше не нужно, не нужно, не надо, отказываюсь, отказ,
        бас тартамын, бас тарту"""
}
"""These answer offers as well, and are left to them wherever there is one."""
_BESIDE = """
    иә, жоқ, да, нет, я, мен, мы, біз, хорошо, ладно, жақсы, жарайды, спасибо, рахмет, рақмет, извините, кешіріңіз,
    к сожалению, өкінішке, орай, здравствуйте, сәлеметсіз, бе, обязательно, міндетті, түрде, туда, в, срок, вовремя,
    пожалуйста, өтінемін, мой, моя, менің, конечно, әрине, 1, 2, 3"""
"""Nothing is changed by these."""
_TO_THE_LETTER = {
    "come": "иә, да, конечно, әрине",
    "cannot": "жоқ, нет",
}
"""Of an invitation only right after its letter has asked."""
_REASONS = {
    Reason.HOSPITALISATION: "аурухана больниц госпитал стационар",
    Reason.ILLNESS: "ауыр ауру науқас сырқат болезн болею болеет заболе болен больна грипп",
}
"""Beginnings of words; what is more is looked for first."""
_DENIED = ("emes", "jok")
"""Beginnings of words, as `tokens` has them."""
_HARMLESS = frozenset(tokens(_BESIDE))


def _phrases(said: dict[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(tokens(phrase)): wish for wish, phrases in said.items() for phrase in phrases.split(",")}


_OURS = _phrases(_SAID)
_SHARED = _phrases(_OF_OFFERS)
_PLAIN = _phrases(_TO_THE_LETTER)


def wish(text: str, *, alone: bool) -> str:
    """`come`, `cannot`, `decline`, `arrive` (to look at it first), or nothing. `alone`: no offer is known, whose
    words some of them are."""
    said = tuple(tokens(text))
    return _found(said, _OURS) or (_found(said, _SHARED) if alone else "")


def to_the_letter(text: str) -> str:
    """What a plain word means right after a letter that asks whether somebody comes; who is ill cannot."""
    said = tuple(tokens(text))
    return _PLAIN.get(said, "") or ("cannot" if reason(text) else "")


def _found(said: tuple[str, ...], phrases: dict[tuple[str, ...], str]) -> str:
    """With harmless words around it, if need be."""
    start, end = 0, len(said)
    while True:
        if found := phrases.get(said[start:end]):
            return found
        if start < end and said[start] in _HARMLESS:
            start += 1
        elif start < end and said[end - 1] in _HARMLESS:
            end -= 1
        else:
            return ""


def reason(text: str) -> Reason | None:
    """Why somebody cannot come, if it is said and not denied."""
    words = tokens(text)
    if any(word == "ne" or word.startswith(_DENIED) for word in words):
        return None
    return next((why for why, stems in _STEMS.items() if any(word.startswith(stems) for word in words)), None)


_STEMS = {why: tuple(tokens(stems)) for why, stems in _REASONS.items()}
