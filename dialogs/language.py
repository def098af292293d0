"""The two languages that people are spoken to in."""

from enum import StrEnum


class Language(StrEnum):
    KK = "kk"
    RU = "ru"
