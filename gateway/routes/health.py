"""How a route is doing. Pure: whoever asks brings the time along, in seconds since 1970.

what happens                                      what follows
three letters in a row did not get through        rest: a second, then twice as long each time, ten seconds at most
ten in a row were refused                         likewise: a route that refuses everybody serves nobody
the rest is over                                  one letter at a time; three that get through, and all is as before
the provider asks us to wait                      it rests so long, five minutes at most
fewer letters are delivered in time than should   another route is preferred for five minutes, twice as long each
be, and more were before                          time, an hour at most; then one letter in ten seconds shows
                                                  whether it is as it was
"""

from collections import deque
from enum import StrEnum

_FAILURES = 3
_REFUSALS = 10
_FIRST_REST, _LONGEST_REST = 1.0, 10.0
_PROOFS = 3
"""Letters that have to get through one by one before all may."""
_LONGEST_ASKED = 300.0
"""Seconds: however long a provider, or something before it, asks us to wait."""
_ONE_BY_ONE = 20.0
"""Seconds after which one that left alone and of which nothing was heard does not hold up the next."""

_ANSWERS = 0.5
"""Seconds after which one that left alone is probably answered."""

_WINDOW, _ENOUGH, _ENOUGH_AGAIN = 40, 20, 5
"""Letters that the share of delivered ones is taken of, and how many it takes at least; after a rest, fewer do."""
_FIRST_LIMP, _LONGEST_LIMP = 300.0, 3600.0
_TRICKLE = 10.0


class State(StrEnum):
    WELL = "well"
    LIMPING = "limping"
    """Too few letters are delivered."""
    RESTING = "resting"
    """It does not take any, or is tried with one at a time."""


class Health:
    def __init__(self, floor: float) -> None:
        """`floor`: the share of letters that are to be delivered in time; 0: nobody minds."""
        self._floor = floor
        self._failures = 0
        self._refusals = 0
        self._rests = 0
        """In a row, without a recovery between them."""
        self._rested = 0.0
        """When the rest is over."""
        self._proofs = _PROOFS
        self._alone = 0.0
        """Until then one is under way alone."""
        self._delivered: deque[bool] = deque(maxlen=_WINDOW)
        self._was_good = False
        """A provider that never reports is not judged by its reports."""
        self._limps = 0
        self._limped = 0.0
        """When it is to be tried again whether letters are delivered."""
        self._tried = 0.0

    def opens(self, now: float) -> float:
        """When it is worth trying to leave here: at once, if it is not later than `now`."""
        if self._proofs >= _PROOFS:
            return now
        self._set_back(now)
        return max(self._rested, min(self._alone, now + _ANSWERS))

    def delivers(self, now: float) -> bool:
        """Is it to be preferred? One that is not may serve where no other does."""
        if not self._limps:
            return True
        self._set_back(now)
        return now >= self._limped and now - self._tried >= _TRICKLE

    @property
    def state(self) -> State:
        if self._proofs < _PROOFS:
            return State.RESTING
        return State.LIMPING if self._limps else State.WELL

    def leaves(self, now: float) -> None:
        """A letter is about to."""
        self.tried(now)
        if self._proofs < _PROOFS:
            self._alone = now + _ONE_BY_ONE

    def tried(self, now: float) -> None:
        """One that will show whether letters are delivered."""
        self._tried = now

    def took(self) -> None:
        """It got through."""
        self._failures = self._refusals = 0
        if self._proofs < _PROOFS and self._alone:  # else it left before the rest began, and shows nothing
            self._proofs += 1
            self._rests = 0 if self._proofs == _PROOFS else self._rests
        self._alone = 0.0

    def refused(self, now: float) -> None:
        """The provider answered, but will never take that letter."""
        self._failures = 0
        self._alone = 0.0
        self._refusals += 1
        if self._refusals >= _REFUSALS or self._proofs < _PROOFS:
            self._rest(now)

    def failed(self, now: float, after: float | None = None) -> None:
        """It did not get through, or nobody knows. `after`: so long the provider asked us to wait."""
        self._failures += 1
        if self._failures >= _FAILURES or self._proofs < _PROOFS or after is not None:
            self._rest(now, after)

    def checked(self, delivered: bool, now: float) -> None:
        """What had become of one letter when it should have been delivered."""
        if self._limps and now < self._limped:
            return  # it left before the rest
        self._delivered.append(delivered)
        share = sum(self._delivered) / len(self._delivered)
        if len(self._delivered) < (_ENOUGH_AGAIN if self._limps else _ENOUGH):
            return
        if share >= self._floor:
            self._was_good, self._limps = True, 0
        elif self._was_good:
            self._limped = now + min(_LONGEST_LIMP, _FIRST_LIMP * 2.0**self._limps)
            self._limps += 1
            self._delivered.clear()

    def _rest(self, now: float, after: float | None = None) -> None:
        if now >= self._rested:  # else it left before the rest began, and says nothing new
            pause = min(_LONGEST_REST, _FIRST_REST * 2.0 ** min(self._rests, 10))
            self._rested = now + pause if after is None else now
            self._rests += 1
        if after is not None:
            self._rested = max(self._rested, now + min(_LONGEST_ASKED, after))
        self._proofs = self._failures = self._refusals = 0
        self._alone = 0.0

    def _set_back(self, now: float) -> None:
        """Should the clock have been, nobody waits until it is as late as it was."""
        if self._rested > now + _LONGEST_ASKED:
            self._rested = now
        if self._alone > now + _ONE_BY_ONE:
            self._alone = now
        if self._limped > now + _LONGEST_LIMP:
            self._limped = now
        self._tried = min(self._tried, now)
