"""The real Kannel of Debian's package, with the configuration that we hand out: hosts, ports, passwords and folders
are replaced."""

import asyncio
import re
import signal
import socket
from asyncio import subprocess
from pathlib import Path
from typing import Self

CONFIGURATION = Path(__file__).parents[2] / "docs" / "kannel" / "kannel.conf"
USERNAME, PASSWORD = "kelisim", "sendsms-password"
_BOXES = {"bearerbox": 40.0, "smsbox": 5.0}
"""Box → seconds in which it ends when it is told to; bearerbox takes ten."""
_PATIENCE = 60.0
_SETTLES = 3.0


class Kannel:
    def __init__(self, folder: Path, operator: int, kelisim: str, secret: str, **lines: str) -> None:
        """`operator`: the port of its SMS centre. `kelisim`: where the assistant's door is. `lines`: values in place
        of those in the file, `http_queue_delay="1"`."""
        self.folder = folder
        self._admin, self._boxes, self._sendsms = free_ports(3)
        self.url = f"http://127.0.0.1:{self._sendsms}"
        self._running: dict[str, subprocess.Process] = {}
        self._store = folder / "spool" / "store"
        self.hung = 0
        """So many boxes have not ended when they were told to, which smsbox does not always, and were killed."""
        self._cut_off = set[Path]()
        """Files that were empty when the one that writes them was killed: there is no message in them."""
        for name in ("log", "spool/store", "spool/dlr"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        values = {
            "OPERATOR_HOST": "127.0.0.1",
            "OPERATOR_PORT": str(operator),
            "OPERATOR_LOGIN": "login",
            "OPERATOR_PASSWORD": "password",
            "ADMIN_PASSWORD": "admin-password",
            "STATUS_PASSWORD": "status-password",
            "SENDSMS_USERNAME": USERNAME,
            "SENDSMS_PASSWORD": PASSWORD,
            "SHORT_NUMBER": "1414",
            "KELISIM_URL": kelisim,
            "KELISIM_SMS_SECRET": secret,
            "13000": str(self._admin),
            "13001": str(self._boxes),
            "13013": str(self._sendsms),
            "/var/log/kannel": str(folder / "log"),
            "/var/spool/kannel": str(folder / "spool"),
        }
        text = CONFIGURATION.read_text()
        text = re.sub("|".join(map(re.escape, sorted(values, key=len, reverse=True))), lambda it: values[it[0]], text)
        for name, value in lines.items():
            text, found = re.subn(
                rf"(?m)^{name.replace('_', '-')} = .*$", f"{name.replace('_', '-')} = {value}", text
            )
            assert found, name
        (folder / "kannel.conf").write_text(text)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self, *boxes: str) -> None:
        """Returns once letters are taken."""
        for box in boxes or _BOXES:
            log = (self.folder / f"{box}.out").open("ab")
            path = f"/usr/sbin/{box}"
            self._running[box] = await asyncio.create_subprocess_exec(
                path, "-v", "2", str(self.folder / "kannel.conf"), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            log.close()
            await self._listens(box, self._boxes if box == "bearerbox" else self._sendsms)

    async def stop(self, *boxes: str) -> None:
        """As the machine does when it is shut down."""
        await self._end(signal.SIGTERM, boxes or tuple(_BOXES))

    async def stop_gently(self) -> None:
        """As an administrator does: first nothing comes in any more, and what is in there has time to leave."""
        await self.stop("smsbox")
        await asyncio.sleep(_SETTLES)
        await self.stop("bearerbox")

    async def kill(self, *boxes: str) -> None:
        await self._end(signal.SIGKILL, boxes or tuple(_BOXES))
        if "bearerbox" in (boxes or _BOXES):
            self._cut_off |= {path for path in self._store.rglob("*") if path.is_file() and not path.stat().st_size}

    def waits(self) -> int:
        """Messages in the store, without what a kill has cut off."""
        return sum(path.is_file() and path not in self._cut_off for path in self._store.rglob("*"))

    async def emptied(self) -> None:
        """What was taken from it is gone from the store a little later."""
        async with asyncio.timeout(_PATIENCE):
            while self.waits():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("log/*"))

    async def _listens(self, box: str, port: int) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    if self._running[box].returncode is not None:
                        said = (self.folder / f"{box}.out").read_text(errors="replace")
                        raise AssertionError(f"{box} ended by itself: {said[-2000:]}") from None
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    async def _end(self, how: signal.Signals, boxes: tuple[str, ...]) -> None:
        for box in boxes:
            process = self._running.pop(box, None)
            if process is not None and process.returncode is None:
                process.send_signal(how)
                try:
                    async with asyncio.timeout(_BOXES[box]):
                        await process.wait()
                except TimeoutError:  # as the machine does, too
                    self.hung += 1
                    process.kill()
                    await process.wait()


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
