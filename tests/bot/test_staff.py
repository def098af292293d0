"""Accounts from the terminal, and what the program says about signing in when it starts."""

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest

from bot import __main__ as command
from tests.bot.bot_api import TOKEN, BotApi
from tests.bot.running import HOME, Running, clean_environment, refused

GOOD = "синий трамвай на горе"


class Terminal:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str, piped: str = "") -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["bot", "staff", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(piped))
        code = command.main()
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], redis_url: str, redis: object
) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KELISIM_REDIS_URL", redis_url)
    return Terminal(monkeypatch, capsys)


def table(terminal: Terminal) -> list[list[str]]:
    code, out, _ = terminal.run("list")
    assert code == 0
    return [line.split() for line in out.splitlines()]


def test_an_account_is_made_listed_ended_and_given_a_new_password(terminal: Terminal) -> None:
    code, out, _ = terminal.run("add", "aigul", "--role", "administrator", piped=f"{GOOD}\n")
    assert (code, out) == (0, "aigul may sign in at /staff\n")
    code, out, _ = terminal.run("add", "bolat", "--role", "operator", "--role", "auditor", "--generate")
    assert out.splitlines()[1].startswith("password, shown this once, to be changed at the first sign-in: ")
    assert table(terminal)[1:] == [
        ["aigul", "aigul", "administrator", "-"],
        ["bolat", "bolat", "auditor,", "operator", "-"],
    ]
    assert terminal.run("end", "bolat")[0] == 0
    assert table(terminal)[2][-1] == "ended"
    assert terminal.run("reset", "bolat", "--generate")[0] == 0
    assert table(terminal)[2][-1] == "-"


@pytest.mark.parametrize(
    ("arguments", "piped", "said"),
    [
        (("add", "Ayg ul", "--role", "operator"), GOOD, "is no login"),
        (("add", "terminal", "--role", "operator"), GOOD, "is no login"),
        (("add", "aigul", "--role", "operator"), GOOD, "aigul has an account already"),
        (("add", "bolat", "--role", "operator"), "", "no password was given; --generate makes one up"),
        (("add", "bolat", "--role", "operator"), "short one", "a good password has at least 12 characters"),
        (("add", "bolat", "--role", "operator"), "qwerty123456", "this password is easily guessed"),
        (("add", "bolat", "--role", "operator", "--phone", "112"), GOOD, "no mobile number of Kazakhstan"),
        (("end", "aigul"), "", "aigul is the last administrator"),
        (("end", "bolat"), "", "bolat has no account"),
        (("reset", "bolat"), GOOD, "bolat has no account"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    terminal: Terminal, arguments: tuple[str, ...], piped: str, said: str
) -> None:
    terminal.run("add", "aigul", "--role", "administrator", piped=GOOD)
    code, out, err = terminal.run(*arguments, piped=piped)
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


def test_an_empty_list_says_how_to_begin(terminal: Terminal) -> None:
    assert "python -m bot staff add" in terminal.run("list")[1]


async def test_the_first_account_can_be_made_before_the_first_start(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "staff", "add", "aigul", "--role", "administrator"),
        cwd=HOME,
        env=clean_environment() | {"KELISIM_DATA_DIR": str(tmp_path / "var")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(f"{GOOD}{os.linesep}".encode())
    assert (process.returncode, out.decode(), err) == (0, "aigul may sign in at /staff\n", b"")


async def test_the_sandbox_prints_a_demo_login_that_works_and_stays_the_same(tmp_path: Path) -> None:
    lines = []
    for _ in range(2):
        async with Running(tmp_path) as program:
            assert program.process.stdout is not None
            lines.append((await program.process.stdout.readline()).decode())
            assert lines[-1].startswith(f"Staff: {program.url}/staff, login operator, ")
            form = {"login": "administrator", "password": lines[-1].split()[-1]}
            answer = await program.http.post("/staff/login", data=form, headers={"Origin": program.url})
            assert answer.status_code == 303
            assert (await program.http.get("/staff/me")).status_code == 200
    assert lines[0].split()[-1] == lines[1].split()[-1]


async def test_demo_accounts_and_real_channels_do_not_go_together(tmp_path: Path, api: BotApi) -> None:
    async with Running(tmp_path):
        pass
    real = {"KELISIM_TELEGRAM_TOKEN": TOKEN, "KELISIM_TELEGRAM_API": api.url}
    sandbox = {**real, "KELISIM_SANDBOX": "1", "KELISIM_SANDBOX_WITH_REAL_CHANNELS": "1"}
    assert "demo accounts of a sandbox" in await refused(tmp_path, **sandbox)


async def test_outside_the_sandbox_there_are_none_and_the_start_says_how_to_make_the_first(tmp_path: Path) -> None:
    async with Running(tmp_path, KELISIM_SANDBOX="0") as program:
        assert program.process.stdout is not None
        said = (await program.process.stdout.readline()).decode()
    assert said.startswith("Staff: nobody has an account yet")
    assert "python -m bot staff add LOGIN --name NAME --role administrator" in said
