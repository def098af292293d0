"""The parts that a talk needs besides its words: who somebody is, where their application is, what is left to do."""

from collections.abc import Callable

from msgspec import Struct

from bot.affairs import Affairs
from bot.ground import Ground
from gateway.channels import Channel
from gateway.errands import STREAM, Codes, Errands
from gateway.esobes.register import Registers
from gateway.inbox.errands import Calls, FromTalk, ToTalk
from gateway.inbox.inbox import Inbox
from gateway.inquiries import Inquiries
from gateway.matters.store import MatterStore
from gateway.outbox.outbox import Outbox
from gateway.promises import WriteBacks
from gateway.proofs import Proofs
from gateway.receive import Receiver

AT_ONCE = 8
"""Errands of a kind under way: most of them ask E-Sobes, which is one system, and not a fast one."""


class Talks(Struct, frozen=True):
    receiver: Receiver
    inquiries: Inquiries
    errands: Outbox
    inbox: Inbox
    waiting: Errands
    registers: Registers


def build(ground: Ground, offers: Affairs, wake: Callable[[int], None]) -> Talks:
    """`wake` tells the letters' outbox in which shard something waits."""
    redis, clock, words, proofs = ground.batched, ground.clock, ground.dialogue.guide.words, Proofs(ground.batched)
    registers = Registers(offers.esobes, redis, clock)
    channels: dict[str, Channel] = {}
    errands = Outbox(redis, channels, clock, ground.reader, stream=STREAM, forever=True, at_once=AT_ONCE)
    inquiries = Inquiries(
        offers.esobes, requests=offers.requests, proofs=proofs, news=offers.news, registers=registers
    )
    receiver = Receiver(
        ground.store,
        ground.dialogue,
        offers.answers,
        inquiries=inquiries,
        requests=offers.requests,
        arrivals=offers.duties,
        clock=clock,
        wake=wake,
        wake_errands=errands.wake,
    )
    channels["code"] = Codes(offers.esobes, proofs, phones=MatterStore(redis), words=words, clock=clock, wake=wake)
    channels["back"] = WriteBacks(
        offers.esobes, ground.store, words, clock, ground.settings.quiet, receive=receiver.receive, wake=wake
    )
    chat = ground.settings.staff_chat
    inbox = Inbox(redis, words, clock, wake=wake, wake_errands=errands.wake, calls=bool(chat))
    channels["desk"], channels["handed"] = FromTalk(inbox), ToTalk(inbox, receiver.receive)
    channels["call"] = Calls(redis, inbox, words, clock, chat=chat, wake=wake)
    return Talks(receiver, inquiries, errands, inbox, Errands(redis, clock), registers)
