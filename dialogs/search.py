"""From what a person writes to the services they may mean: one, a choice of two or three, or none.

It answers nothing else. Whoever writes «келісемін» finds nothing here, and no act can follow from a find.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log
from pathlib import Path

import msgspec
from msgspec import Struct, structs
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from dialogs.catalogue.catalogue import Catalogue
from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.spelling import by_ear, stems, tokens
from dialogs.words import Words

HERE = Path(__file__).parent
CHOICES = 3
WORDS_READ = 40
"""Of a long message only the beginning is searched: it keeps a turn short."""
ELSEWHERE = ""
"""Stands for everything that is not a service of ours."""

BY_EAR = 0.9
TYPO = 0.8
DOUBTFUL = 0.5
"""What a word is worth that is spelled as it sounds; that has a slip of the finger; or that is so short that with a
slip it may be another word. The last cannot stand alone."""
LONG = 7
"""Letters in a word that stays itself with a slip."""
COMPLETE = 0.65
TOGETHER = 0.45
"""Share of a synonym's words, by weight, that has to be there: if it is one word, and if they are several."""
WHOLLY = 0.75
BESIDES = 0.5
"""Share of a synonym, and fit compared with the best one, from which on other words of the same message point to a
second service."""
TELLING = 0.6
"""Least weight of the words found, compared with one word that only as many services use as there are choices.
«Көмек» alone is in half of the services and tells nothing."""
ASIDE = 0.25
"""What a service's word is worth if it stands in no synonym that fits."""
CLOSE = 0.75
"""Services that fit this well, compared with the best one, are offered together with it."""


class Found(Struct, frozen=True):
    services: tuple[str, ...]
    """Slugs, the likeliest first. One: sure; two or three: a choice; none: not understood."""


