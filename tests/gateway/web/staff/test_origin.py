"""Where requests come from, and where they are sent on to."""

import pytest
from starlette.requests import Request

from gateway.web.staff.origin import Origin, came_from, inside


def request(peer: str = "192.0.2.1", **headers: str) -> Request:
    named = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "kelisim", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/staff", "headers": named, "client": (peer, 4242)})


@pytest.mark.parametrize("path", ["/staff", "/staff/inbox", "/staff/inbox?case=7&x=%2F", "/staff?lang=kk"])
def test_pages_of_the_console_are_led_to(path: str) -> None:
    assert inside(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "https://evil.example/staff",
        "/staff//evil.example",
        "/staff/..//evil.example",
        "/staff/\\evil.example",
        "/\\evil.example",
        "/staffx",
        "/staff@evil.example",
        "/staff\n/x",
        "/staff/x\r\nSet-Cookie: a=b",
        "/sandbox",
        "javascript:alert(1)",
        " /staff",
        "/staff/қ",
        "/staff/" + "x" * 1000,
    ],
)
def test_nothing_else_is(path: str) -> None:
    assert inside(path) == "/staff"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"origin": "http://kelisim"}, True),
        ({"origin": "http://kelisim", "sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"origin": "https://staff.example.kz"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "https://kelisim"}, False),
        ({"origin": "http://kelisim.evil.example"}, False),
        ({"origin": "http://kelisim", "sec_fetch_site": "same-site"}, False),
        ({"origin": "http://kelisim", "sec_fetch_site": "none"}, False),
    ],
)
def test_a_form_is_ours_if_every_header_says_so(headers: dict[str, str], ours: bool) -> None:
    origin = Origin("https://Staff.example.kz/kelisim/", secure=False)
    assert origin.is_ours(request(**headers)) is ours


def test_behind_tls_the_page_has_to_be_behind_it_too() -> None:
    origin = Origin("", secure=True)
    assert origin.is_ours(request(origin="https://kelisim"))
    assert not origin.is_ours(request(origin="http://kelisim"))


@pytest.mark.parametrize(
    ("proxies", "peer", "said", "address"),
    [
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "127.0.0.1", "10.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "198.51.100.4, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, "127.0.0.1", "{staff}:accounts", "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_the_address_is_what_nobody_can_make_up(proxies: int, peer: str, said: str, address: str) -> None:
    assert Origin("", secure=False, proxies=proxies).address(request(peer, x_forwarded_for=said)) == address


def test_the_page_that_a_form_stood_on_is_ours_or_none() -> None:
    assert came_from(request(referer="https://kelisim/staff/inbox?x=1")) == "/staff/inbox?x=1"
    assert came_from(request(referer="https://evil.example//evil")) == "/staff"
    assert came_from(request()) == "/staff"
