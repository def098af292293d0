"""How long a text is as an SMS."""


def units(text: str) -> int:
    """UTF-16 units: what UCS-2 SMS are counted in."""
    return len(text.encode("utf-16-le")) // 2
