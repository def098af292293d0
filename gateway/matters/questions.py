"""Whether somebody was asked about an offer: what became of the letters that asked."""

from collections.abc import Iterable

from dialogs.matters.affair import Sending
from dialogs.matters.matter import Matter
from gateway.letters import Letters, News, Status
from gateway.matters.names import asking_ids, in_chat

TAKEN = frozenset({Status.ACCEPTED, Status.SENT})
CAME = TAKEN | {Status.DELIVERED}
NOT_THERE = frozenset({Status.BUFFERED, Status.FAILED, Status.REJECTED, Status.OPTED_OUT})


async def sending(matter: Matter, known: Letters, *, by_chat: bool) -> Sending:
    """What became of the question and of the reminder, on every phone. `by_chat`: who got them in a chat was asked;
    otherwise only the SMS count."""
    asked = [asking_ids(matter, phone) for phone in matter.phones]
    news = iter(await known.news([*_flat(asked), *(map(in_chat, _flat(asked)) if by_chat else ())]))
    told = [[next(news) for _ in letters] for letters in asked]
    chats = [[next(news, None) for _ in letters] for letters in asked]
    last = [(phone[matter.tries - 1], chat[matter.tries - 1]) for phone, chat in zip(told, chats, strict=True)]
    return Sending(
        left=not last or any(_left(phone) or _came(chat) for phone, chat in last),
        arrived=any(
            any(map(_came, chat)) or _arrived({one.status for one in phone if one is not None})
            for phone, chat in zip(told, chats, strict=True)
        ),
    )


async def was_asked(matter: Matter, phone: str, known: Letters) -> bool:
    """Whether the question, or the reminder of it, has come to this phone or to the chat linked to it."""
    names = asking_ids(matter, phone)
    return any(map(_came, await known.news([*names, *map(in_chat, names)])))


def _flat(letters: Iterable[list[str]]) -> list[str]:
    return [one for some in letters for one in some]


def _left(news: News | None) -> bool:
    return news is not None and news.status is not Status.EXPIRED


def _came(news: News | None) -> bool:
    return news is not None and news.status in CAME


def _arrived(at_a_phone: set[Status]) -> bool:
    """Not every operator reports a delivery: letters that were taken, and none of which is known to have failed
    there, count."""
    return Status.DELIVERED in at_a_phone or (not at_a_phone.isdisjoint(TAKEN) and at_a_phone.isdisjoint(NOT_THERE))
