"""How figures are printed, whichever part of the benchmark they come from."""

from statistics import median

from bench.turns import Row

RATIO_HEADS = ["always", "all rounds", "everysec", "by server CPU"]


def ratio(ours: Row, theirs: Row) -> list[str]:
    """Under `RATIO_HEADS`."""
    found = ratios(ours, theirs, "always")
    cpu = theirs.cpu("always") / ours.cpu("always")
    everysec = median(ratios(ours, theirs, "everysec"))
    return [f"**{median(found):.2f}**", f"{min(found):.2f}–{max(found):.2f}", f"{everysec:.2f}", f"{cpu:.2f}"]


def ratios(ours: Row, theirs: Row, fsync: str) -> list[float]:
    """Round by round: what disturbs one disturbs its neighbours too."""
    pairs = zip(ours.slices[fsync], theirs.slices[fsync], strict=True)
    return [one.rate / other.rate for one, other in pairs]


def throughput(rows: list[Row], rounds: dict[str, int], what: str) -> str:
    """`what` was counted: «turns»."""
    lines = []
    for row in rows:
        cells = [row.name]
        for fsync in rounds:
            measured = fsync in row.slices
            cells += [f"{row.rate(fsync):,.0f}", f"{row.cpu(fsync):.0f}"] if measured else ["", ""]
        lines.append(cells)
    heads = [f"whole {what}", *(head for fsync in rounds for head in (f"{fsync}, {what}/s", "server CPU µs"))]
    return table(heads, lines)


def waits(rows: list[Row]) -> str:
    lines = [[row.name, f"{row.p50() * 1e3:.2f}", f"{row.p99() * 1e3:.2f}"] for row in rows if row.waits]
    return table(["from due to answered", "p50 ms", "p99 ms"], lines)


def met(aim: str, is_met: bool) -> str:
    return f"{aim}: {'met' if is_met else 'NOT MET'}"


def table(heads: list[str], lines: list[list[str]]) -> str:
    widths = [max(len(line[place]) for line in (heads, *lines)) for place in range(len(heads))]
    ruled = [heads, ["-" * width for width in widths], *lines]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in ruled
    )
