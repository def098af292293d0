"""Who has to have signed the certificate of whoever we speak to by https."""

import ssl
from functools import cache


@cache
def authorities() -> ssl.SSLContext:
    """Read from disk once: each client would do so for itself."""
    import httpx  # half of the program's start

    return httpx.create_ssl_context(trust_env=False)
