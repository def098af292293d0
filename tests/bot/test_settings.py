"""The table of settings."""

from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from bot import settings
from bot.errors import StartError

TOKEN = "4242:AbCdEfGhIjKlMnOpQrStUvWxYz"
KANNEL = {
    "SMS_ROUTES": "kannel",
    "KANNEL_URL": "http://kannel:13013/",
    "KANNEL_USERNAME": "u",
    "KANNEL_PASSWORD": "hidden-word",
    "KANNEL_FROM": "1414",
}

SMSC = {"SMS_ROUTES": "smsc", "SMSC_LOGIN": "u", "SMSC_PASSWORD": "hidden-word", "SMSC_SECRET": "hidden-sign"}
MOBIZON = {"SMS_ROUTES": "mobizon", "MOBIZON_APIKEY": "hidden-key", "MOBIZON_SECRET": "hidden-sign"}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, **variables: str) -> settings.Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"KELISIM_{name}", value)
    return settings.load()


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(StartError) as error:
        loaded(monkeypatch, **variables)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_without_any_variable_it_is_a_simulator_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch)
    assert (table.http_host, table.http_port, table.data_dir) == ("127.0.0.1", 8080, Path("var"))
    assert table.sandbox
    assert not table.telegram
    assert table.sms_routes == ()


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch, HTTP_PORT="", SANDBOX="", TELEGRAM_TOKEN="", LOG="")
    assert (table.http_port, table.sandbox, table.log) == (8080, True, "info")


def test_the_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("KELISIM_HTTP_PORT=9001\nKELISIM_LOG=DEBUG\nOTHER=1\n", "utf-8")
    table = loaded(monkeypatch, HTTP_PORT="9002")
    assert (table.http_port, table.log) == (9002, "debug")


def test_everything_on_the_fixed_list_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(
        monkeypatch,
        **KANNEL,
        HTTP_HOST="0.0.0.0",
        REDIS_URL="redis://redis:6379/0",
        DATA_DIR="/srv/kelisim",
        TELEGRAM_TOKEN=TOKEN,
        TELEGRAM_API="http://localhost:8081/",
        TELEGRAM_WEBHOOK="https://bot.example.kz",
        TELEGRAM_SECRET="sixteen-letters_1",
        ESOBES_URL="https://esobes.example.kz",
        ESOBES_TOKEN="token",
        SMS_SECRET="another-secret",
        SANDBOX="0",
        TELEGRAM_CONSENT="0",
        QUIET_HOURS="22:30-08:00",
        REFUSAL_HOLD="30",
        REMINDER="11:30",
    )
    assert table.sms_routes == ("kannel",)
    assert table.kannel_url == "http://kannel:13013"
    assert table.telegram_api == "http://localhost:8081"
    assert not table.sandbox
    for secret in (TOKEN, "hidden-word", "sixteen-letters_1", "another-secret", "redis:6379"):
        assert secret not in repr(table)


def test_other_providers_are_where_they_are_and_only_their_secrets_are_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = loaded(monkeypatch, **SMSC, SMSC_SENDER="ESOBES", SMSC_PRICE="18.50")
    assert (table.smsc_url, table.smsc_sender, str(table.smsc_price)) == ("https://smsc.kz", "ESOBES", "18.50")
    assert not table.sandbox
    table = loaded(monkeypatch, **MOBIZON, MOBIZON_URL="http://localhost:8090/")
    assert (table.mobizon_url, table.mobizon_sender, table.mobizon_price) == ("http://localhost:8090", "", Decimal(0))
    assert "hidden" not in repr(table)


def test_smsc_is_content_with_a_key_in_the_place_of_login_and_password(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch, SMS_ROUTES="smsc", SMSC_APIKEY="hidden-key", SMSC_SECRET="hidden-sign")
    assert (table.smsc_login, table.smsc_apikey.get_secret_value()) == ("", "hidden-key")


@pytest.mark.parametrize("missing", ["SMSC_LOGIN", "SMSC_PASSWORD", "SMSC_SECRET"])
def test_half_an_account_of_smsc_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    said = refusal(monkeypatch, **{name: value for name, value in SMSC.items() if name != missing})
    assert said == f"KELISIM_{missing}: not set, but KELISIM_SMS_ROUTES names smsc"


