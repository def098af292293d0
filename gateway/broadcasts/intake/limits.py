"""How large a file of recipients may be. Whatever is larger is refused before it fills memory or the disk."""

ROWS = 1_000_000
COLUMNS = 100
ROW = 64 * 1024
"""Characters of a row, with all that stands between its cells."""
CELL = 1_000
"""Characters."""
HEADING = 100
"""Characters."""
FILE = 1 << 30
"""Bytes."""
MEGABYTE = 1 << 20
