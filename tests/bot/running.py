"""The whole program as its own process, as somebody would start it."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Self

import httpx

HOME = Path(__file__).parents[2]


class Running:
    """`async with Running(folder, KELISIM_LOG="debug") as program: …`: from «ready» to Ctrl-C."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self._log = folder / "stderr.log"
        self._variables = {"KELISIM_DATA_DIR": str(folder / "var"), "KELISIM_HTTP_PORT": "0", **variables}
        self.out = ""
        self.url = ""

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "run"),
                cwd=HOME,
                env=clean_environment() | self._variables,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            self.out = (await self.process.stdout.readline()).decode()
        assert "http://" in self.out, self.err
        self.url = self.out.split()[-1].removesuffix("/sandbox")
        self.http = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=60)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            assert await self.ended() == 0, self.err

    async def ended(self) -> int:
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            self.out += (await self.process.stdout.read()).decode()
            return await self.process.wait()

    @property
    def err(self) -> str:
        """Of all runs in this folder."""
        return self._log.read_text("utf-8")

    async def sms(self, phone: str, text: str) -> None:
        (await self.http.post("/sandbox/sms", json={"from": phone, "text": text})).raise_for_status()

    async def screen(self, phone: str) -> list[dict[str, str]]:
        messages: list[dict[str, str]] = (await self.http.get(f"/sandbox/sms/{phone}")).json()["messages"]
        return messages

    async def figures(self) -> str:
        return (await self.http.get("/metrics")).text


async def refused(folder: Path, **variables: str) -> str:
    """What a start says that cannot succeed: one line on stderr, nothing on stdout, exit code 2."""
    table = {"KELISIM_DATA_DIR": str(folder / "var"), "KELISIM_HTTP_PORT": "0", **variables}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        cwd=HOME,
        env=clean_environment() | table,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    said = err.decode()
    assert process.returncode == 2, said
    assert out == b""
    assert said.count("\n") == 1, said
    assert said.startswith("kelisim: ")
    return said.removeprefix("kelisim: ").strip()


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KELISIM_")}
