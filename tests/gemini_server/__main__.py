"""Run the test server by hand, to try the workbench without a key: `python -m tests.gemini_server`.

It writes samples, judges them and repairs them. To answer other prompts, add responders in
`_responders`.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .answers import Answer
from .batches import BatchPlan
from .faults import Faults
from .handler import Call
from .limits import Limits
from .reading import SampleReader
from .samples import SampleWriter
from .server import KEY, GeminiServer, Responder


def _responders(server: GeminiServer, options: argparse.Namespace) -> list[Responder]:
    """Whatever can answer a prompt, asked in this order; the first that understands it does."""
    return [
        SampleWriter(server, seed=options.seed, wrong=options.wrong),
        SampleReader(server, seed=options.seed, wrong=options.wrong),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; exit status 2 where the port is taken."""
    options = _parser().parse_args(arguments)
    try:
        server = _server(options)
    except OSError as error:
        print(f"port {options.port} cannot be used ({error.strerror}); give another as --port")
        return 2
    server.responders = _responders(server, options)
    seconds = options.batch_seconds
    server.batches.plan = BatchPlan(seconds / 4, seconds * 3 / 4, "seconds", failing=options.wrong)
    server.watch = _tell
    with server:
        print(f"export GOOGLE_GEMINI_BASE_URL={server.url}")
        print(f"export GEMINI_API_KEY={options.key}")
        print(f"# what it has seen: curl {server.url}/counts; Ctrl-C ends it", flush=True)
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.default_int_handler)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            seen = {k: v for k, v in server.counts.to_json().items() if k != "answered"}
            print(json.dumps(seen, indent=1))
    return 0


def _server(options: argparse.Namespace) -> GeminiServer:
    low, _, high = options.latency.partition("-")
    return GeminiServer(
        options.key,
        port=options.port,
        faults=Faults(options.faults, seed=options.seed, retry_in=options.retry_in),
        limits=Limits(options.rpm, options.tpm, options.rpd, options.in_flight),
        latency=(float(low), float(high)) if high else float(low),
        any_model=False,
        state=options.state,
    )


def _tell(call: Call, answer: Answer, ending: str, seconds: float) -> None:
    words = [time.strftime("%H:%M:%S"), f"{ending:>7}", f"{seconds:6.2f} s", call.method]
    words.append(call.path.removeprefix("/v1beta").removeprefix("/v1"))
    if answer.fault:
        words.append(f"({answer.fault})")
    elif usage := answer.usage:
        names = {"promptTokenCount": "in", "cachedContentTokenCount": "cached"}
        names |= {"thoughtsTokenCount": "thinking", "candidatesTokenCount": "out"}
        counted = [f"{usage[key]:,} {name}" for key, name in names.items() if key in usage]
        words.append(f"({', '.join(counted)})")
    print("  ".join(words), file=sys.stdout, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.gemini_server",
        description="A server that speaks Gemini's wire format, answers the workbench's prompts "
        "from its offline engine, and fails as asked.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=8089, help="0: any")
    add("--key", default=KEY, help="the key that it accepts")
    add("--latency", default="0.5", help="seconds, or a range such as 0.5-3")
    add("--faults", type=float, default=0.0, help="share of requests that fail")
    add("--retry-in", type=float, default=1.0, help="seconds that a drawn 429 asks to wait")
    add("--wrong", type=float, default=0.05, help="share of samples that are wrong")
    add("--seed", type=int, default=1, help="of samples and faults")
    add("--rpm", type=int, help="requests a minute")
    add("--tpm", type=int, help="prompt tokens a minute")
    add("--rpd", type=int, help="requests a day")
    add("--in-flight", type=int, help="requests at the same time")
    add("--batch-seconds", type=float, default=20.0, help="how long a batch job takes")
    add("--state", type=Path, help="a folder that keeps batch jobs and files over a restart")
    return parser


if __name__ == "__main__":
    sys.exit(main())
