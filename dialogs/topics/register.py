"""What somebody looks for in the register of organisations: a setting, for whom, where, what name, which page.

`sought` is how it will stand once the event is taken; the rows of the conversation choose by it where to go.
"""

import re
from collections.abc import Callable, Iterator

from dialogs import organisations
from dialogs.inquiries import Away, Organisation, Organisations, Register
from dialogs.messages import Surface
from dialogs.organisations import SETTINGS
from dialogs.talk import Talk

ANY = "any"
A_PAGE = 5
DISCREET = "temporary"
"""Who looks for a shelter may have a reason that nobody else should read in their SMS."""

LONGEST_TYPED = 60
_NUMBERS = re.compile(r"\+?\d[\d ()-]{3,}")
"""A phone, a code: nothing of the kind is kept."""

Sought = dict[str, str]
"""See `Session.register`. What was not asked yet is not there; what may be anything, is empty."""


def setting(talk: Talk) -> str:
    known = talk.session.register.get("setting", "")
    return known if known in SETTINGS else ""


def is_discreet(talk: Talk, wanted: str) -> bool:
    return wanted == DISCREET and talk.surface is Surface.SMS


def told(talk: Talk, wanted: str) -> Register | Away:
    return talk.ask(Organisations(wanted))


def is_closed(talk: Talk) -> bool:
    """Nothing of it can be shown here and now."""
    wanted = setting(talk)
    return bool(wanted) and (is_discreet(talk, wanted) or isinstance(told(talk, wanted), Away))


def everything(talk: Talk, wanted: str) -> tuple[Organisation, ...]:
    """All of a setting that may be shown here."""
    if wanted not in SETTINGS or is_discreet(talk, wanted):
        return ()
    found = told(talk, wanted)
    return () if isinstance(found, Away) else found.entries


def matching(talk: Talk, sought: Sought) -> tuple[Organisation, ...]:
    found = everything(talk, sought.get("setting", ""))
    return organisations.narrowed(found, *(sought.get(name, "") for name in ("category", "region", "text")))


def sought(talk: Talk) -> Sought | None:
    """None if the event is about nothing that there is."""
    taken = _TAKEN.get(talk.event.name)
    return taken(talk) if taken else dict(talk.session.register)


def _with_setting(talk: Talk) -> Sought | None:
    if not talk.event.args or talk.event.args[0] not in SETTINGS:
        return None
    return {**_origin(talk), "setting": talk.event.args[0]}


def _origin(talk: Talk) -> Sought:
    """A list of papers that led here is where «back» leads in the end."""
    if talk.state.startswith("documents."):
        return {"from": talk.state}
    return _only(talk.session.register, "from")


def _with_category(talk: Talk) -> Sought | None:
    before = _only(talk.session.register, "from", "setting", "region")
    known = {organisations.mark(one): one for one in organisations.categories(everything(talk, setting(talk)))}
    return _with_one_of(known, talk, "category", before)


def _with_region(talk: Talk) -> Sought | None:
    before = _only(talk.session.register, "from", "setting", "category")
    known = {organisations.mark(one): one for one in organisations.regions(everything(talk, setting(talk)))}
    return _with_one_of(known, talk, "region", before)


def _with_one_of(known: dict[str, str], talk: Talk, name: str, before: Sought) -> Sought | None:
    chosen = {**known, ANY: ""}.get(talk.event.args[0]) if talk.event.args and setting(talk) else None
    return None if chosen is None else {**before, name: chosen}


def _with_words(talk: Talk) -> Sought | None:
    """A town or a region; where the list is already read, rather a name in it."""
    if not setting(talk):
        return None
    text = _NUMBERS.sub("", talk.event.args[0])[:LONGEST_TYPED].strip()
    return next((one for one in _narrower(talk, text) if matching(talk, one)), None) if text else None


def _narrower(talk: Talk, text: str) -> Iterator[Sought]:
    here = {"category": "", **_only(talk.session.register, "from", "setting", "category")}
    wider = {**here, "category": ""}
    if talk.state in ("organisations.list", "organisations.one"):
        yield {**here, "region": talk.session.register.get("region", ""), "text": text}
    yield {**here, "region": text}
    yield {**wider, "region": text}
    yield {**wider, "region": "", "text": text}


def _with_next_page(talk: Talk) -> Sought | None:
    page = page_of(talk.session.register) + 1
    before = talk.session.register
    return {**before, "page": str(page)} if len(matching(talk, before)) > page * A_PAGE else None


def page_of(sought: Sought) -> int:
    page = sought.get("page", "")
    return int(page) if page.isdecimal() and len(page) < 5 else 0


def _with_one(talk: Talk) -> Sought | None:
    """Also from an old button, when something else is looked for: the entry is looked for in all settings."""
    if not talk.event.args:
        return None
    here = setting(talk)
    for one in dict.fromkeys((here, *SETTINGS)):
        if talk.event.args[0] in organisations.keyed(everything(talk, one)):
            before = talk.session.register if one == here else {**_origin(talk), "setting": one}
            return {**before, "bin": talk.event.args[0]}
    return None


def _back(talk: Talk) -> Sought:
    """One step wider."""
    before = talk.session.register
    if talk.state != "organisations.list":
        return _only(before, "from", "setting")
    if page := page_of(before):
        return {**before, "page": str(page - 1)}
    if before.get("text"):
        return _only(before, "from", "setting", "category", "region")
    return _only(before, "from", "setting", "category")


def _only(sought: Sought, *names: str) -> Sought:
    return {name: sought[name] for name in names if name in sought}


def without(sought: Sought, *names: str) -> Sought:
    return {name: value for name, value in sought.items() if name not in names}


_TAKEN: dict[str, Callable[[Talk], Sought | None]] = {
    "org_setting": _with_setting,
    "org_category": _with_category,
    "org_region": _with_region,
    "say": _with_words,
    "org_more": _with_next_page,
    "more": _with_next_page,
    "org": _with_one,
    "back": _back,
}


def is_something(talk: Talk) -> bool:
    return sought(talk) is not None


def asks_category(talk: Talk) -> bool:
    wanted = sought(talk)
    return wanted is not None and "category" not in wanted and several_categories(talk, wanted["setting"])


def asks_region(talk: Talk) -> bool:
    wanted = sought(talk)
    return wanted is not None and "region" not in wanted and len(organisations.regions(matching(talk, wanted))) > 1


def several_categories(talk: Talk, wanted: str) -> bool:
    return len(organisations.categories(everything(talk, wanted))) > 1


def holds_number(talk: Talk) -> bool:
    """Others will want to look at it."""
    return _NUMBERS.search(talk.event.args[0]) is not None


def has_setting(talk: Talk) -> bool:
    return bool(setting(talk))
