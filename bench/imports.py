"""Lists of recipients as their process reads them: how fast, and in how much memory, few rows and a million."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from subprocess import PIPE
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Struct

from bench.load import LoadError
from bench.processes import Cores
from bench.tables import met, table
from gateway.broadcasts.intake import rows as lines
from gateway.broadcasts.intake.sheet_writing import workbook_parts

FEW, MANY = 10_000, 1_000_000
AIM = 16
"""MB that a million rows may take more than ten thousand; held in memory, they would take hundreds."""
_MODULE = "gateway.broadcasts.intake"
_PREFIXES = ("700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778")
_FORMS = ("+7{}{}", "8{}{}", "7{}{}", "+7 ({}) {}", "8-{}-{}")
_LANGUAGES = ("kk", "ru", "қазақша", "")
_NAMES = ("Айгүл", "Болат", "Әсем", "Нұрлан", "Ольга", "Иван", "Гүлнар", "Ерлан")
_SEED = 7
_MEASURED = """
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True)
seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
"""
"""A small process starts the one that reads: for the system counts memory from before the start as well."""
_STRINGS = '<Relationship Id="s" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'


class Import(Struct, frozen=True):
    format: str
    rows: int
    size: int
    """Bytes of the file."""
    seconds: float
    cpu: float
    """Seconds, too."""
    peak: int
    """Bytes of memory at most."""


class ImportResults(Struct, frozen=True):
    found: list[Import]

    def aim(self) -> str:
        peaks = {(one.format, one.rows): one.peak for one in self.found}
        more = max(peaks[format, MANY] - peaks[format, FEW] for format in _WRITERS) / (1 << 20)
        most = max(peaks.values()) / (1 << 20)
        return (
            f"A list of {MANY:,} recipients is read in **{most:.0f} MB** of memory at most, {more:.0f} MB more than "
            f"{FEW:,} take. Aim: {met(f'≤ {AIM} MB more', more <= AIM)}."
        )

    def text(self) -> str:
        found = [
            [
                one.format,
                f"{one.rows:,}",
                f"{one.size / (1 << 20):.1f}",
                f"{one.seconds:.1f}",
                f"{one.rows / one.seconds:,.0f}",
                f"{one.rows / one.cpu:,.0f}",
                f"{one.peak / (1 << 20):.1f}",
            ]
            for one in self.found
        ]
        heads = ["file", "rows", "MB", "s", "rows/s", "by CPU", "peak memory, MB"]
        return "## Lists of recipients, read\n\n" + table(heads, found)

    def how(self) -> str:
        return """- Lists: a phone in five ways of writing, language, name and sum; no phone twice. Read by the \
program's own process from its start to its end: that every phone is a mobile one, that nobody stands there twice, \
and the rows of each shard in order. Memory is the most that the process ever had, as the system counts it; Python \
and libraries alone take some 20 MB."""


async def measure(folder: Path, cores: Cores) -> ImportResults:
    found = []
    for format, write in _WRITERS.items():
        for count in (FEW, MANY):
            file = folder / f"{count}.{format}"
            await asyncio.to_thread(write, file, count)
            found.append(await asyncio.to_thread(_read, file, format, count, cores))
            file.unlink()
    return ImportResults(found)


def _read(file: Path, format: str, count: int, cores: Cores) -> Import:
    folder = file.parent / "read"
    with cores.server_here():  # what is started here, stays here
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, "-m", _MODULE, file, folder], stdout=PIPE, text=True, check=True
        )
    if lines.summary(folder).good != count:
        raise LoadError(f"of {count} recipients in a {format} not all were read")
    seconds, cpu, peak = map(float, done.stdout.split())
    return Import(format, count, file.stat().st_size, seconds, cpu, int(peak))


def _rows(count: int) -> Iterator[list[str]]:
    chance = Random(_SEED)
    yield ["Телефон", "Тіл", "Аты", "Сома"]
    for number in range(count):
        digits = f"{(number * 7_654_321) % 10_000_000:07}"
        phone = chance.choice(_FORMS).format(chance.choice(_PREFIXES), digits)
        name = f"{chance.choice(_NAMES)} {chance.choice(_NAMES)}"
        yield [phone, chance.choice(_LANGUAGES), name, str(chance.randrange(1_000, 100_000))]


def _write_csv(file: Path, count: int) -> None:
    with file.open("w", encoding="utf-8-sig") as opened:
        opened.writelines(f"{';'.join(row)}\n" for row in _rows(count))


def _write_xlsx(file: Path, count: int) -> None:
    """With the texts apart from the sheet, as Excel keeps them."""
    known: dict[str, int] = {}
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in workbook_parts("Тізім"):
            archive.writestr(name, content.replace("</Relationships>", _STRINGS))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for number, row in enumerate(_rows(count), 1):
                cells = (
                    f'<c r="{column}{number}" t="s"><v>{known.setdefault(cell, len(known))}</v></c>'
                    for column, cell in zip("ABCD", row, strict=True)
                )
                sheet.write(f'<row r="{number}" spans="1:4">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(b"<sst>")
            strings.writelines(f"<si><t>{text}</t></si>".encode() for text in known)
            strings.write(b"</sst>")


_WRITERS: dict[str, Callable[[Path, int], None]] = {"csv": _write_csv, "xlsx": _write_xlsx}
