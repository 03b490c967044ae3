"""Debian's graphite-web on a port of the loopback address, with its state in a folder.

    graphite_web.py PORT FOLDER CACHE_QUERY_PORT

FOLDER/whisper is what carbon writes to; what it has not written yet is asked for at CACHE_QUERY_PORT.
"""

import os
import socketserver
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

port, folder, query_port = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
(folder / "web-log").mkdir(exist_ok=True)
(folder / "test_settings.py").write_text(
    f"""
SECRET_KEY = "of a test"
STORAGE_DIR = CONF_DIR = {str(folder)!r}
WHISPER_DIR = {str(folder / "whisper")!r}
LOG_DIR = {str(folder / "web-log")!r}
INDEX_FILE = {str(folder / "index")!r}
CARBONLINK_HOSTS = ["127.0.0.1:{query_port}"]
CARBONLINK_TIMEOUT = 10.0
TIME_ZONE = "UTC"
# Carbon may have written since a query was answered first.
DEFAULT_CACHE_DURATION = 0
FIND_CACHE_DURATION = 0
DATABASES = {{"default": {{"NAME": {str(folder / "graphite.db")!r}, "ENGINE": "django.db.backends.sqlite3"}}}}
"""
)
sys.path.insert(0, str(folder))
os.environ["DJANGO_SETTINGS_MODULE"] = "graphite.settings"
os.environ["GRAPHITE_SETTINGS_MODULE"] = "test_settings"

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)


class ThreadedServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


make_server("127.0.0.1", port, get_wsgi_application(), ThreadedServer, QuietHandler).serve_forever()
