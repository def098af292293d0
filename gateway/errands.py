"""What a turn has left to be done: it waits in a stream like a letter, and is tried until it is done.

    {s07}:errands    stream, entries as in the outbox; the address says what for and for whom: `code:sms:+7701…`

kind     errand        when it is done
code     SendCode      the code is on its way to a phone of the person with that IIN, or there is none, or it is late
back     WriteBack     E-Sobes answers again, and what the person asked about was told
"""

from datetime import datetime

import msgspec

from dialogs.errands import Errand, SendCode
from gateway.channels import Inbound, Letter

STREAM = "errands"

_encode = msgspec.json.Encoder().encode


def errand_letter(errand: Errand, inbound: Inbound, now: datetime) -> Letter:
    kind = "code" if isinstance(errand, SendCode) else "back"
    return Letter(f"{kind}:{inbound.id}", f"{kind}:{inbound.address}", _encode(errand).decode(), now.timestamp())
