"""Where a request comes from, and where it may be sent on to."""

import ipaddress
import re

from starlette.requests import Request

HOME = "/staff"
LOGIN = "/staff/login"
_INSIDE = re.compile(r"/staff(?:[/?][!-~]*)?", re.ASCII)
_FORWARDED = "x-forwarded-for"


def inside(path: str) -> str:
    """The path, if it leads to a page of the console; its beginning otherwise. Nobody is ever sent elsewhere."""
    if not _INSIDE.fullmatch(path) or "\\" in path or "//" in path or ".." in path or len(path) > 1000:
        return HOME
    return path


class Origin:
    def __init__(self, public: str, *, secure: bool, proxies: int = 0) -> None:
        """`public`: where browsers find us, if a proxy stands before us. `proxies`: how many of them to believe."""
        self._public = "/".join(public.split("/")[:3]).lower()
        self._secure = secure
        self._proxies = proxies

    def is_ours(self, request: Request) -> bool:
        """A page of ours has sent this. Every browser says so on its own for what changes something, in one header
        or the other; whatever says nothing is refused."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is None and origin is None:
            return False
        return site in (None, "same-origin") and (origin is None or self._is_ours(origin.lower(), request))

    def _is_ours(self, origin: str, request: Request) -> bool:
        host = request.headers.get("host", "").lower()
        return origin in (f"{'https' if self._secure else 'http'}://{host}", self._public or None)

    def address(self, request: Request) -> str:
        """Of whoever asks. Everybody can write a header: only what our own proxies have put behind it counts. Of an
        IPv6 address the network: a single household has more addresses than there are people."""
        peer = request.client.host if request.client else ""
        if self._proxies:
            said = [part.strip() for line in request.headers.getlist(_FORWARDED) for part in line.split(",")]
            peer = said[-self._proxies] if len(said) >= self._proxies else peer
        try:
            found = ipaddress.ip_address(peer)
        except ValueError:
            return "unknown"
        if isinstance(found, ipaddress.IPv6Address):
            if found.ipv4_mapped is not None:
                return str(found.ipv4_mapped)
            return str(ipaddress.ip_network((found, 64), strict=False))
        return str(found)


def came_from(request: Request) -> str:
    """The page of ours on which a form was sent off."""
    said = request.headers.get("referer", "")
    path = re.sub(r"^https?://[^/]*", "", said, count=1)
    return inside(path)
