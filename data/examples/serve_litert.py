"""Serve a LiteRT-LM model for `workbench evaluate --endpoint URL --raw`.

The page is `workbench manual litert`.

Usage: python serve_litert.py MODEL.litertlm CACHE_LENGTH [PORT]

It completes prompts as they come, one at a time and without chance; the workbench renders them by
the model's chat template and reads the calls. Needs the package litert-lm.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from litert_lm import Engine, SamplerConfig

engine = Engine(sys.argv[1], max_num_tokens=int(sys.argv[2]))


class Completions(BaseHTTPRequestHandler):
    """OpenAI's /v1/completions, as far as `evaluate` asks for it."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with engine.create_session(
            apply_prompt_template=False,
            sampler_config=SamplerConfig(top_k=1, temperature=0.0),
            max_output_tokens=asked["max_tokens"],
        ) as session:
            session.run_prefill([asked["prompt"]])
            text = session.run_decode().texts[0]
        said = json.dumps({"choices": [{"text": text, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


HTTPServer(("127.0.0.1", int(sys.argv[3]) if sys.argv[3:] else 8090), Completions).serve_forever()
