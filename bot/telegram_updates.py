"""What Telegram tells us → `Inbound`. Only what is needed is decoded; the rest of an update is skipped unread.

A message:  {"update_id": 812, "message": {"message_id": 5, "chat": {"id": 77, "type": "private"},
             "from": {"id": 77, "language_code": "kk"}, "text": "/start svc-4"}}
A button:   {"update_id": 813, "callback_query": {"id": "9", "from": {…}, "data": "menu", "message": {…}}}
A group:    {"update_id": 814, "my_chat_member": {"chat": {"id": -5, "type": "group"},
             "old_chat_member": {"status": "left"}, "new_chat_member": {"status": "member"}}}
"""

import json
import re

import msgspec
from msgspec import Struct, field

from dialogs.messages import Contact, Content, Pressed, Text, Unreadable
from gateway.channels import Inbound

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""`allowed_updates`: channel posts, reactions, payments and the like are not even sent to us."""


class _There(Struct):
    """Something is there; what it holds does not matter."""


class _Chat(Struct):
    id: int
    type: str


class _User(Struct):
    id: int


class _Contact(Struct):
    phone_number: str
    user_id: int = 0


class _Message(Struct):
    message_id: int
    chat: _Chat
    sender: _User | None = field(default=None, name="from")
    text: str | None = None
    contact: _Contact | None = None
    photo: list[_There] | None = None
    voice: _There | None = None
    audio: _There | None = None
    video_note: _There | None = None
    video: _There | None = None
    sticker: _There | None = None
    animation: _There | None = None
    document: _There | None = None
    location: _There | None = None
    pinned_message: _There | None = None
    message_auto_delete_timer_changed: _There | None = None
    write_access_allowed: _There | None = None
    chat_background_set: _There | None = None


class _Callback(Struct):
    id: str
    sender: _User = field(name="from")
    data: str | None = None
    message: _Message | None = None


class _Member(Struct):
    status: str
    is_member: bool = False

    @property
    def inside(self) -> bool:
        return self.status in ("member", "administrator") or (self.status == "restricted" and self.is_member)


class _Membership(Struct):
    chat: _Chat
    old_chat_member: _Member
    new_chat_member: _Member


class Update(Struct):
    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Callback | None = None
    my_chat_member: _Membership | None = None


GROUP = Unreadable("group")
"""The bot was added to a group, or addressed there by a command. Not a message of a person to the assistant."""
BLOCKED = Unreadable("blocked")
BACK = Unreadable("back")
"""A person wants nothing more from the bot, or something after all."""

KINDS = {
    "photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video_note": "voice",
    "sticker": "sticker",
    "animation": "sticker",
    "video": "file",
    "document": "file",
    "location": "location",
}
"""Field of a message → what `Unreadable` calls it. An animation comes as a document as well: the order matters."""

NOTICES = ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set")
"""Telegram's own notes about a chat: nobody said anything, so nothing is answered."""

_DEEP_LINK = re.compile(r"/start(?:@\w+)? (svc|grp)-(\w{1,32})", re.ASCII)
"""`t.me/{bot}?start=svc-4`. A link opens a service or a group of them, and nothing else: it is no consent."""

_COMMAND_TO = re.compile(r"/\w+@(\w+)", re.ASCII)

_decode = msgspec.json.Decoder(Update).decode


def decode(body: bytes) -> Update | None:
    try:
        return _decode(body)
    except RecursionError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _mended(body)


def _mended(body: bytes) -> Update | None:
    """Half an emoji, or bytes that are no UTF-8: a refusal would only bring the same again."""
    try:
        return convert(json.loads(body.decode(errors="replace")))
    except (ValueError, RecursionError):
        return None


def convert(update: object) -> Update | None:
    """An update that is already out of its JSON."""
    try:
        return msgspec.convert(update, Update)
    except msgspec.ValidationError:
        return None


def read(update: Update, username: str) -> Inbound | None:
    """None: nothing to do, as for what happens in channels."""
    if update.message is not None:
        return _message(update, update.message, username)
    if update.edited_message is not None:
        return _edited(update, update.edited_message)
    if update.callback_query is not None:
        return _button(update, update.callback_query)
    change = update.my_chat_member
    content = _changed(change) if change is not None else None
    return _inbound(update, change.chat, content) if change is not None and content is not None else None


def _message(update: Update, message: _Message, username: str) -> Inbound | None:
    if message.chat.type != "private":
        return _inbound(update, message.chat, GROUP) if _addressed(message, username) else None
    content = _content(message)
    return _inbound(update, message.chat, content, message.message_id) if content else None


def _edited(update: Update, edited: _Message) -> Inbound | None:
    """Without text it is a live location on the move: nobody wrote anything."""
    if edited.chat.type != "private" or edited.text is None:
        return None
    return _inbound(update, edited.chat, Unreadable("edited"), edited.message_id)


def _button(update: Update, callback: _Callback) -> Inbound | None:
    under = callback.message
    if under is None or under.chat.type != "private" or callback.data is None:
        return None
    return _inbound(update, under.chat, Pressed(callback.data, under.message_id))


def _inbound(update: Update, chat: _Chat, content: Content, message: int | None = None) -> Inbound:
    """`message`: the number of what the person themselves wrote."""
    return Inbound(f"tg:{update.update_id}", f"tg:{chat.id}", content, message)


def _content(message: _Message) -> Content | None:
    if message.text is not None:
        link = _DEEP_LINK.fullmatch(message.text)
        return Pressed(f"{link[1]}:{link[2]}") if link else Text(message.text)
    if message.contact is not None:
        own = message.sender is not None and message.contact.user_id == message.sender.id
        return Contact(message.contact.phone_number, own)
    for name, kind in KINDS.items():
        if getattr(message, name) is not None:
            return Unreadable(kind)
    if any(getattr(message, name) is not None for name in NOTICES):
        return None
    return Unreadable("other")


def _addressed(message: _Message, username: str) -> bool:
    if message.chat.type == "channel" or message.text is None:
        return False
    command = _COMMAND_TO.match(message.text)
    return command is not None and command[1].lower() == username.lower()


def _changed(change: _Membership) -> Content | None:
    inside = change.new_chat_member.inside
    if inside == change.old_chat_member.inside:
        return None
    if change.chat.type == "private":
        return BACK if inside else BLOCKED
    return GROUP if inside and change.chat.type in ("group", "supergroup") else None