class Around(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `search.toml`."""

    fillers: list[str]
    elsewhere: list[str]
    alone: list[str]
    answers: list[str]


class _Phrase(Struct, frozen=True):
    service: str
    words: tuple[int, ...]
    weight: float


class _Fit(Struct, frozen=True):
    service: str
    score: float
    heard: frozenset[str]
    """The person's words that the synonym explains."""
    wholly: bool


class Search:
    """Each synonym is a set of words; a word weighs the more, the fewer services use it."""

    def __init__(self, synonyms: Iterable[tuple[str, str]], fillers: Iterable[str], alone: Iterable[str]) -> None:
        """`synonyms`: service (or ELSEWHERE) and what people call it. `fillers` and `alone`: see `search.toml`."""
        self._fillers = {token for filler in fillers for token in tokens(filler)}
        spelled = {(service, words) for service, text in synonyms if (words := self._said(text))}
        joined = {(service, ("".join(words),)) for service, words in spelled if len(words) == 2}
        whole = {word for _, words in spelled for word in words}
        spelled |= joined
        ids = {word: number for number, word in enumerate(sorted({w for _, words in spelled for w in words}))}
        self._by_stem: dict[str, set[int]] = defaultdict(set)
        self._by_ear: dict[str, set[int]] = defaultdict(set)
        for word, number in ids.items():
            for stem in stems(word):
                if len(stem) > 3 or len(word) < 5:
                    self._by_stem[stem].add(number)
                    if word in whole:
                        self._by_ear[by_ear(stem)].add(number)
        vague = {stem for word in alone for token in tokens(word) for stem in stems(token)}
        self._vague = {number for word, number in ids.items() if vague & set(stems(word))}
        self._every = len({service for service, _ in spelled}) + 1
        self._telling = TELLING * log(self._every / CHOICES)
        self._weights = self._weigh(ids, spelled)
        self._phrases = [
            _Phrase(service, numbers, sum(self._weights[n] for n in numbers))
            for service, words in sorted(spelled)
            for numbers in [tuple(ids[word] for word in words)]
        ]
        self._by_word: dict[int, list[_Phrase]] = defaultdict(list)
        for phrase in self._phrases:
            for number in phrase.words:
                self._by_word[number].append(phrase)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for stem in sorted(self._by_ear):
            self._by_length[len(stem)].append(stem)

    def _said(self, text: str) -> tuple[str, ...]:
        said = dict.fromkeys(tokens(text))
        return tuple(word for word in said if word not in self._fillers) or tuple(said)

    def _weigh(self, ids: dict[str, int], spelled: set[tuple[str, tuple[str, ...]]]) -> dict[int, float]:
        services = defaultdict(set)
        for service, words in spelled:
            for word in words:
                services[ids[word]].add(service)
        weights = {}
        for word, number in ids.items():
            alike = {n for stem in stems(word) for n in self._by_stem[stem]}
            weights[number] = log(self._every / len(set().union(*(services[n] for n in alike))))
        return weights

    def find(self, text: str) -> Found:
        """The services this may be about. Never more than a choice of three."""
        fits = self._fits(self._hits(tokens(text)[:WORDS_READ]))
        if not fits or fits[0].service == ELSEWHERE:
            return Found(())
        fits = [fit for fit in fits if fit.service != ELSEWHERE]
        best = fits[0]
        likely = [fit for fit in fits if fit.score >= CLOSE * best.score and not fit.heard < best.heard]
        if len(likely) > CHOICES:
            return Found(())
        explained = {word for fit in likely for word in fit.heard}
        for fit in fits:
            if fit.wholly and fit.score >= BESIDES * best.score and not fit.heard & explained:
                likely.append(fit)
                explained |= fit.heard
        return Found(tuple(fit.service for fit in likely[:CHOICES]))

    def _hits(self, said: list[str]) -> dict[int, tuple[float, str]]:
        """Words of the synonyms that were said: how surely, and in which of the person's words."""
        hits: dict[int, tuple[float, str]] = {}
        pairs = (one + other for one, other in pairwise(said) if not {one, other} & self._fillers)
        for token in [*(token for token in said if token not in self._fillers), *pairs]:
            for number, sure in self._like(token).items():
                if sure > hits.get(number, (0.0, ""))[0]:
                    hits[number] = (sure, token)
        return hits

    def _like(self, token: str) -> dict[int, float]:
        """Words of the synonyms that this may be: well written, else spelled by ear, else with a slip."""
        said = stems(token)
        if exact := {number for stem in said for number in self._by_stem.get(stem, ())}:
            return dict.fromkeys(exact, 1.0)
        if heard := {number for stem in said if len(stem) > 4 for number in self._by_ear.get(by_ear(stem), ())}:
            return dict.fromkeys(heard, BY_EAR)
        slipped: dict[int, float] = {}
        for stem in dict.fromkeys((by_ear(said[0]), by_ear(said[-1]))):
            for near in self._near(stem):
                worth = TYPO if min(len(near), len(stem)) >= LONG else DOUBTFUL
                for number in self._by_ear[near]:
                    slipped[number] = max(worth, slipped.get(number, 0))
        return slipped

    def _near(self, stem: str) -> Iterator[str]:
        slips = _slips(stem)
        if not slips:
            return
        lengths = range(len(stem) - slips, len(stem) + slips + 1)
        near = [other for length in lengths for other in self._by_length.get(length, ())]
        found = extract(stem, near, scorer=OSA.distance, score_cutoff=slips, limit=None)
        least = min((distance for _, distance, _ in found), default=0)
        for other, distance, _ in found:
            begins_alike = other[0] == stem[0] or (distance == 1 and len(stem) >= LONG)
            if distance == least and distance <= _slips(other) and begins_alike:
                yield other

    def _fits(self, hits: dict[int, tuple[float, str]]) -> list[_Fit]:
        """How well each service fits: its best synonym, and its other words a little. The best comes first."""
        best: dict[str, _Fit] = {}
        said: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for phrase in dict.fromkeys(phrase for number in hits for phrase in self._by_word[number]):
            numbers = [n for n in phrase.words if n in hits]
            heard = {hits[n][1]: self._weights[n] * hits[n][0] for n in numbers}
            weight = sum(heard.values())
            share = weight / phrase.weight
            enough = COMPLETE if len(heard) < 2 else TOGETHER
            fits = (
                share >= enough
                and weight >= self._telling
                and not (len(heard) < 2 and self._vague.issuperset(numbers))
            )
            for word, worth in heard.items():
                said[phrase.service][word] = max(worth if fits else ASIDE * worth, said[phrase.service][word])
            fit = _Fit(phrase.service, weight * share, frozenset(heard), share >= WHOLLY)
            if fits and (phrase.service not in best or fit.score > best[phrase.service].score):
                best[phrase.service] = fit
        for service, fit in best.items():
            others = sum(worth for word, worth in said[service].items() if word not in fit.heard)
            best[service] = structs.replace(fit, score=fit.score + others)
        return sorted(best.values(), key=lambda fit: (-fit.score, fit.service))


def _slips(word: str) -> int:
    """How many slips a word may have before it is another word."""
    return 0 if len(word) < 5 else 1 if len(word) < 10 else 2


def build(catalogue: Catalogue, words: Words, file: Path = HERE / "search.toml") -> Search:
    around = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Around)
    not_ours = [(ELSEWHERE, text) for text in (*around.elsewhere, *around.answers)]
    return Search([*_synonyms(catalogue, words), *not_ours], around.fillers, around.alone)


def _synonyms(catalogue: Catalogue, words: Words) -> Iterator[tuple[str, str]]:
    for slug, service in catalogue.services.items():
        for language in Language:
            yield slug, words.say(Say(f"{slug}.name"), language, Surface.CHAT)
            yield slug, words.say(Say(f"{slug}.official"), language, Surface.CHAT)
            for synonym in service.synonyms[language]:
                yield slug, synonym
