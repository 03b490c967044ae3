"""A mail server that writes down each mail as a line of JSON, and refuses as a recipient's name says.

    mail_server.py PORT LOG [--starttls CERTIFICATE KEY] [--smtps CERTIFICATE KEY] [--user USER PASSWORD]
        [--sender-refused]

Recipients: `unknown` is refused for good, `later` and `later-data` the first time only, `data` when its mail has come.
"""
import argparse
import json
import signal
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("log")
parser.add_argument("--starttls", nargs=2)
parser.add_argument("--smtps", nargs=2)
parser.add_argument("--user", nargs=2)
parser.add_argument("--sender-refused", action="store_true")
options = parser.parse_args()
lock = threading.Lock()
seen = set()


def note(**line):
    with lock, open(options.log, "a") as log:
        log.write(json.dumps(line) + "\n")


def is_first(name):
    with lock:
        first = name not in seen
        seen.add(name)
        return first


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if options.sender_refused:
            return "553 5.7.1 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "unknown":
            note(refused=address)
            return "550 5.1.1 no such\x1b[31m user"
        if name == "later" and is_first(address):
            note(refused=address)
            return "451 4.7.1 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "data" or (name == "later-data" and is_first(envelope.rcpt_tos[0])):
            note(refused=envelope.rcpt_tos[0])
            return "554 5.7.1 not this" if name == "data" else "452 4.3.1 full"
        note(
            sender=envelope.mail_from, recipients=envelope.rcpt_tos,
            tls=session.ssl is not None or options.smtps is not None,
            user=session.auth_data and session.auth_data.login.decode(),
            data=envelope.content.decode("latin-1"))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=[data.login.decode(), data.password.decode()] == options.user, auth_data=data)




def tls(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


arguments = {}
if options.starttls:
    arguments.update(tls_context=tls(options.starttls), require_starttls=True)
if options.smtps:
    arguments.update(ssl_context=tls(options.smtps))
if options.user:
    arguments.update(authenticator=authenticate, auth_required=True)
controller = Controller(Handler(), hostname="127.0.0.1", port=options.port, **arguments)
controller.start()
signal.pause()
