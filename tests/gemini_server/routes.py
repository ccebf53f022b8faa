"""Paths of the service, and what is done at each."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .answers import Answer
from .asked import text_of
from .batches import to_json
from .calling import wrong_contents
from .handler import Call
from .models import find_model, models_of, page
from .tokens import count

if TYPE_CHECKING:
    from .server import GeminiServer

LARGEST = 20 * 1024 * 1024
"""Bytes of a request's body; files are for more."""

_Made = Callable[..., Answer]
_ROUTES: list[tuple[str, re.Pattern[str], _Made, bool]] = []


def _at(method: str, path: str, *, key: bool = True) -> Callable[[_Made], _Made]:
    """Register a path. key: the request must carry the key."""
    pattern = re.compile(rf"/(?P<version>v1|v1beta)/{path}")

    def register(made: _Made) -> _Made:
        _ROUTES.append((method, pattern, made, key))
        return made

    return register


def route(server: "GeminiServer", call: Call) -> Answer:
    """Answer a request of any kind."""
    if call.path == "/counts":
        return server.json(server.counts.to_json())
    _note_key(server, call)
    path = re.sub(r"^/(upload|download)(?=/v1)", "", call.path)
    for method, pattern, made, key in _ROUTES:
        found = pattern.fullmatch(path)
        if found is None or method != call.method:
            continue
        if key and (refusal := _wrong_key(server, call)) is not None:
            return refusal
        try:
            return made(server, call, **found.groupdict())
        except json.JSONDecodeError as error:
            return server.error(400, f"Invalid JSON payload received. {error}")
        except KeyError:
            return server.not_found()
        except ValueError as error:
            return server.error(400, f"Request contains an invalid argument: {error}")
    return server.not_found(f"no such method: {call.path}")


def _note_key(server: "GeminiServer", call: Call) -> None:
    counts, key = server.counts, call.headers.get("x-goog-api-key")
    elsewhere = {name: value for name, value in call.headers.items() if name != "x-goog-api-key"}
    with counts.lock:
        if key:
            counts.keys[key] += 1
        if "key" in call.query or server.key in call.path:
            counts.leaks.append(
                f"address of {call.method} {call.path.replace(server.key, '[key]')}"
            )
        counts.leaks.extend(f"header {n}" for n, v in elsewhere.items() if server.key in v)
        if server.key.encode() in call.raw:
            counts.leaks.append(f"body of {call.method} {call.path}")


def _wrong_key(server: "GeminiServer", call: Call) -> Answer | None:
    key = call.headers.get("x-goog-api-key") or call.query.get("key")
    if not key:
        return server.no_key()
    return None if key == server.key else server.bad_key()


# ------------------------------------------------------------------ content


@_at("POST", "models/(?P<model>[^/:]+):generateContent", key=False)
def _generate(server: "GeminiServer", call: Call, version: str, model: str) -> Answer:
    asked = server.arrive(call.path, call.headers, call.json())
    refusal = _wrong_key(server, call) or _unusable(server, call, asked.body)
    if refusal is None and not server.any_model and not _can(model, version, "generateContent"):
        refusal = server.unknown_model(model, version)
    return refusal or server.generate(asked)


def _can(model: str, version: str, method: str) -> bool:
    known = find_model(model, version)
    return known is not None and method in known["supportedGenerationMethods"]


def _unusable(server: "GeminiServer", call: Call, body: dict[str, Any]) -> Answer | None:
    if len(call.raw) > LARGEST:
        return server.error(400, f"Request payload size exceeds the limit: {LARGEST} bytes.")
    if not body.get("contents"):
        message = "* GenerateContentRequest.contents: contents is not specified\n"
        return server.error(400, message)
    if wrong := wrong_contents(call.path.split("/models/")[1].split(":")[0], body):
        return server.error(400, wrong)
    thinking = body.get("generationConfig", {}).get("thinkingConfig", {})
    if "thinkingLevel" in thinking and "thinkingBudget" in thinking:
        message = "You can only set only one of thinking budget and thinking level."
        return server.error(400, message)
    return None


@_at("POST", "models/(?P<model>[^/:]+):countTokens")
def _count(server: "GeminiServer", call: Call, version: str, model: str) -> Answer:
    body = call.json()
    if not server.any_model and not _can(model, version, "countTokens"):
        return server.unknown_model(model, version, "countTokens")
    return server.json({"totalTokens": count(text_of(body.get("generateContentRequest", body)))})


@_at("GET", "models")
def _models(server: "GeminiServer", call: Call, version: str) -> Answer:
    return _page(server, call, "models", models_of(version))


