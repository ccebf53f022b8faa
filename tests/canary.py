"""A key that must be seen nowhere, and a service that echoes it wherever it can."""

from gemini_server import Answer, GeminiServer

CANARY = "AIzaCanary-0123456789abcdefghijklmnopqr"


def passing(server: GeminiServer) -> list[Answer]:
    """Faults that hold the key, after which a run goes on."""
    said = f"key {CANARY} of api_key:{CANARY}"
    headers = {"x-echo": said, "x-gemini-service-tier": CANARY, "Retry-After": CANARY}
    body = server.text("[]").body
    page = f"<html><title>{said}</title><body>{said}</body></html>".encode()
    return [
        server.error(429, said, CANARY, [{"retryDelay": CANARY}], headers=headers),
        server.error(500, said, CANARY, headers=headers),
        Answer(page, 502, "text/html", headers),
        Answer(page, 200, "text/html", headers),
        Answer(said.encode(), 503, headers=headers),
        Answer(f'{{"candidates": [{{"{CANARY}": '.encode(), headers=headers),
        Answer(body[:40] + CANARY.encode(), headers=headers, drop=True),
        server.blocked(CANARY),
        server.text(None, CANARY),
        server.text(said, "SAFETY"),
        server.text(f'[{{"query": "{said}"}}]', modelVersion=CANARY),
        server.error(400, f"{said} The request is malformed."),
    ]


def ending(server: GeminiServer) -> list[Answer]:
    """Faults that hold the key, and end a run."""
    said = f"key {CANARY} of api_key:{CANARY}"
    quota = [{"violations": [{"quotaId": f"PerDay-{CANARY}"}]}]
    return [
        server.error(400, f"API key not valid: {CANARY}"),
        server.error(403, said, CANARY),
        server.error(404, f"models/{CANARY} is not found", "NOT_FOUND"),
        server.error(400, said, "FAILED_PRECONDITION"),
        server.error(429, said, "RESOURCE_EXHAUSTED", quota),
        server.error(429, said, details=[{"retryDelay": "9999s"}]),
        Answer(b"", 302, headers={"Location": f"{server.url}/?key={CANARY}"}),
    ]
