"""Golden conversations about invitations. REWRITE=1 writes them anew; a person reads the difference."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.duties import steps
from dialogs.duties.course import Happening
from dialogs.duties.duty import Invitation, Place, Postponement, Reason, Setting
from dialogs.language import Language
from dialogs.messages import Surface
from dialogs.topics.arriving import key_of
from tests.dialogs.open_matters import invitation, offer, unsigned
from tests.dialogs.registry import ALMATY, DANA, DUTY_RULES, FAMILY_PHONE, PHONE, Registry
from tests.dialogs.talks import Talk

FOLDER = Path(__file__).parents[1] / "transcripts" / "arrival"
REWRITE = bool(os.environ.get("REWRITE"))
BETWEEN = "\n\n———\n\n"
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
MERCY = Place("«Мейірім» күндізгі орталығы", "Жаркент қаласы, Желтоқсан көшесі, 3", "+77283152020")
HARBOUR = Place("«Қорған» дағдарыс орталығы", "Талдықорған қаласы, Тәуелсіздік көшесі, 8", "+77282400000")
INPATIENT = invitation(MONDAY, id="I-1")
SEMI = invitation(MONDAY, setting=Setting.SEMI_INPATIENT, id="I-2", place=MERCY)
HOME = invitation(MONDAY, setting=Setting.HOME, id="I-3")
SHELTER = invitation(MONDAY, setting=Setting.TEMPORARY, id="I-4", place=HARBOUR)

SAID = {
    "come": ("келемін", "приеду"),
    "going": ("жақсы, барамын", "хорошо, буду"),
    "cannot": ("келе алмаймын", "не могу приехать"),
    "late": ("кешігемін", "не успею"),
    "put off": ("мерзімін ауыстыру", "перенести"),
    "not needed": ("керек емес", "больше не нужно"),
    "give up": ("орыннан бас тартамын", "отказываюсь от места"),
    "refuse": ("бас тартамын", "отказываюсь"),
    "will not": ("келмеймін", "не приеду"),
    "ill": ("ауырып қалдым", "я заболела"),
    "in hospital": ("ауруханада жатырмын", "лежу в больнице"),
    "wedding": ("үйлену тойы", "свадьба у сына"),
    "yes": ("иә", "да"),
    "no": ("жоқ", "нет"),
    "20 December": ("20 желтоқсан", "20 декабря"),
    "in a week": ("бір аптадан кейін", "через неделю"),
    "in three weeks": ("үш аптадан кейін", "через три недели"),
    "nonsense": ("абракадабра", "абракадабра"),
    "person": ("адаммен сөйлескім келеді", "позовите человека"),
    "wheelchair": ("кресло-арба керек", "нужна коляска"),
}


class Story:
    """One phone, with what is open there; what is said stands in `SAID`, or is sent as it is."""

    def __init__(self, dialogue: Dialogue, language: Language, surface: Surface) -> None:
        self.dialogue, self.language, self.surface = dialogue, language, surface
        self.talks: list[Talk] = []

    def begin(
        self,
        *duties: Invitation,
        now: datetime = NOW,
        phone: str = PHONE,
        known: bool = True,
        registry: Registry | None = None,
    ) -> "Story":
        talk = Talk(self.dialogue, self.surface, now, phone=phone, registry=registry)
        if known:
            talk.known(self.language)
        person = {one.person.iin: structs.replace(one.person, language=self.language) for one in duties}
        talk.duties = tuple(structs.replace(one, person=person[one.person.iin]) for one in duties)
        self.talks.append(talk)
        return self

    @property
    def talk(self) -> Talk:
        return self.talks[-1]

    @property
    def invitation(self) -> Invitation:
        its = self.talk.duties[0]
        assert isinstance(its, Invitation)
        return its

    def says(self, *said: str) -> "Story":
        for one in said:
            words = SAID.get(one)
            self.talk.send(words[self.language is Language.RU] if words else one)
        return self

    def picks(self, *choices: str, of: int = 0) -> "Story":
        """By their beginnings, e.g. `come`."""
        for choice in choices:
            found = self._offered(choice, of)
            self.talk.choose(found)
        return self

    def _offered(self, choice: str, of: int) -> str:
        if (whole := _named(choice, self.talk.duties[of])) is not None:
            return whole
        return choice

    def presses(self, choice: str, of: int = 0) -> "Story":
        """A button under an old letter; by SMS the words of the letter are its numbers."""
        its = self.talk.duties[of]
        assert isinstance(its, Invitation)
        self.talk.send(f"[old button: {choice}:{key_of(its)}]")
        return self

    def confirms(self) -> "Story":
        self.talk.choose(next(choice for choice in self.talk.session.offered if choice.startswith("postpone")))
        return self

    def confirms_anyway(self) -> "Story":
        """By the button, whatever has come between the question and the answer."""
        self.talk.send(f"[old button: {next(c for c in self.talk.session.offered if c.startswith('postpone'))}]")
        return self

    def happens(self, name: str, of: int = 0, **what: Any) -> "Story":
        """E-Sobes tells something."""
        self.talk.lines.append(f"— E-Sobes: {name} {' '.join(str(value) for value in what.values())}".rstrip())
        duties = list(self.talk.duties)
        duties[of] = steps.step(duties[of], Happening(name=name, **what), self.talk.now, DUTY_RULES).duty
        self.talk.duties = tuple(duties)
        return self

    def waits(self, **time: int) -> "Story":
        ((unit, count),) = time.items()
        self.talk.happens(f"{unit}: {count}")
        return self


def _named(choice: str, its: Any) -> str | None:
    name, _, rest = choice.partition(":")
    if name in ("come", "cannot", "decline", "decline_yes", "arrive", "notice", "because"):
        return ":".join(filter(None, (name, key_of(its), rest)))
    return None


# ---- the paths ----


def page(story: Story) -> None:
    """Of each setting; on the last day; of a child; where only the day is known."""
    for its in (INPATIENT, SEMI, HOME, SHELTER):
        story.begin(its).presses("arrive")
    story.begin(INPATIENT, now=NOW + timedelta(7)).presses("arrive")
    story.begin(INPATIENT, now=NOW + timedelta(6)).presses("arrive")
    story.begin(invitation(MONDAY, DANA, id="I-5"), phone=FAMILY_PHONE).presses("arrive")
    story.begin(structs.replace(INPATIENT, place=None, setting=None, state="postponed", used=True)).presses("arrive")


def come(story: Story) -> None:
    story.begin(INPATIENT).presses("come").says("/again").says("/back").says("/menu")
    story.begin(SEMI).says("come")
    story.begin(SHELTER).says("going")
    story.begin(unsigned(MONDAY, MONDAY, date(2026, 12, 20), id="I-1")).says("come")


def decline(story: Story) -> None:
    """Asked once more; «no» and «yes» in words; after it, told again, and somebody changes their mind."""
    story.begin(INPATIENT).says("not needed", "yes", "no")
    story.begin(INPATIENT).says("give up").picks("decline_yes").says("refuse").presses("arrive").picks("come")
    story.begin(SHELTER).says("refuse").picks("decline_yes")


def illness(story: Story) -> None:
    """All the way: passed on, taken, signed."""
    story.begin(INPATIENT).presses("cannot").picks("because:illness").says("20 December").confirms()
    story.says("/again").presses("arrive").says("put off")
    story.happens("taken", day=date(2026, 12, 20), sign_by=date(2026, 11, 27), url="https://aleumet.egov.kz")
    story.says("put off").picks("notice").talk.read_on()
    story.presses("arrive").talk.read_on()
    story.happens("changed", day=date(2026, 12, 20)).presses("arrive").says("put off", "come")


def hospital(story: Story) -> None:
    """In words; a day that is picked; the month turned in a chat; «no» to it, another one."""
    story.begin(invitation(date(2026, 12, 14), id="I-1")).says("late", "in hospital")
    if story.surface is Surface.CHAT:
        story.picks("days:1", "day:2027-01-13")
    else:
        story.says("3")
    story.says("yes", "no", "in three weeks").confirms()


def other(story: Story) -> None:
    story.begin(INPATIENT).says("cannot").says("wedding").picks("because:other").says("/back").picks("because:other")
    story.says("ill")


def typed(story: Story) -> None:
    """Days of many kinds, and what is no day."""
    story.begin(INPATIENT).says("cannot", "ill")
    for said in ("20.12", "+5", "in a week", "nonsense", "31.11", "15-20.12", "13.11", "25.11", "30.11", "31.12"):
        story.says(said).waits(minutes=1)
    story.says("99", "20").confirms()


def disputed(story: Story) -> None:
    """Ten days are passed on, eleven to fourteen are not; the fifteenth no act allows."""
    story.begin(SEMI).says("cannot", "ill", "15.12", "11.12")
    assert story.invitation.disputed == date(2026, 12, 11)
    story.says("14.12", "/again").picks("operator").says("/back").picks("day:2026-12-10").confirms()
    story.begin(SEMI).says("cannot", "ill", "11.12", "10.12")


def days_off(story: Story) -> None:
    """A Sunday, a holiday; the last allowed day, the day after; leap year; the end of a year."""
    story.begin(INPATIENT).says("cannot", "ill", "13.12", "16.12", "30.12", "31.12")
    leap = datetime(2028, 1, 25, 10, tzinfo=ALMATY)
    story.begin(invitation(date(2028, 1, 31), id="I-1"), now=leap).says("cannot", "ill", "29.02", "01.03", "02.03")
    year = datetime(2026, 12, 21, 10, tzinfo=ALMATY)
    new = invitation(date(2026, 12, 25), setting=Setting.SEMI_INPATIENT, id="I-2", place=MERCY)
    story.begin(new, now=year).says(
        "cannot", "ill", "4 января" if story.language is Language.RU else "4 қаңтар", "5.01"
    )


def settings(story: Story) -> None:
    """Where there is nothing to postpone, or nobody knows where."""
    for its in (HOME, SHELTER):
        story.begin(its).says("cannot")
    story.begin(structs.replace(INPATIENT, place=None, setting=None)).says("cannot")


def used(story: Story) -> None:
    """Signed; not signed in time; not had by E-Sobes; somebody was faster; known nowhere any more."""
    story.begin(structs.replace(INPATIENT, state="postponed", used=True)).says("cannot")
    late = unsigned(MONDAY, date(2026, 11, 20), date(2026, 12, 20), id="I-1")
    story.begin(structs.replace(late, state="invited")).says("cannot")
    refused = structs.replace(late, state="invited", wanted=structs.replace(_wanted(late), sign_by=None))
    story.begin(refused).says("cannot").presses("arrive")
    story.begin(INPATIENT).says("cannot", "ill", "20.12")
    faster = Postponement(date(2026, 12, 14), Reason.ILLNESS, NOW, "sms", PHONE, "sms:+77010000000")
    story.happens("postpone", wanted=faster).confirms_anyway()
    story.begin(INPATIENT).says("cannot", "ill", "20.12")
    key = key_of(INPATIENT)
    story.talk.duties = ()
    story.talk.send(f"[old button: postpone:{key}:2026-12-20:illness]")
    story.talk.send(f"[old button: come:{key}]")


def _wanted(its: Invitation) -> Postponement:
    assert its.wanted is not None
    return its.wanted


def over(story: Story) -> None:
    """Too late, and closed by E-Sobes in each way; the old buttons, and the words."""
    lapsed = structs.replace(INPATIENT, state="lapsed")
    story.begin(lapsed, now=NOW + timedelta(8)).presses("come").says("cannot", "not needed")
    for outcome in ("admitted", "passed_on", "cancelled"):
        story.begin(structs.replace(INPATIENT, state="over", outcome=outcome)).presses("cannot").says("come")


def several(story: Story) -> None:
    """Which one is asked: of one person, and of a family."""
    child = invitation(date(2026, 12, 2), DANA, setting=Setting.SEMI_INPATIENT, id="I-6", place=MERCY)
    story.begin(INPATIENT, child).says("cannot").picks("cannot", of=1).says("come")
    story.begin(INPATIENT, SEMI).says("come").picks("come", of=1).says("/menu", "will not", "/back")
    story.begin(INPATIENT, SEMI).says("not needed").says("/help", "/back").picks("decline").says("/back", "/menu")


def interrupted(story: Story) -> None:
    """Help and back, somebody, a photo, an old button, nonsense, a service; silence; days later."""
    story.begin(INPATIENT).says("cannot", "/help", "/back", "[sends: photo]", "nonsense", "person", "/back")
    story.says("ill", "[old button: svc:0]", "/help", "/back", "20.12", "nonsense", "[answers an offer]")
    story.waits(minutes=40).says("1").picks("resume").confirms()
    story.begin(INPATIENT).says("cannot", "ill", "wheelchair", "20.12").waits(days=3).says("nonsense")
    story.begin(INPATIENT).says("cannot", "ill", "20.12")
    story.waits(days=8).presses("cannot").says("/menu")


def numbers(story: Story) -> None:
    """Right after a letter a number answers the letter; after another question it answers that one."""
    if story.surface is Surface.CHAT:
        story.begin(INPATIENT).presses("come").says("2")
        return
    story.begin(INPATIENT).says("2", "/menu", "1")
    story.begin(INPATIENT, known=False).says("1")
    story.begin(INPATIENT).says("/menu", "1")
    story.begin(invitation(MONDAY, id="I-1", sent=NOW + timedelta(hours=1))).says("/menu").waits(hours=2)
    story.says("3").picks("decline_yes")


def first_contact(story: Story) -> None:
    """Nobody has to choose a language first: it is known whom the letter was written to."""
    story.begin(INPATIENT, known=False).presses("cannot").picks("because:illness").says("20.12")
    story.begin(INPATIENT, known=False).says("come")


def beside_offers(story: Story) -> None:
    """Words that offers know are theirs; those of an arrival are not."""
    story.begin(INPATIENT)
    story.talk.offers = (offer(date(2026, 11, 26)),)
    story.says("not needed", "come", "give up")


STORIES = (
    *(page, come, decline, illness, hospital, other, typed, disputed, days_off, settings, used, over, several),
    *(interrupted, numbers, first_contact, beside_offers),
)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_the_talk_about_an_invitation_goes_as_written(
    dialogue: Dialogue, tell: Callable[[Story], None], language: Language, surface: Surface
) -> None:
    story = Story(dialogue, language, surface)
    tell(story)
    text = BETWEEN.join("\n".join(talk.lines) for talk in story.talks) + "\n"
    file = FOLDER / f"{tell.__name__}.{language}.{surface}.txt"
    if REWRITE:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")
