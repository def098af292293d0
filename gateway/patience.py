"""How often in a day one phone or chat is told what changes nothing. In memory: a robot is at the other end, most
likely, and it is to leave no trace."""

from collections import OrderedDict
from datetime import datetime

REMEMBERED = 20_000
"""Phones and chats; whoever was told longest ago is forgotten first."""


class Patience:
    def __init__(self, most: int) -> None:
        self._most = most
        self._told: OrderedDict[str, tuple[int, int, str]] = OrderedDict()

    def spent(self, address: str, message: str, now: datetime) -> bool:
        """Once more; whether that is too often. A message that is looked at anew counts once."""
        day, times, last = self._told.pop(address, (0, 0, ""))
        today = now.date().toordinal()
        if day != today:
            times = 1
        elif message != last:
            times = min(times, self._most) + 1
        self._told[address] = (today, times, message)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return times > self._most
