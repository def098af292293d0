"""All that is known about one organisation, and the pieces that the lists say as well."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import structs

from dialogs import organisations
from dialogs.inquiries import Away, Organisation
from dialogs.messages import Say, Surface, say
from dialogs.organisations import Licence
from dialogs.recipients import CATEGORIES
from dialogs.talk import Talk
from dialogs.topics.register import DISCREET, setting, told

FRESH = timedelta(hours=1)
"""What is older is said to be of its day."""
LONGEST = 200
"""Of what E-Sobes writes: nobody reads more of it on a phone."""
LABEL = 40
"""Of the same on a button."""


def lines(talk: Talk, entry: Organisation) -> Iterable[Say]:
    yield say("organisations.verbatim", written=cut(entry.name or entry.bin))
    if talk.surface is Surface.CHAT:
        yield setting_name(talk)
    yield from (structs.replace(line, item=True) for line in _contacts(talk, entry))
    yield from _licence(entry, talk.now.date())
    yield Say("organisations.no_vacancies")
    if helped := organisations.categories([entry]):
        yield Say("organisations.helps")
        yield from (Say(text.id, text.values, item=True) for text in map(category_name, helped))
    yield from age(talk)
    if setting(talk) == DISCREET:
        yield Say("special_social_services_temporary.private")


def _contacts(talk: Talk, entry: Organisation) -> Iterable[Say]:
    if address := entry.address or entry.region:
        yield say("organisations.address", written=cut(address))
    yield say("organisations.phone", written=cut(entry.phone)) if entry.phone else Say("organisations.no_phone")
    if entry.email and talk.surface is Surface.CHAT:
        yield say("organisations.email", written=cut(entry.email))
    if entry.capacity:
        yield say("organisations.capacity", places=entry.capacity)


def _licence(entry: Organisation, today: date) -> Iterable[Say]:
    since, until = (f"{day:%d.%m.%Y}" if day else "" for day in (entry.license_issued, entry.license_until))
    match organisations.licence(entry, today):
        case Licence.VALID:
            yield (
                say("organisations.licence", since=since, until=until)
                if since
                else say("organisations.licence_until", until=until)
            )
        case Licence.EXPIRED:
            yield say("organisations.licence_expired", until=until)
            yield Say("organisations.licence_expired_advice")
        case Licence.UNKNOWN:
            yield Say("organisations.licence_unknown")


def is_expired(talk: Talk, entry: Organisation) -> bool:
    return organisations.licence(entry, talk.now.date()) is Licence.EXPIRED


def age(talk: Talk) -> Iterable[Say]:
    register = told(talk, setting(talk))
    if not isinstance(register, Away) and talk.now - register.fetched > FRESH:
        yield say("organisations.as_of", at=register.fetched.astimezone(talk.now.tzinfo))


def setting_name(talk: Talk) -> Say:
    return Say(f"special_social_services_{setting(talk)}.name")


def category_name(category: str, longest: int = LONGEST) -> Say:
    if category in CATEGORIES:
        return Say(f"organisations.category.{category}")
    return say("organisations.verbatim", written=cut(category, longest))


def cut(text: str, longest: int = LONGEST) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
