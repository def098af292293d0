"""Nothing that belongs to a person gets into the log, whichever way it comes."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from dialogs.messages import Text

PRIVATE = ("7011234567", "900101300123", "кресло-арба керек", "s3cret-word", "AbCdEfGhIjKlMnOpQrStUv")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def started() -> structlog.typing.FilteringBoundLogger:
    logs.start("debug").hide("s3cret-word", "")
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return log


def written(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr().err
    assert found
    for secret in PRIVATE:
        assert secret not in found
    return found


@pytest.mark.parametrize(
    "slip",
    [
        "from +77011234567",
        "from=%2B77011234567&x",
        "8 701 123-45-67",
        "+7 (701) 123 45 67",
        "iin 900101300123",
        "9001 0130 0123",
        "GET /sms/kannel/s3cret-word/mo",
        "https://api.telegram.org/bot4242424:AbCdEfGhIjKlMnOpQrStUv/getMe",
    ],
)
def test_long_numbers_and_secrets_are_blotted_out(slip: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = started()
    log.info(slip, key=slip)
    logging.getLogger("httpx").warning("%s", slip)
    assert written(capsys).count(logs.HIDDEN) >= 3


def test_what_was_said_is_not_shown_under_any_name(capsys: pytest.CaptureFixture[str]) -> None:
    log = started()
    log.info("came", text="кресло-арба керек", inbound=Text("кресло-арба керек"), words=["кресло-арба керек"], n=3)
    found = written(capsys)
    assert "inbound=Text" in found
    assert "n=3" in found


def test_of_an_exception_the_kind_and_the_place_are_shown_and_not_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = started()
    try:
        dict[str, str]()["кресло-арба керек"]
    except KeyError:
        log.exception("failed")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    found = written(capsys)
    assert found.count("error=KeyError") == 2
    assert found.count("test_logs.py:") == 2
    assert len(found.splitlines()) == 2


def test_errors_of_the_system_are_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    log = started()
    log.warning("failed", exc_info=FileNotFoundError(2, "No such file or directory", "/srv/x"))
    assert "No such file or directory: '/srv/x'" in written(capsys)


async def test_a_task_that_fails_unseen_is_told_of_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    started()
    asyncio.get_running_loop().set_exception_handler(logs.unhandled)
    error = ValueError("кресло-арба керек")
    asyncio.get_running_loop().call_exception_handler({"message": repr(error), "exception": error})
    assert "error=ValueError" in written(capsys)


def test_libraries_are_heard_only_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    started()
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("gateway.outbox.outbox").debug("shown")
    assert written(capsys).count("\n") == 1


def test_times_and_small_numbers_stay_readable(capsys: pytest.CaptureFixture[str]) -> None:
    log = started()
    log.info("at 2026-11-21 16:30:45", letter="tg:812345678:0", seconds=1790000000)
    assert 'event="at 2026-11-21 16:30:45" letter=tg:812345678:0 seconds=1790000000' in written(capsys)
