"""What a browser complains of while a test runs: whatever was not foreseen fails the test.

Console errors, faults in a page, violations of the content security policy, and requests to any other machine.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

NETWORK = r"net::ERR_(INTERNET_DISCONNECTED|CONNECTION_\w+|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|NETWORK_CHANGED)"
"""What a browser says of a network that is not there, or went away in the middle."""

POLICY = """document.addEventListener("securitypolicyviolation", event => console.error(
  `securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`
));"""

HERE = {"127.0.0.1", ""}


@dataclass
class Watch:
    """The complaints of one browser context, and which of them are part of what is tested."""

    complaints: list[str] = field(default_factory=list)
    foreseen: list[str] = field(default_factory=list)
    tiles: str | None = None
    """The host of the map's tiles, where a test answers for it."""
    unanswered: set[Request] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(POLICY)
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("request", self._asked)
        context.on("requestfinished", self._answered)
        context.on("requestfailed", self._answered)

    def foresee(self, *patterns: str) -> None:
        """Complaints that match one of these regular expressions are what the test is about."""
        self.foreseen += patterns

    def unforeseen(self) -> list[str]:
        return [text for text in self.complaints if not any(re.search(pattern, text) for pattern in self.foreseen)]

    def _said(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type == "error" or "Content Security Policy" in text:
            self.complaints.append(f"console: {text} ({message.location.get('url', '')})")

    def _broke(self, error: WebError) -> None:
        self.complaints.append(f"fault: {error.error}")

    def _answered(self, request: Request) -> None:
        self.unanswered.discard(request)

    def _asked(self, request: Request) -> None:
        self.unanswered.add(request)
        found = urlsplit(request.url)
        if found.scheme in {"data", "blob"} or found.hostname in HERE:
            return
        if self.tiles is None or found.hostname != self.tiles:
            self.complaints.append(f"request to another machine: {request.url}")