def test_reports_of_mobizon_have_to_be_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, SMS_ROUTES="mobizon", MOBIZON_APIKEY="hidden-key")
    assert said == "KELISIM_MOBIZON_SECRET: not set, but KELISIM_SMS_ROUTES names mobizon"


def test_staff_are_signed_out_send_files_and_come_through_proxies_as_it_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = loaded(monkeypatch)
    assert (table.staff_idle, table.trusted_proxy, table.upload_limit) == (60, 0, 300)
    table = loaded(monkeypatch, STAFF_IDLE="15", TRUSTED_PROXY="1", UPLOAD_LIMIT="50")
    assert (table.staff_idle, table.trusted_proxy, table.upload_limit) == (15, 1, 50)
    assert refusal(monkeypatch, STAFF_IDLE="4").startswith("KELISIM_STAFF_IDLE: Input should be greater than or")


def test_an_sms_follows_what_a_chat_does_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch)
    assert (table.statutory_sms, table.sms_after) == (True, 120)
    table = loaded(monkeypatch, STATUTORY_SMS="0", SMS_AFTER="30")
    assert (table.statutory_sms, table.sms_after) == (False, 30)
    assert refusal(monkeypatch, SMS_AFTER="9").startswith("KELISIM_SMS_AFTER: Input should be greater than or equal")


def test_times_of_the_day_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch)
    assert table.quiet == (time(21), time(9))
    assert (table.reminder_at, table.refusal_hold) == (time(10), 15)
    table = loaded(monkeypatch, QUIET_HOURS="22:30-08:00", REMINDER="08:00", REFUSAL_HOLD="0")
    assert table.quiet == (time(22, 30), time(8))
    assert (table.reminder_at, table.refusal_hold) == (time(8), 0)


def test_the_reminder_and_the_quiet_hours_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch, REMINDER="OFF", QUIET_HOURS="00:00-00:00")
    assert table.reminder_at is None
    assert table.quiet is None
    assert loaded(monkeypatch, REMINDER="").reminder_at == time(10)


def test_how_long_before_an_arrival_somebody_is_reminded_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch)
    assert (table.arrival_workdays_before, table.arrival_days_before) == (3, 1)
    table = loaded(monkeypatch, ARRIVAL_WORKDAYS_BEFORE="5", ARRIVAL_DAYS_BEFORE="0")
    assert (table.arrival_workdays_before, table.arrival_days_before) == (5, 0)


def test_lists_are_kept_for_a_year_and_many_recipients_are_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (loaded(monkeypatch).lists_keep, loaded(monkeypatch).approve_above) == (365, 500)
    table = loaded(monkeypatch, LISTS_KEEP="0", APPROVE_ABOVE="20")
    assert (table.lists_keep, table.approve_above) == (0, 20)


def test_journals_are_kept_for_good_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch).journal_keep == 0
    assert loaded(monkeypatch, JOURNAL_KEEP="60").journal_keep == 60
    with pytest.raises(StartError, match="KELISIM_JOURNAL_KEEP"):
        loaded(monkeypatch, JOURNAL_KEEP="-1")


