"""The SMS journal of the sandbox, where all people are made up: everybody may see all of it."""

from datetime import date
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from dialogs.language import Language
from dialogs.words import Words
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.journal.export import Format, export
from gateway.journal.form import Asked
from gateway.journal.journal import JournalError, NothingError, Period
from gateway.staff.roles import Role

MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


class SandboxJournal:
    def __init__(self, redis: Batched, words: Words, clock: Clock) -> None:
        self._redis = redis
        self._words = words
        self._clock = clock

    def router(self) -> APIRouter:
        routes = APIRouter(prefix="/sandbox", include_in_schema=False)

        @routes.get("/journal.{format}")
        async def journal(
            format: Format,
            *,
            first: Annotated[date | None, Query(alias="from")] = None,
            last: Annotated[date | None, Query(alias="to")] = None,
            service: str | None = None,
            extended: bool = False,
            lang: Language = Language.KK,
        ) -> Response:
            """Of this month, unless another period is asked for."""
            month = Period.month(self._clock.now().date())
            file = BytesIO()
            try:
                period = Period(first or month.first, last or month.last)
                asked = Asked(period, service, extended, lang, Role.AUDITOR)
                await export(file, format, asked, self._redis, self._words)
            except JournalError as error:
                raise HTTPException(404 if isinstance(error, NothingError) else 422, str(error)) from None
            name = f"journal-{period.first}-{period.last}.{format}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(file.getvalue(), media_type=MEDIA_TYPES[format], headers=headers)

        return routes