@_at("GET", "models/(?P<model>[^/:]+)")
def _model(server: "GeminiServer", _call: Call, version: str, model: str) -> Answer:
    known = find_model(model, version)
    if known is None:
        message = f"Model is not found: models/{model} for api version {version}"
        return server.not_found(message)
    return server.json(known)


def _page(server: "GeminiServer", call: Call, name: str, items: list[Any]) -> Answer:
    shown, after = page(items, call.query)
    return server.json(
        ({name: shown} if shown else {}) | ({"nextPageToken": after} if after else {})
    )


# ------------------------------------------------------------------ batch jobs


@_at("POST", "models/(?P<model>[^/:]+):batchGenerateContent")
def _create_batch(server: "GeminiServer", call: Call, version: str, model: str) -> Answer:
    if len(call.raw) > LARGEST:
        return server.error(400, f"Request payload size exceeds the limit: {LARGEST} bytes.")
    if not server.any_model and not _can(model, version, "batchGenerateContent"):
        return server.unknown_model(model, version, "batchGenerateContent")
    batch = call.json()["batch"]
    source = batch["inputConfig"].get("fileName", "")
    if source:
        lines = server.files.data(source.removeprefix("files/")).splitlines()
        items = [json.loads(line) for line in lines if line.strip()]
    else:
        items = batch["inputConfig"]["requests"]["requests"]
    if not items or not all(item.get("request", {}).get("contents") for item in items):
        return server.error(400, "Request contains an invalid argument.")
    job, lost = server.batches.create(model, batch.get("displayName", ""), items, source)
    return server.dropped() if lost else server.json(to_json(job))


@_at("GET", "batches")
def _batches(server: "GeminiServer", call: Call, version: str) -> Answer:
    # Without the answers: whoever wants them asks for the job by its name.
    jobs = [to_json(job, output=False) for job in server.batches.all()]
    return _page(server, call, "operations", jobs)


@_at("GET", "batches/(?P<ident>[^/:]+)")
def _batch(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    return server.json(to_json(server.batches.look(ident)))


@_at("POST", "batches/(?P<ident>[^/:]+):cancel")
def _cancel_batch(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    if server.batches.cancel(ident):
        return server.json({})
    return server.error(400, "The batch has ended already.", "FAILED_PRECONDITION")


@_at("DELETE", "batches/(?P<ident>[^/:]+)")
def _delete_batch(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    server.batches.delete(ident)
    return server.json({})


# ------------------------------------------------------------------ files


@_at("POST", "files", key=False)
def _upload(server: "GeminiServer", call: Call, version: str) -> Answer:
    """Begin an upload, or take a chunk of one (whose address is its secret: no key is needed)."""
    ident = call.query.get("upload_id")
    commands = {part.strip() for part in call.headers.get("x-goog-upload-command", "").split(",")}
    if ident is None:
        if (refusal := _wrong_key(server, call)) is not None:
            return refusal
        if "start" not in commands:
            raise ValueError("X-Goog-Upload-Command: start is missing")
        described = call.json().get("file", {})
        # As in all of Google's JSON, names may come in either spelling; the client uses both.
        name = described.get("displayName") or described.get("display_name", "")
        kind = call.headers["x-goog-upload-header-content-type"]
        size = int(call.headers["x-goog-upload-header-content-length"])
        ident = server.files.begin(name, kind, size)
        address = f"{server.url}/upload/{version}/files?upload_id={ident}&upload_protocol=resumable"
        headers = {"X-Goog-Upload-URL": address, "X-Goog-Upload-Status": "active"}
        return server.json({}, headers=headers)
    offset, last = int(call.headers["x-goog-upload-offset"]), "finalize" in commands
    stored = server.files.receive(ident, offset, call.raw, last=last)
    if stored is None:
        return server.json({}, headers={"X-Goog-Upload-Status": "active"})
    body = {"file": server.files.to_json(stored)}
    return server.json(body, headers={"X-Goog-Upload-Status": "final"})


@_at("GET", "files")
def _files(server: "GeminiServer", call: Call, version: str) -> Answer:
    files = [server.files.to_json(stored) for stored in server.files.all()]
    return _page(server, call, "files", files)


@_at("GET", "files/(?P<ident>[^/:]+)")
def _file(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    return server.json(server.files.to_json(server.files.get(ident)))


@_at("GET", "files/(?P<ident>[^/:]+):download")
def _download(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    stored = server.files.get(ident)
    if stored.source != "GENERATED":
        return server.error(400, "Only generated files can be downloaded.")
    return Answer(server.files.data(ident), content_type=stored.mime_type)


@_at("DELETE", "files/(?P<ident>[^/:]+)")
def _delete_file(server: "GeminiServer", _call: Call, version: str, ident: str) -> Answer:
    server.files.delete(ident)
    return server.json({})
