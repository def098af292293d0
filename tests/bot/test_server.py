"""Where the HTTP side listens."""

import pytest

from bot.errors import StartError
from bot.server import listen


@pytest.mark.parametrize("host", ["ү" * 80, "no such host", "203.0.113.1"])
def test_a_place_where_nobody_can_listen_is_told(host: str) -> None:
    with pytest.raises(StartError, match=f"^KELISIM_HTTP_HOST: .*{host}"):
        listen(host, 0)
