"""What is remembered survives being written, and being written by an older version."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from dialogs import session
from dialogs.conversation import VIEWS
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Surface
from dialogs.session import RENAMED_STATES, Agreement, Session
from tests.dialogs.talks import Talk


def test_a_session_reads_back_as_it_was_written() -> None:
    written = session.new("a1b2")
    written.language = Language.KK
    written.agreed = Agreement(1, datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Almaty")))
    written.answers = {"channel": "office", "applicant": "self"}
    written.ticks = {"technical_aids_tiflo": ["identity"]}
    assert session.read(session.write(written)) == written
    assert list(session.read(session.write(written)).answers) == ["channel", "applicant"]


def test_what_is_at_its_default_takes_no_room() -> None:
    assert session.write(session.new("a1b2")) == b'{"version":2,"ref":"a1b2"}'


def test_a_session_of_the_first_version_goes_on_where_it_stopped() -> None:
    stored = (
        '{"ref":"a1b2","state":"docs.ask","lang":"kk","slug":"technical_aids_tiflo","answers":{"channel":"office"}}'
    )
    assert session.read(stored.encode()) == Session(
        version=session.VERSION,
        ref="a1b2",
        state="documents.question",
        language=Language.KK,
        service="technical_aids_tiflo",
        answers={"channel": "office"},
    )


def test_a_session_written_before_applications_were_asked_about_goes_on_where_it_stopped() -> None:
    stored = (
        '{"version":2,"ref":"a1b2","state":"documents.question","language":"kk","agreed":[1,"2026-11-02T10:00:00+05:00"],'
        '"linked":true,"service":"technical_aids_tiflo","answers":{"channel":"office"},"pace":[29923500,2]}'
    )
    read = session.read(stored.encode())
    assert (read.state, read.answers, read.proven, read.closed) == (
        "documents.question",
        {"channel": "office"},
        [],
        "",
    )
    assert session.read(session.write(read)) == read
    assert b"linked" not in session.write(read)


def test_whoever_has_only_asked_for_papers_takes_no_more_room_than_before(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.KK)
    for line in ("кресло-арба", "1", "көмек", "артқа", "1"):
        talk.send(line)
    kept = {
        "version",
        "ref",
        "state",
        "language",
        "agreed",
        "group",
        "service",
        "answers",
        "offered",
        "pace",
        "lately",
    }
    assert set(json.loads(session.write(talk.session))) <= kept


def test_an_old_session_in_an_unrenamed_state_stays_there() -> None:
    assert session.read(b'{"version":1,"ref":"x","state":"menu","lang":"ru"}').state == "menu"


def test_every_renamed_state_leads_to_a_state_that_exists() -> None:
    assert {new for names in RENAMED_STATES.values() for new in names.values()} <= set(VIEWS)
