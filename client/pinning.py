"""TLS to a server whose certificate was given by the city itself, and by nobody else."""

import ssl
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context


class Pinning(HTTPAdapter):
    """Connections that trust what is in the file given as `verify`, be it an authority or the one certificate of the
    server; name and dates are checked as ever."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=_context(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=_context(), **options)


def _context() -> ssl.SSLContext:
    context = create_urllib3_context()
    # A certificate that was signed by others is believed without them, where it is itself the one that was given.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Strictness (the default from Python 3.13 on) wants fields that self-signed certificates seldom have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
