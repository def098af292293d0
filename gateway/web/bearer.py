"""The token that E-Sobes and the assistant show each other, looked at before anything that was sent is read."""

from typing import Annotated

from fastapi import HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gateway.web.raw import same_secret

_SCHEME = HTTPBearer(auto_error=False, scheme_name="esobes", description="KELISIM_ESOBES_TOKEN, in both directions")


class Bearer:
    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def __call__(self, given: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]) -> None:
        # Header bytes come as Latin-1: that way back they are what was sent.
        if given is None or not same_secret(given.credentials.encode("latin-1"), self._token):
            raise HTTPException(401, "The token is not ours.", {"WWW-Authenticate": "Bearer"})
