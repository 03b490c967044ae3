"""A package registry (SE-0292) with one package, `hoofprint-tests.inner`, of a folder: registry.py FOLDER. Says its port and the package's
version, which tells its content: SwiftPM remembers for ever what it once got of a version. Ends when its standard input does."""

import hashlib
import http.server
import io
import json
import os
import sys
import threading
import zipfile

folder = sys.argv[1]
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as file:
    for path, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            place = os.path.join(path, name)
            # Without the files' times, and in their order: the same content has the same version.
            with open(place, "rb") as content:
                file.writestr(zipfile.ZipInfo(os.path.join("inner", os.path.relpath(place, folder))), content.read())
archive = archive.getvalue()
checksum = hashlib.sha256(archive).hexdigest()
version = f"1.0.{int(checksum[:7], 16)}"
with open(os.path.join(folder, "Package.swift"), "rb") as manifest:
    manifest = manifest.read()
release = {
    "id": "hoofprint-tests.inner", "version": version, "metadata": {},
    "resources": [{"name": "source-archive", "type": "application/zip", "checksum": checksum}],
}
CONTENTS = {
    "/hoofprint-tests/inner": ("application/json", json.dumps({"releases": {version: {}}}).encode()),
    f"/hoofprint-tests/inner/{version}": ("application/json", json.dumps(release).encode()),
    f"/hoofprint-tests/inner/{version}/Package.swift": ("text/x-swift", manifest),
    f"/hoofprint-tests/inner/{version}.zip": ("application/zip", archive),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = CONTENTS.get(self.path.partition("?")[0], (None, b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Version", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, version, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