def test_which_route_is_for_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    table = loaded(monkeypatch, **KANNEL)
    assert (table.sms_broadcast_routes, table.sms_prefix_routes, table.kannel_price) == ((), {}, Decimal(0))
    assert (table.sms_unclear_wait, table.sms_broadcast_rate) == (5, 20)
    assert (table.sms_delivered_within, table.sms_delivered_share) == (300, 50)
    table = loaded(
        monkeypatch,
        SMS_BROADCAST_ROUTES="kannel",
        SMS_PREFIX_ROUTES=" +7701, +7702 = kannel ; +7705=kannel;",
        KANNEL_PRICE="12.50",
        SMS_DELIVERED_SHARE="0",
    )
    assert table.sms_broadcast_routes == ("kannel",)
    assert table.sms_prefix_routes == {"+7701": ("kannel",), "+7702": ("kannel",), "+7705": ("kannel",)}
    assert table.kannel_price == Decimal("12.5")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HTTP_PRT", "1", "KELISIM_HTTP_PRT: no such setting; did you mean KELISIM_HTTP_PORT?"),
        ("TELEGRAM_TOKN", TOKEN, "KELISIM_TELEGRAM_TOKN: no such setting; did you mean KELISIM_TELEGRAM_TOKEN?"),
        ("ZZZZ", "1", "KELISIM_ZZZZ: no such setting"),
        ("HTTP_PORT", "eighty", "KELISIM_HTTP_PORT: Input should be a valid integer"),
        ("HTTP_PORT", "70000", "KELISIM_HTTP_PORT: Input should be less than or equal to 65535"),
        ("ARRIVAL_DAYS_BEFORE", "-1", "KELISIM_ARRIVAL_DAYS_BEFORE: Input should be greater than or equal to 0"),
        (
            "ARRIVAL_WORKDAYS_BEFORE",
            "31",
            "KELISIM_ARRIVAL_WORKDAYS_BEFORE: Input should be less than or equal to 30",
        ),
        ("SANDBOX", "perhaps", "KELISIM_SANDBOX: Input should be a valid boolean"),
        ("INBOX", "perhaps", "KELISIM_INBOX: Input should be a valid boolean"),
        ("STAFF_CHAT", "@kelisim", "KELISIM_STAFF_CHAT: not the number of a chat in Telegram"),
        ("STAFF_CHAT", "-100123", "KELISIM_TELEGRAM_TOKEN: not set, but KELISIM_STAFF_CHAT is"),
        ("LOG", "loud", "KELISIM_LOG: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("SMS_ROUTES", "kannel, pigeon", "KELISIM_SMS_ROUTES: no SMS route is called «pigeon»"),
        ("SMS_BROADCAST_ROUTES", "kannel", "KELISIM_SMS_ROUTES: does not name kannel, which another setting prefers"),
        ("SMS_PREFIX_ROUTES", "+7701=kannel", "KELISIM_SMS_ROUTES: does not name kannel, which another setting"),
        ("SMS_PREFIX_ROUTES", "+7701=pigeon", "KELISIM_SMS_PREFIX_ROUTES: no SMS route is called «pigeon»"),
        ("SMS_PREFIX_ROUTES", "7701=kannel", "KELISIM_SMS_PREFIX_ROUTES: prefixes and routes are needed, like +7701"),
        ("SMS_PREFIX_ROUTES", "+7701", "KELISIM_SMS_PREFIX_ROUTES: prefixes and routes are needed, like +7701"),
        ("SMS_PREFIX_ROUTES", "+7701= ", "KELISIM_SMS_PREFIX_ROUTES: prefixes and routes are needed, like +7701"),
        ("KANNEL_PRICE", "12.505", "KELISIM_KANNEL_PRICE: Decimal input should have no more than 2 decimal places"),
        ("KANNEL_PRICE", "free", "KELISIM_KANNEL_PRICE: Input should be a valid decimal"),
        ("SMS_DELIVERED_SHARE", "101", "KELISIM_SMS_DELIVERED_SHARE: Input should be less than or equal to 100"),
        ("SMS_ROUTES", "kannel", "KELISIM_KANNEL_URL: not set, but KELISIM_SMS_ROUTES names kannel"),
        ("SMS_ROUTES", "smsc", "KELISIM_SMSC_LOGIN: not set, but KELISIM_SMS_ROUTES names smsc"),
        ("SMS_ROUTES", "mobizon", "KELISIM_MOBIZON_APIKEY: not set, but KELISIM_SMS_ROUTES names mobizon"),
        ("SMSC_URL", "smsc", "KELISIM_SMSC_URL: not a web address"),
        ("SMSC_SECRET", "short", "KELISIM_SMSC_SECRET: 8 to 256 Latin letters"),
        ("MOBIZON_URL", "mobizon", "KELISIM_MOBIZON_URL: not a web address"),
        ("MOBIZON_PRICE", "-1", "KELISIM_MOBIZON_PRICE: Input should be greater than or equal to 0"),
        ("KANNEL_URL", "kannel:13013", "KELISIM_KANNEL_URL: not a web address"),
        ("KANNEL_URL", "http://kannel:port", "KELISIM_KANNEL_URL: not a web address"),
        ("KANNEL_URL", "http://:13013", "KELISIM_KANNEL_URL: not a web address"),
        ("KANNEL_URL", "http://kannel/?a=b", "KELISIM_KANNEL_URL: not a web address"),
        ("TELEGRAM_API", "http://[", "KELISIM_TELEGRAM_API: not a web address"),
        ("PUBLIC_URL", "http://bot example.kz", "KELISIM_PUBLIC_URL: not a web address"),
        ("REDIS_URL", "localhost:6379", "KELISIM_REDIS_URL: not an address of Redis"),
        ("REDIS_URL", "redis://[localhost", "KELISIM_REDIS_URL: not an address of Redis"),
        ("QUIET_HOURS", "21-9", "KELISIM_QUIET_HOURS: two times of the day are needed"),
        ("QUIET_HOURS", "21:00-24:00", "KELISIM_QUIET_HOURS: two times of the day are needed"),
        ("REFUSAL_HOLD", "-1", "KELISIM_REFUSAL_HOLD: Input should be greater than or equal to 0"),
        ("REFUSAL_HOLD", "1441", "KELISIM_REFUSAL_HOLD: Input should be less than or equal to 1440"),
        ("REMINDER", "10", "KELISIM_REMINDER: a time of the day is needed, like 10:00, or «off»"),
        ("REMINDER", "25:00", "KELISIM_REMINDER: a time of the day is needed"),
        ("REMINDER", "22:00", "KELISIM_REMINDER: lies within KELISIM_QUIET_HOURS"),
        ("TELEGRAM_TOKEN", "secret but no token", "KELISIM_TELEGRAM_TOKEN: not a bot token"),
        ("SMS_SECRET", "a/b/c/d/e", "KELISIM_SMS_SECRET: 8 to 256 Latin letters"),
        ("ESOBES_URL", "https://esobes.kz", "KELISIM_ESOBES_TOKEN: not set, but KELISIM_ESOBES_URL is"),
        ("ESOBES_TOKEN", "two words", "KELISIM_ESOBES_TOKEN: only letters, digits and signs of ASCII"),
        ("ESOBES_TOKEN", "кілт", "KELISIM_ESOBES_TOKEN: only letters, digits and signs of ASCII"),
        ("TELEGRAM_SECRET", "short", "KELISIM_TELEGRAM_SECRET: 8 to 256 Latin letters"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    found = refusal(monkeypatch, **{variable: value})
    assert found.startswith(said)
    if "SECRET" in variable or "TOKEN" in variable:
        assert value not in found


def test_an_unknown_name_in_the_file_is_refused_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("KELISIM_SANDBX=1\n", "utf-8")
    assert "KELISIM_SANDBOX?" in refusal(monkeypatch)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"KELISIM_LOG='debug", ".env: line 2 does not look like NAME=value"),
        (b"KELISIM_LOG", ".env: line 2 does not look like NAME=value"),
        (b"=debug", ".env: line 2 does not look like NAME=value"),
        ("# ж".encode("cp1251"), ".env: not in UTF-8"),
    ],
)
def test_a_line_in_the_file_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, line: bytes, said: str
) -> None:
    Path(".env").write_bytes(b"KELISIM_HTTP_PORT=9001\n" + line + b"\n")
    assert refusal(monkeypatch) == said
    assert not caplog.records


