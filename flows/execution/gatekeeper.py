"""Whom our own Prefect server listens to, besides that it wants its secret.

A page that is open in a browser of this machine may send requests to it, so what only browsers do on behalf
of strangers is refused, on HTTP and on WebSocket:

- another host than loopback: a page whose name is made to resolve to loopback;
- another origin than this server;
- a body that is not JSON, which a page may send without asking first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ["127.0.0.1", "localhost"]
"""With any port: there may be a tunnel between."""

WITH_BODY = ("POST", "PUT", "PATCH")


def guarded(app: ASGIApp) -> ASGIApp:
    """Returns `app` behind all that is described above."""
    return TrustedHostMiddleware(Gatekeeper(app), allowed_hosts=HOSTS)


class Gatekeeper:
    """Refuses other origins and bodies that are not JSON, and lets no page show ours in a frame."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif (refusal := _refusal(scope)) is not None:
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, _unframed(send))


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    if headers.get("origin", own := f"http://{headers['host']}") != own:
        return PlainTextResponse("This server takes nothing from pages of others.", 403)
    if scope.get("method") in WITH_BODY and _has_body(headers) and not _is_json(headers):
        return PlainTextResponse("This server takes JSON alone, called application/json.", 415)
    return None


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _unframed(send: Send) -> Callable[[Message], Any]:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Content-Security-Policy"] = "frame-ancestors 'none'"
        await send(message)

    return tell
