"""People who can help: who they are, how to reach them, and whether they are there right now."""

from dialogs.messages import Reply, Say, Surface
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice
from dialogs.topics.answer import hours
from dialogs.topics.menu import step_aside, understood, where_they_were

SHOWN = ("contact_centre", "state_corp", "state_corp_duty", "department", "egov")


def people(talk: Talk) -> Reply:
    lines = [Say("operator.intro")]
    if talk.guide.inbox and talk.surface is Surface.SMS:  # the number for it stands pages further on
        lines.append(Say("specialist.by_word"))
    for name in SHOWN:
        office = talk.guide.catalogue.office(name, talk.now.date())
        lines.append(Say(f"operator.{name}"))
        lines += (Say(line.id, line.values, item=True) for line in hours(talk.guide, office, talk.now))
    lines.append(Say("operator.no_local"))
    specialist = (choice("specialist", "specialist.begin"),) if talk.guide.inbox else ()
    return Reply(tuple(lines), (*specialist, choice("services", "menu.services"), BACK, MENU))


TOPIC = Topic(
    views={"operator": people},
    rows=(
        Row("operator", ANYWHERE, "operator", do=step_aside),
        Row("back", "operator", where_they_were, do=understood),
        Row("back", "operator", "menu", do=understood),
    ),
)
