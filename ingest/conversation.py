"""One polite conversation with a server: requests one after the other with a pause that varies, three tries, and an end when it refuses.

The circuit breaker: a refusal (firewall), a dead line after three tries, or three unusable answers in a row end the conversation; what
was still to be asked is told as not asked. An open circuit is known the next night (`landing.silent_servers`, from the attempts): then the
first request is tried once, and only an answer closes the circuit.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from ingest.landing import HANOI, silent_servers

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try, each varied by half; three tries are all a request gets."""
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_UNUSABLE_IN_A_ROW = 3
_REFUSALS = (403, 429)
_LOOPBACK = ("127.0.0.1", "localhost")

Outcome = Literal["refused", "unexpected", "unreachable", "empty"]


class Refusal(Exception):
    """An answer that is none; carries what goes into the attempt's row."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


def client_for(address: str) -> httpx.Client:
    """A client; a proxy of the environment has no business with a stand-in on this machine."""
    return httpx.Client(timeout=TIMEOUT, trust_env=httpx.URL(address).host not in _LOOPBACK, headers={"User-Agent": "tthc-warehouse"})


def without_secrets(address: str) -> str:
    """The address as it may be written down."""
    url = httpx.URL(address)
    return f"{url.copy_with(username='', password='') if url.userinfo else url}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Login:
    """An OpenID Connect client (grant `client_credentials`); the token is asked for when the first request is made."""

    client: str
    secret: str = field(repr=False)
    address: str


@dataclass
class Conversation:
    """One night's requests to one server; `over` says why it ended before its end."""

    client: httpx.Client
    address: str
    pause: float
    """Seconds between two requests, varied by half; none on this machine."""
    over: Refusal | None = None
    headers: dict[str, str] = field(default_factory=dict)
    login: Login | None = None
    _token: str = field(default="", repr=False)
    _asked: bool = False
    _has_answered: bool = False
    _unusable: int = 0

    def ask(self, path: str, **request: Any) -> bytes:
        """The body of a successful answer to a POST, exactly as served.

        Raises:
            Refusal: no answer after three tries, or one of a firewall or with another status.
        """
        return self.send("POST", path, **request)

    def send(self, method: str, path: str, **request: Any) -> bytes:
        """As `ask`, by any method."""
        if self.over:
            raise Refusal(self.over.outcome, f"not asked after the failure before: {self.over.reason}")
        if self._asked and httpx.URL(self.address).host not in _LOOPBACK:
            _sleep(self.pause)
        self._asked = True
        try:
            response = self._answered(method, path, request)
            _check(response)
        except Refusal as error:
            if error.outcome in ("refused", "unreachable"):
                self.over = error
            raise
        return response.content

    def _answered(self, method: str, path: str, request: dict[str, Any]) -> httpx.Response:
        """The answer; with a login, under a token that is asked for anew once when the server no longer takes it."""
        if self.login is None:
            return self._try(method, self.address + path, request | {"headers": self.headers})
        response = None
        for _ in range(2):
            self._token = self._token or self._new_token(self.login)
            response = self._try(method, self.address + path, request | {"headers": {**self.headers, "Authorization": f"Bearer {self._token}"}})
            if response.status_code != 401:
                return response
            self._token = ""
        raise Refusal("refused", "HTTP 401 with a token just issued: ask the system's operator for the right to read its statistics")

    def _new_token(self, login: Login) -> str:
        form = {"grant_type": "client_credentials", "client_id": login.client, "client_secret": login.secret}
        answer = self._try("POST", login.address, {"data": form})
        try:
            token = answer.json().get("access_token") if answer.status_code == 200 else None
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token:
            place = without_secrets(login.address)
            raise Refusal("refused", f"{place}: HTTP {answer.status_code} and no access token; look at the client and its secret in TTHC_ONESTOP_LOGINS")
        return token

    def unusable(self, error: Refusal) -> None:
        """Told by the source that an answer was served and was none; the third in a row ends the conversation."""
        self._unusable += 1
        if self._unusable >= _UNUSABLE_IN_A_ROW and self.over is None:
            self.over = Refusal(error.outcome, f"{self._unusable} unusable answers in a row, the last: {error.reason}")

    def usable(self) -> None:
        self._unusable = 0

    def _try(self, method: str, address: str, request: dict[str, Any]) -> httpx.Response:
        fault = ""
        silent_since = None if self._has_answered else silent_servers.get().get(_server(address))
        pauses = (0.0, *PAUSES) if silent_since is None else (0.0,)
        for pause in pauses:
            _sleep(pause)
            try:
                response = self.client.request(method, address, **request)
            except httpx.HTTPError as error:
                fault = f"{type(error).__name__}: {error}"
            else:
                if response.status_code < 500:
                    self._has_answered = response.status_code not in _REFUSALS
                    return response
                fault = f"HTTP {response.status_code}"
        tries = f"{len(pauses)} tries" if silent_since is None else f"one try, as none came since {silent_since.astimezone(HANOI):%d/%m/%Y %H:%M}"
        raise Refusal("unreachable", f"no answer after {tries} ({fault}); look whether the server is up, the next night asks again")


def _server(address: str) -> str:
    """Scheme, host and port, as the origin of an attempt begins."""
    url = httpx.URL(without_secrets(address))
    return f"{url.scheme}://{url.netloc.decode()}"


def _sleep(seconds: float) -> None:
    time.sleep(seconds * random.uniform(0.5, 1.5))  # jitter, no secret


def _check(response: httpx.Response) -> None:
    """Status and form only; what it says is checked where the report is known."""
    html = response.text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<head", "<body"))
    if response.status_code in _REFUSALS or html:
        raise Refusal(
            "refused",
            f"HTTP {response.status_code} {'with a web page instead of data' if html else ''}".strip()
            + ": the server's firewall refuses this machine; land the answer as a file (tthc land SOURCE --file), or ask from another network",
        )
    if response.status_code not in (200, 201):
        raise Refusal("unexpected", f"HTTP {response.status_code}; the interface may have changed: compare with the source's module in ingest/sources")
