"""The Lambda Runtime API, for one process.

Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes"
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): next invocation, response, invocation error, init error.
"""

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/2018-06-01/runtime/"


class RuntimeApi:
    """Hands out what is put into `invocations`, and tells what the function answers to each.

    An invocation is a pair of headers and payload; `None` ends the function. An answer is a pair: whether it is an error, and its
    body.
    """

    def __init__(self):
        self.invocations = queue.Queue()
        self.answers = queue.Queue()
        self.has_begun = threading.Event()
        self.init_error = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self._server.server_port

    def close(self):
        self.invocations.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _handler(api):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path != ROOT + "invocation/next":
                    return self._answer(404)
                api.has_begun.set()
                invocation = api.invocations.get()
                if invocation is None:
                    return self._answer(410)
                headers, payload = invocation
                self._answer(200, headers, payload)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == ROOT + "init/error":
                    api.init_error = body
                    api.has_begun.set()
                elif self.path.endswith("/response"):
                    api.answers.put((False, body))
                elif self.path.endswith("/error"):
                    api.answers.put((True, body))
                else:
                    return self._answer(404)
                self._answer(202)

            def _answer(self, status, headers={}, body=b""):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
