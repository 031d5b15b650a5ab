"""Every way in which a request fails before our own server answers it, told apart: what a person can do differs.

The network is silent; something else answers; whoever answers cannot be trusted; the proxy in between will not.
"""

import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions

from schemas.text import Text
from sync.errors import TenggatError


class Unreachable(TenggatError):
    """No answer from the server: no network, a name that leads nowhere, a connection that broke, a time-out."""

    code = "unreachable"


class NotOurServer(Unreachable):
    """Something answered that is not a Tenggat server: often the sign-in page of a public Wi-Fi."""

    code = "not_our_server"


class UntrustedServer(Unreachable):
    """Whoever answers shows a certificate that this device has no reason to believe; nothing was sent. `extra["why"]`:
    `expired`, `not_yet`, `other_name`, `unknown_issuer`, `changed` (not the one that is trusted here) or `other`."""

    code = "untrusted_server"


class ProxyTrouble(Unreachable):
    """The proxy cannot be reached, or wants to know first who asks."""

    code = "proxy_trouble"


def portal(what: str) -> NotOurServer:
    """Something else answered; `what` says how that was seen."""
    return NotOurServer(
        f"something other than the city's server answered ({what});"
        " if this is a public Wi-Fi, open its sign-in page first"
    )


def trouble_of(error: BaseException, server: str, *, pinned: bool = False) -> Unreachable:
    """What an exception of requests stands for. `pinned`: this device trusts a certificate of its own."""
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return portal("the answer is not compressed as it says")
    if isinstance(error, requests.exceptions.ProxyError):
        return proxy_trouble(reason(error))
    for inner in causes(error):
        if isinstance(inner, ssl.SSLCertVerificationError):
            return untrusted(_why(inner, pinned), server, inner.verify_message)
        if isinstance(inner, ssl.SSLError) and inner.reason in _NO_TLS:
            # A portal that takes every connection answers in plain HTTP, wherever it was asked.
            return portal("it does not speak TLS")
    return Unreachable(f"{server} cannot be reached: {reason(error)}")


def untrusted(why: str, server: str, detail: str) -> UntrustedServer:
    """With words for what happened and what to do about it."""
    text = WORDS.get(why, WORDS["other"])
    return UntrustedServer(f"the certificate of {server} cannot be trusted: {detail}", why=why, text=text)


def proxy_trouble(detail: str) -> ProxyTrouble:
    return ProxyTrouble(f"the proxy does not let us through: {detail}")


def reason(error: BaseException) -> str:
    """The innermost cause, in one line."""
    *_, last = causes(error)
    return str(last) or type(last).__name__


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what caused it, and so on. requests and urllib3 hide causes in three places."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        inside = [arg for arg in following.args if isinstance(arg, BaseException)]
        if isinstance(following, urllib3.exceptions.MaxRetryError) and following.reason is not None:
            inside.insert(0, following.reason)
        following = next(iter(inside), None) or following.__cause__ or following.__context__


def _why(error: ssl.SSLCertVerificationError, pinned: bool) -> str:
    why = _CODES.get(error.verify_code, "other")
    return "changed" if pinned and why == "unknown_issuer" else why


_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}

_CODES = {
    2: "unknown_issuer",  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, and so on in OpenSSL's own numbers
    9: "not_yet",
    10: "expired",
    18: "unknown_issuer",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    62: "other_name",
    64: "other_name",
}

WORDS = {
    "expired": Text(
        "Sertifikat server sudah habis masa berlakunya, atau jam perangkat ini salah. Periksa tanggal dan jam di sini; "
        "bila sudah benar, beri tahu admin kota. Tidak ada yang dikirim, dan yang Anda isi tetap aman di sini.",
        "The server's certificate is over, or the clock of this device is wrong. Check the date and time here; if they "
        "are right, tell the city's administrator. Nothing was sent, and what you typed stays safe here.",
    ),
    "not_yet": Text(
        "Sertifikat server baru berlaku nanti: kemungkinan jam perangkat ini tertinggal. Setel tanggal dan jamnya, "
        "lalu coba lagi. Tidak ada yang dikirim, dan yang Anda isi tetap aman di sini.",
        "The server's certificate is only good later: the clock of this device is probably behind. Set its date and "
        "time, then try again. Nothing was sent, and what you typed stays safe here.",
    ),
    "other_name": Text(
        "Yang menjawab memakai sertifikat alamat lain. Di Wi-Fi umum, buka dulu halaman masuknya di peramban. Bila "
        "tetap begini di jaringan sendiri, periksa alamat servernya. Tidak ada yang dikirim.",
        "What answers shows the certificate of another address. On a public Wi-Fi, open its sign-in page in a browser "
        "first. If it stays like this on your own network, check the server's address. Nothing was sent.",
    ),
    "unknown_issuer": Text(
        "Sertifikat server tidak dikenal perangkat ini. Di Wi-Fi umum, buka dulu halaman masuknya di peramban. Bila "
        "kota memakai sertifikat sendiri, minta admin tautan undangan atau berkas sertifikatnya (`tenggat trust`). "
        "Tidak ada yang dikirim.",
        "This device does not know the server's certificate. On a public Wi-Fi, open its sign-in page in a browser "
        "first. If the city uses a certificate of its own, ask the administrator for an invitation's link or for the "
        "certificate's file (`tenggat trust`). Nothing was sent.",
    ),
    "changed": Text(
        "Server menunjukkan sertifikat lain daripada yang dipercaya perangkat ini. Di Wi-Fi umum, buka dulu halaman "
        "masuknya di peramban. Bila kota mengganti sertifikatnya, minta admin tautan undangan atau berkas sertifikat "
        "yang baru (`tenggat trust`). Tidak ada yang dikirim.",
        "The server shows another certificate than the one that this device trusts. On a public Wi-Fi, open its "
        "sign-in page in a browser first. If the city has changed its certificate, ask the administrator for a new "
        "invitation's link or for the new certificate's file (`tenggat trust`). Nothing was sent.",
    ),
    "other": Text(
        "Sertifikat server tidak dapat dipercaya. Di Wi-Fi umum, buka dulu halaman masuknya di peramban; bila tetap "
        "begini, beri tahu admin kota. Tidak ada yang dikirim.",
        "The server's certificate cannot be trusted. On a public Wi-Fi, open its sign-in page in a browser first; if "
        "it stays like this, tell the city's administrator. Nothing was sent.",
    ),
}
