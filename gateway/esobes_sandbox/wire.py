"""The way from the built-in E-Sobes to the assistant: the same HTTP as the real one's."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

import msgspec

from gateway.authorities import authorities
from gateway.esobes_sandbox.district import Resident

PATIENCE = 30.0
"""Seconds for the assistant to answer an event."""


class Wire:
    def __init__(self, url: str, token: str) -> None:
        """`url`: where the assistant listens."""
        import httpx  # half of the program's start

        self._broken = httpx.HTTPError
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=PATIENCE, verify=authorities(), trust_env=False
        )

    async def send(self, event: Mapping[str, object]) -> int:
        """What it was answered; 0: the assistant could not be reached. The same event may be sent again."""
        try:
            answer = await self._client.post("/esobes/events", content=msgspec.json.encode(event))
        except self._broken:
            return 0
        return answer.status_code

    async def aclose(self) -> None:
        await self._client.aclose()


def event(
    kind: str, resident: Resident, phones: tuple[str, ...], at: datetime, own: Mapping[str, object]
) -> dict[str, Any]:
    """As the contract writes it, with an id of its own."""
    told: dict[str, Any] = {
        "id": f"ev-{token_hex(6)}",
        "type": kind,
        "at": at,
        "person": {
            "iin": resident.iin,
            "name": resident.name,
            "birth_date": resident.birth_date,
            "language": resident.language,
            "phones": phones,
        },
        **own,
    }
    if resident.specialist is not None:
        told["specialist"] = resident.specialist
    if resident.case is not None:
        told["case_number"] = resident.case
    return told
