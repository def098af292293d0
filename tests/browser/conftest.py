"""The whole program as people start it, and Debian's Chromium before it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
MANY = 12_000
"""Recipients for whom the program needs a while; with more, a second person approves."""
TOKEN = "a-token-of-both"
"""Of the built-in E-Sobes: what the assistant does not tell it in time, a test tells it."""
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Program:
    """`python -m bot run` with a data folder of its own. It can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.folder = folder
        self.password = ""
        """Of the staff's demo accounts."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KELISIM_")}
        settings = {
            "KELISIM_HTTP_PORT": str(self._port),
            "KELISIM_DATA_DIR": str(self.folder),
            "KELISIM_SANDBOX": "1",
            "KELISIM_ESOBES_TOKEN": TOKEN,
            "KELISIM_APPROVE_ABOVE": str(MANY),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=kept | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert b"is ready" in self._process.stdout.readline(), "the program ended at once"
        self.password = self._process.stdout.readline().decode().split()[-1]

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=PATIENCE)
            assert self._process.returncode == 0
            self._process = None


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    running = Program(tmp_path_factory.mktemp("var"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options, Service("/usr/bin/chromedriver"))
    yield chrome
    chrome.quit()
