"""What a browser keeps for us. No script can read it, and no other site's page brings it along."""

from starlette.requests import Request
from starlette.responses import Response

SESSION = "kelisim"
HALF = "kelisim-half"
NOTICE = "kelisim-notice"
LANGUAGE = "kelisim-language"
YEAR = 365 * 24 * 3600


class Cookies:
    def __init__(self, *, secure: bool) -> None:
        """`secure`: by https only, and set by nobody but this very host. Without it for a sandbox on one's own
        machine, where there is no https."""
        self.secure = secure
        self._prefix = "__Host-" if secure else ""

    def read(self, request: Request, name: str) -> str:
        return request.cookies.get(self._prefix + name, "")

    def put(self, response: Response, name: str, value: str, lasts: int | None = None) -> None:
        response.set_cookie(
            self._prefix + name, value, max_age=lasts, path="/", secure=self.secure, httponly=True, samesite="strict"
        )

    def drop(self, response: Response, name: str) -> None:
        response.delete_cookie(self._prefix + name, path="/", secure=self.secure, httponly=True, samesite="strict")
