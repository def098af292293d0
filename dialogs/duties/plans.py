"""Of which sentences each letter about a duty is made, by the ids of their words.

The first sentence says what it is about and by when; the others follow in the order in which they are read. Which of
them an SMS leaves out where room is short stands here as well.
"""

ONLY_CHAT = frozenset(
    {
        "bring",
        "cancel.over",
        "home",
        "keeps",
        "once",
        "queue",
        "sign.at",
        "sign.paper",
        "sign.who",
        "sign.who.child",
        "again.until",
    }
)
ONLY_SMS = frozenset({"last", "month_passed", "more", "spare", "take", "take.child"})
RANKS = {
    "last": 1,
    "no_place": 1,
    "blocking": 1,
    "signed_yet": 1,
    "no_more": 1,
    "no_show": 1,
    "spare": 1,
    "answer": 1,
    "month_passed": 1,
    "conflict.why": 1,
    "start": 2,
    "no_internet": 2,
    "more": 3,
    "leave": 4,
    "where.told": 4,
    "ask": 5,
}
"""What an SMS leaves out first where room is short; what stands nowhere here is never left out."""
ANSWERED = frozenset({"invited", "soon", "soon.come"})
"""First sentences that end in the numbers to answer with, so that these come in the first part of an SMS."""
ENDS_IN_BUTTONS = frozenset({"invited", "soon", "eve", "moved"})

ARRIVING = ("where", "bring", "otherwise", "once", "more", "ask")
SIGNING = ("sign.at", "sign.who", "otherwise.lost", "ask")
PLANS: dict[str, tuple[str, ...]] = {
    "invited": ("invited", "last", *ARRIVING),
    "soon": ("soon", "last", "pending", *ARRIVING),
    "soon.come": ("soon.come", "last", "pending", *ARRIVING),
    "moved": ("moved", "no_more", "where", "bring", "otherwise", "more", "ask"),
    "invited_late": ("invited_late", "ask_place", "where"),
    "passed_on": ("passed_on", "passed_on.next", "where.told"),
    "cancelled": ("cancelled", "cancelled.next", "where.told"),
    "sign": ("sign", "sign.at", "sign.who", "sign.paper", "otherwise.sign", "ask"),
    "sign_soon": ("sign_soon", *SIGNING),
    "sign_last": ("sign_last", *SIGNING),
    "unsigned": ("unsigned", "otherwise", "where", "signed_yet", "ask"),
    "unsigned_lapsed": ("unsigned_lapsed", "ask_place", "signed_yet", "where"),
    "sign_late": ("sign_late", "ask_place", "where"),
    "conflict": ("not_moved", "conflict.why", "keeps", "conflict.next", "where.told"),
    "not_taken": ("not_moved", "not_taken.next", "keeps", "where.told", "ask"),
    "not_moved.over": ("not_moved.over", "ask_place", "where"),
    # At home nobody arrives anywhere; a place of shelter is named nowhere.
    "invited.home": ("invited.home", "where", "home", "spare", "ask"),
    "soon.home": ("soon.home", "where", "home", "spare", "ask"),
    "moved.home": ("moved.home", "where", "home", "ask"),
    "cancelled.home": ("cancelled.home", "cancelled.next", "where.told"),
    "hidden": ("hidden", "hidden.where"),
    "hidden.news": ("hidden.news",),
    "choose": ("choose", "blocking", "no_internet", "ask"),
    "choose.days": ("choose", "queue", "no_internet", "ask"),
    "choose.unknown": ("choose.unknown", "no_internet"),
    "choose_late": ("choose_late", "choose_late.next"),
    "month_over": ("month_over", "month_passed", "blocking", "no_internet", "ask"),
    "choose_soon": ("choose_soon", "queue", "no_internet", "ask"),
    "blocked": ("blocked", "blocked.next", "ask"),
    "chosen": ("chosen", "answer", "ask"),
    "chosen.days": ("chosen", "start", "arriving", "no_place"),
    "choice_cancelled": ("choice_cancelled", "choice_cancelled.next"),
    "accepted.bed": ("accepted.bed", "leave", "cancel", "bring", "where.told", "more"),
    "accepted.bed.undated": ("accepted.bed.undated", "where.told", "ask"),
    "accepted": ("accepted", "day", "when", "where", "ask"),
    "refused": ("refused", "reason", "again", "again.until", "ask"),
    "refused.after": ("refused.after", "reason", "again", "again.until", "ask"),
    "cancel_soon": ("cancel_soon", "no_show", "more"),
    "arrive_soon.bed": ("arrive_soon.bed", "bring", "take", "where.told", "more"),
    "arrive_soon": ("arrive_soon", "where", "when", "ask"),
}
