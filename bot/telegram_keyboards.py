"""Buttons as Telegram shows them: under a message, or instead of the person's own keyboard."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from dialogs.messages import Button

ROW_LETTERS = 22
ROW_BUTTONS = 5
"""What fits into one row of buttons on a narrow phone without being cut off."""


def inline(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=button.label, callback_data=button.id) for button in row]
            for row in rows(buttons)
        ]
    )


def contact(share: str, buttons: Sequence[Button]) -> ReplyKeyboardMarkup:
    """`share`: on the button that hands over one's own number. The other buttons come back as their words, which the
    dialogue understands as well."""
    first = KeyboardButton(text=share, request_contact=True)
    others = [[KeyboardButton(text=button.label) for button in row] for row in rows(buttons)]
    return ReplyKeyboardMarkup(keyboard=[[first], *others], resize_keyboard=True, one_time_keyboard=True)


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Short buttons share a row, and those that name the same one."""
    found: list[list[Button]] = []
    for button in buttons:
        if found and _beside(found[-1], button):
            found[-1].append(button)
        else:
            found.append([button])
    return found


def _beside(row: Sequence[Button], button: Button) -> bool:
    if row[0].row or button.row:
        return row[0].row == button.row
    return len(row) < ROW_BUTTONS and sum(len(other.label) for other in (*row, button)) <= ROW_LETTERS