def test_the_simulator_does_not_go_together_with_a_real_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "KELISIM_SANDBOX_WITH_REAL_CHANNELS=1" in refusal(monkeypatch, SANDBOX="1", TELEGRAM_TOKEN=TOKEN)
    assert loaded(monkeypatch, SANDBOX_WITH_REAL_CHANNELS="1").sandbox


def test_people_can_write_to_specialists_in_the_sandbox_and_wherever_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert loaded(monkeypatch).inbox
    assert not loaded(monkeypatch, INBOX="0").inbox
    assert not loaded(monkeypatch, INBOX="", **KANNEL).inbox
    assert loaded(monkeypatch, INBOX="1").inbox
    table = loaded(monkeypatch, TELEGRAM_TOKEN=TOKEN, STAFF_CHAT="-1001234567890")
    assert table.staff_chat == "-1001234567890"


def test_the_simulator_is_off_once_a_real_channel_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not loaded(monkeypatch, TELEGRAM_TOKEN=TOKEN).sandbox


def test_whoever_can_answer_by_sms_only_is_asked_by_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(monkeypatch, STATUTORY_SMS="0", TELEGRAM_CONSENT="0")
    assert told.startswith("KELISIM_STATUTORY_SMS: 0 does not go together with KELISIM_TELEGRAM_CONSENT=0")
    assert not loaded(monkeypatch, STATUTORY_SMS="1").telegram_consent


def test_the_simulators_clock_goes_together_with_a_gateway_for_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not loaded(monkeypatch, **KANNEL).sandbox
    assert loaded(monkeypatch, SANDBOX="1").sandbox
