"""Broadcasts as programs are told of them."""

from collections.abc import Mapping
from datetime import datetime

from dialogs.language import Language
from dialogs.messages import Say, Surface, Value
from dialogs.words import Words
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.estimates import Estimate
from gateway.broadcasts.fates import BY_CHAT, NO_WAY, Fate, Record
from gateway.broadcasts.intake.rows import Fault
from gateway.broadcasts.lists import Stage
from gateway.broadcasts.rolls import Counts, Recipient
from gateway.clock import ALMATY
from gateway.web.api.models import (
    BroadcastOut,
    By,
    CountsOut,
    EstimateOut,
    FaultOut,
    ListState,
    Outcome,
    PartsOut,
    Reason,
    Recipients,
    Status,
    TextsOut,
)

STATUS: Mapping[Fate, Status] = {
    Fate.WAITS: Status.WAITING,
    Fate.QUEUED: Status.WAITING,
    Fate.LEAVING: Status.SENDING,
    **{fate: Status(fate.name.lower()) for fate in Fate if fate.name.lower() in list(Status)},
}


class Views:
    def __init__(self, words: Words) -> None:
        self._words = words

    def broadcast(self, one: Broadcast, stage: Stage | None = None) -> BroadcastOut:
        return BroadcastOut(
            id=one.id,
            title=one.title,
            mode=one.mode,
            state=one.state,
            texts=TextsOut(kk=one.texts.kk, ru=one.texts.ru),
            otherwise=one.otherwise,
            made=one.made,
            starts=one.starts,
            began=one.began,
            ended=one.ended,
            round=one.round,
            list=self._list(one, stage),
        )

    def _list(self, one: Broadcast, stage: Stage | None) -> Recipients:
        refused = self.reason(one.refused[0], one.refused[1]) if one.refused else None
        if one.reading is not None:
            rows = stage.rows if stage else 0
            return Recipients(state=ListState.READING, rows=rows, name=one.reading.name, refused=refused)
        if one.audience is None:
            return Recipients(state=ListState.EMPTY, refused=refused)
        return Recipients(
            state=ListState.READY,
            rows=one.audience.read,
            recipients=one.audience.recipients,
            faulty=one.audience.faulty,
            duplicates=one.audience.duplicates,
            columns=[*one.audience.columns],
            name=one.audience.name,
            refused=refused,
        )

    def reason(self, text: str, values: tuple[tuple[str, Value], ...]) -> Reason:
        said = {
            language: self._words.say(Say(text, values), language, Surface.CHAT) if self._words.has(text) else ""
            for language in Language
        }
        return Reason(code=text.rpartition(".")[2], kk=said[Language.KK], ru=said[Language.RU])

    def fault(self, one: Fault) -> FaultOut:
        return FaultOut(row=one.number, column=one.column, reason=self.reason(one.reason.id, one.reason.values))


def counts(found: Counts | None) -> CountsOut:
    found = found or Counts({})
    by_status = dict.fromkeys(Status, 0)
    for fate, number in found.by_fate.items():
        by_status[STATUS[fate]] += number
    return CountsOut(
        recipients=found.all,
        by_status=by_status,
        by_sms=found.by_sms,
        by_chat=found.by_chat,
        parts=sum(found.parts.values()),
        saved_parts=found.saved_parts,
    )


def estimate(found: Estimate) -> EstimateOut:
    return EstimateOut(
        recipients=found.recipients,
        parts=found.parts,
        tenge=found.price / 100,
        exact=found.exact,
        too_long=found.too_long,
        by_language={
            language: PartsOut(usual=sized.parts, most=sized.most) for language, sized in found.by_language.items()
        },
    )


def outcome(one: Recipient, record: Record) -> Outcome:
    by = None if record.way == NO_WAY else By.CHAT if record.way == BY_CHAT else By.SMS
    return Outcome(
        row=one.number,
        phone_ends=one.phone[-4:],
        status=STATUS[record.fate],
        by=by,
        parts=record.parts,
        at=datetime.fromtimestamp(record.at, ALMATY) if record.at else None,
    )
