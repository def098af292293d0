"""What a person reads about an application: on its page, in a list, and in a letter when something has changed."""

from datetime import datetime

from dialogs.applications.application import Application
from dialogs.messages import Say, Surface, say
from dialogs.talk import Guide


def name(application: Application, guide: Guide) -> Say:
    """Of the service; also of one that we do not know."""
    known = application.service in guide.catalogue.services
    return Say(f"{application.service}.name") if known else Say("status.service")


def page(
    application: Application, guide: Guide, now: datetime, surface: Surface, *, whom: str = ""
) -> tuple[Say, ...]:
    """`whom`: the given name, where a phone serves several persons."""
    return brief(application, guide, now, surface, whom=whom)


def line(application: Application, guide: Guide, now: datetime, surface: Surface) -> Say:
    """One line of a list: what it is, its stage, and the last day for the answer."""
    return say("status.line", what=name(application, guide), stage=Say(f"status.short.{application.stage}"))


def brief(
    application: Application, guide: Guide, now: datetime, surface: Surface = Surface.SMS, *, whom: str = ""
) -> tuple[Say, ...]:
    """For a letter: what has changed, in one or two sentences. By SMS nothing is said of a discreet service."""
    return (line(application, guide, now, surface),)
