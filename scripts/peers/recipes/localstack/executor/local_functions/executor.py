import json
import os
import queue
import subprocess
import tempfile
import time
from pathlib import Path

from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .runtime_api import RuntimeApi

NODE = os.environ.get("LOCAL_FUNCTIONS_NODE", "node")
BOOTSTRAP = Path(__file__).parent / "bootstrap.mjs"

# Lambda gives the init phase 10 s (Lambda guide, "Understanding the Lambda execution environment lifecycle"), on a CPU of its
# own. A busy machine takes its time, and LocalStack has a limit of its own (LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT).
INIT_SECONDS = 60


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: a process of Node that asks the Runtime API for invocations, one at a time.

    It ends with `stop`; with LocalStack, which holds the other end of its standard input; and with LocalStack's process group.
    """

    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self._api = None
        self._process = None
        self._log = None

    def start(self, env_vars):
        # To append: the process shares the file's position with who reads it here.
        self._log = tempfile.TemporaryFile("a+b")
        # The function sees what Lambda gives it, and nothing of LocalStack's own environment.
        self._environment = {name: str(value) for name, value in env_vars.items()} | {
            "LAMBDA_TASK_ROOT": str(self._code()),
        }
        self._begin()

    def stop(self):
        self._kill()

    def invoke(self, payload):
        request = payload["invoke-id"]
        # After an end, a timeout or a failed beginning the next invocation begins anew, as at Lambda.
        failure = self._begin() if self._process.poll() is not None else None
        if failure is not None:
            return InvocationResult(request, failure, is_error=True, logs=self.get_logs())
        began = time.time()
        logged = self._log.seek(0, os.SEEK_END)
        deadline = began + self.function_version.config.timeout
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload["trace-id"],
            "Content-Type": "application/json",
        }
        self._api.invocations.put((headers, payload["payload"].encode()))
        is_error, body = self._answer(request, deadline)
        milliseconds = (time.time() - began) * 1000
        lines = [
            f"START RequestId: {request} Version: {self.function_version.id.qualifier}",
            *self._logged_since(logged).splitlines(),
            f"END RequestId: {request}",
            f"REPORT RequestId: {request}\tDuration: {milliseconds:.2f} ms",
        ]
        return InvocationResult(request, body, is_error=is_error, logs="\n".join(lines))

    def _answer(self, request, deadline):
        while True:
            try:
                return self._api.answers.get(timeout=0.1)
            except queue.Empty:
                if self._process.poll() is not None:
                    why = f"Error: Runtime exited with exit status: {self._process.returncode}"
                    return True, self._failure("Runtime.ExitError", request, why)
                if time.time() > deadline:
                    # What still runs is killed, not frozen with its work half done.
                    self._kill()
                    seconds = self.function_version.config.timeout
                    return True, self._failure(
                        "Sandbox.Timedout", request, f"Error: Task timed out after {seconds:.2f} seconds"
                    )

    def _failure(self, kind, request, why):
        return json.dumps({"errorType": kind, "errorMessage": f"RequestId: {request} {why}"}).encode()

    def _begin(self):
        """Starts the process; returns the error, as Lambda tells it, where it does not begin."""
        self._kill()
        # One for each process: a dead one's last request must not take what is meant for the next.
        self._api = RuntimeApi()
        self._process = subprocess.Popen(
            [NODE, str(BOOTSTRAP)],
            cwd=self._code(),
            env=self._environment | {"AWS_LAMBDA_RUNTIME_API": self._api.address},
            # Never written to: it ends when LocalStack does, whatever ended it.
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        until = time.time() + INIT_SECONDS
        while not self._api.has_begun.wait(0.1):
            if self._process.poll() is not None or time.time() > until:
                self._kill()
                return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": self.get_logs()}).encode()
        if self._api.init_error is not None:
            self._kill()
        return self._api.init_error

    def _kill(self):
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._api.close()

    def _code(self):
        return self.function_version.config.code.get_unzipped_code_location()

    def _logged_since(self, position):
        self._log.seek(position)
        return self._log.read().decode(errors="replace")

    def get_logs(self):
        return self._logged_since(0) if self._log else ""

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return "http://" + self._api.address if self._api else ""

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass
