"""A QR code as the outline of an SVG: no image to fetch, no style, nothing that a page has to trust."""

from msgspec import Struct


class Qr(Struct, frozen=True):
    size: int
    """Of its side, with the quiet border around it."""
    outline: str
    """Of an SVG path."""


_BORDER = 4


def draw(text: str) -> Qr:
    import segno  # takes a while, and is needed once in somebody's life

    rows = segno.make(text, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = next((at for at in range(x, len(row)) if not row[at]), len(row)) - x
            if length:
                runs.append(f"M{x + _BORDER} {y + _BORDER}h{length}v1h-{length}z")
            x += length + 1
    return Qr(len(rows) + 2 * _BORDER, "".join(runs))
