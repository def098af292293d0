"""All pages of the console: who sees each, and how one gets there. In braces: names of the day's things."""

from msgspec import Struct

from tests.browser.workday import OWNER


class Page(Struct, frozen=True):
    name: str
    who: str
    """Nobody: whoever is not signed in."""
    path: str
    steps: tuple[tuple[str, str], ...] = ()
    """What is typed into which field; where nothing is, it is pressed."""


_OPENED = """
login                                    /staff/login
inbox                operator            /staff/inbox
talk-waits           operator            /staff/inbox/case/{asks}
talk-mine            operator            /staff/inbox/case/{taken}
talk-closed          operator            /staff/inbox/case/{closed}
quick                operator            /staff/inbox/quick
matters              operator            /staff/matters
shelf                operator            /staff/matters/proactive/asked
shelf-empty          operator            /staff/matters/invitation/postponed
person               operator            /staff/person
figures              operator            /staff/figures
figures-empty        operator            /staff/figures?month=2020-02
refused              operator            /staff/keys
guide                operator            /staff/guide
me                   operator            /staff/me
me-password          operator            /staff/me/password
me-code              operator            /staff/me/code
broadcasts           broadcaster         /staff/broadcasts
broadcast-new        broadcaster         /staff/broadcasts/{new}/list
broadcast-draft      broadcaster         /staff/broadcasts/{draft}
broadcast-list       broadcaster         /staff/broadcasts/{draft}/list
broadcast-find       broadcaster         /staff/broadcasts/{draft}/find
broadcast-text       broadcaster         /staff/broadcasts/{draft}/text
broadcast-when       broadcaster         /staff/broadcasts/{draft}/when
broadcast-check      broadcaster         /staff/broadcasts/{draft}/check?leaves=now
broadcast-drop       broadcaster         /staff/broadcasts/{draft}/cancel
broadcast-waiting    broadcaster         /staff/broadcasts/{waiting}
broadcast-scheduled  broadcaster         /staff/broadcasts/{scheduled}
broadcast-paused     broadcaster         /staff/broadcasts/{paused}
broadcast-cancel     broadcaster         /staff/broadcasts/{paused}/cancel
broadcast-cancelled  broadcaster         /staff/broadcasts/{cancelled}
broadcast-done       broadcaster         /staff/broadcasts/{done}
broadcast-failed     broadcaster         /staff/broadcasts/{failed}
broadcast-again      broadcaster         /staff/broadcasts/{failed}/again
people               broadcaster         /staff/broadcasts/{done}/people
people-missed        broadcaster         /staff/broadcasts/{failed}/people?of=failed
broadcast-approve    approver            /staff/broadcasts/{waiting}
journal              auditor             /staff/journal
audit                auditor             /staff/audit
audit-empty          auditor             /staff/audit?from=2020-01-01&to=2020-01-02
calendar             administrator       /staff/calendar
calendar-look        administrator       /staff/calendar/look/{look}
accounts             administrator       /staff/accounts
account              administrator       /staff/accounts/gulmariya.abdigalikyzy
account-ended        administrator       /staff/accounts/b.omarov
account-new          administrator       /staff/accounts/new
keys                 administrator       /staff/keys
key-new              administrator       /staff/keys/new
unknown              administrator       /staff/broadcasts/unknown
"""
_FIND = ("#who", OWNER), (".asking button", "")
_FOUND = ("#phone", OWNER), (".search button", "")
_SHORT = ("#name", "Б"), ("#login", "б"), ("form.card .strong", "")
_REACHED = (
    Page("login-wrong", "", "/staff/login", (("#login", "x"), ("#password", "x"), ("form.card button", ""))),
    Page(
        "talk-opened",
        "operator",
        "/staff/inbox/case/{taken}",
        (("details.unmask summary", ""), ("#reason", "Проверить заявление"), ("details.unmask button", "")),
    ),
    Page("person-wrong", "operator", "/staff/person", (("#who", "12"), (".asking button", ""))),
    Page("person-hidden", "operator", "/staff/person", _FIND),
    Page("person-opened", "operator", "/staff/person", (*_FIND, (".reasons button", ""))),
    Page("person-several", "operator", "/staff/person", (("#who", "+77010000101"), (".asking button", ""))),
    Page("person-nobody", "operator", "/staff/person", (("#who", "+77019998877"), (".asking button", ""))),
    Page("people-found", "broadcaster", "/staff/broadcasts/{done}/people", _FOUND),
    Page("person-auditor", "auditor", "/staff/person", _FIND),
    Page("journal-person", "auditor", "/staff/journal", (("#who", OWNER), ("form.card .strong", ""))),
    Page("account-wrong", "administrator", "/staff/accounts/new", _SHORT),
    Page("account-password", "administrator", "/staff/accounts/d.serik", (("[action$='/password'] button", ""),)),
    Page("key-made", "administrator", "/staff/keys/new", (("#name", "trial"), ("form.card .strong", ""))),
)


def _read() -> list[Page]:
    rows = [line.split() for line in _OPENED.strip().splitlines()]
    return [Page(row[0], row[1] if len(row) == 3 else "", row[-1]) for row in rows]


PAGES = (*_read(), *_REACHED)

NO_PAGES = (
    "/staff",
    "/staff/",
    "/staff/login/code",
    "/staff/inbox/stream",
    "/staff/inbox/case/{name}/lines",
    "/staff/broadcasts/{name}/stream",
    "/staff/broadcasts/{name}/people.{format}",
    "/staff/broadcasts/{name}/faults.{format}",
    "/staff/broadcasts/example.{format}",
    "/staff/figures/{name}.csv",
    "/staff/audit/table.csv",
)
"""They lead elsewhere, stream, or are files."""
