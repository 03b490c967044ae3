"""The PostgreSQL and the RabbitMQ of a soak: its own, on free ports of 127.0.0.1, in a folder of its own."""

import glob
import os
import pwd
import signal
import socket
import subprocess
import time

from processes import Background, Failure, free_port


class PostgreSQL:
    """A cluster of Debian's PostgreSQL; run by another user where we are root, which it refuses."""

    name = "postgres"
    programs = "/usr/lib/postgresql/15/bin"

    def __init__(self, folder):
        self.folder = os.path.join(folder, "cluster")
        self.user = []
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chmod(folder, 0o755)
            os.mkdir(self.folder)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.user = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        self.run("initdb", "-D", self.folder, "-U", "soak", "--auth=trust", "--no-sync")
        self.port = free_port()
        self.start()

    def store(self, name):
        """The URL of a new store."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "soak", name)
        return f"postgres://soak@127.0.0.1:{self.port}/{name}"

    def run(self, program, *arguments):
        # To a file: a server that is started would keep a pipe open.
        with open(self.folder + ".log", "a+") as log:
            begin = log.tell()
            command = [*self.user, f"{self.programs}/{program}", *arguments]
            done = subprocess.run(command, stdout=log, stderr=log, cwd="/")
            if done.returncode:
                log.seek(begin)
                raise Failure(f"{program}: {log.read()}")

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self.run("pg_ctl", "-D", self.folder, "-o", options, "-l", f"{self.folder}/log", "-w", "-t", "120", "start")

    def kill(self):
        with open(f"{self.folder}/postmaster.pid") as file:
            os.kill(int(file.readline()), 9)
        # Its children see that it is gone and end; a new one refuses to start before.
        while any(self.is_at_home(process) for process in glob.glob("/proc/[0-9]*")):
            time.sleep(0.01)

    def is_at_home(self, process):
        """Whether a process is one of the cluster's: all are in its folder."""
        try:
            return os.readlink(f"{process}/cwd") == self.folder
        except OSError:
            return False  # It has ended, or is somebody else's.

    def stop(self):
        self.run("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")
        return 0


class RabbitMQ:
    """A node of Debian's RabbitMQ, with an `epmd` and a cookie of its own."""

    name = "rabbitmq"
    programs = "/usr/lib/rabbitmq/bin"

    def __init__(self, folder):
        self.folder = os.path.join(folder, "rabbitmq")
        os.mkdir(self.folder)
        self.port, mapper = free_port(), free_port()
        self.log = self.path("output.log")
        with open(self.path("plugins"), "w") as plugins:
            plugins.write("[].\n")
        with open(self.path("rabbitmq.conf"), "w") as settings:
            settings.write(f"listeners.tcp.default = 127.0.0.1:{self.port}\ndisk_free_limit.absolute = 10MB\n")
        self.environment = {
            "HOME": self.folder, "ERL_EPMD_PORT": str(mapper), "ERL_EPMD_ADDRESS": "127.0.0.1",
            # With it the start script becomes the server, rather than its parent.
            "NOTIFY_SOCKET": self.path("none"),
            "RABBITMQ_NODENAME": "soak@localhost", "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()), "RABBITMQ_MNESIA_BASE": self.path("data"),
            "RABBITMQ_LOG_BASE": self.path("log"), "RABBITMQ_CONFIG_FILE": self.path("rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.path("plugins"), "RABBITMQ_CONF_ENV_FILE": self.path("none"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"}
        self.mapper = Background(["epmd", "-port", str(mapper), "-address", "127.0.0.1"], self.environment, self.log)
        self.process = None
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self):
        is_restart = self.process is not None
        self.process = Background([f"{self.programs}/rabbitmq-server"], self.environment, self.log)
        while True:
            if self.process.process.poll() is not None:
                with open(self.log, errors="replace") as said:
                    raise Failure(f"RabbitMQ ended:\n{said.read()[-4000:]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        if is_restart:
            # Where there is but one node RabbitMQ 3.10 takes up to minutes to choose its queues' leaders by itself.
            self.evaluate("[ra:trigger_election(amqqueue:get_pid(Q)) || Q <- rabbit_amqqueue:list()].")

    def broker(self, name):
        """The URL of a new virtual host."""
        host = f'<<"{name}">>'
        self.evaluate(f'ok = rabbit_vhost:add({host}, <<"soak">>), ok = rabbit_auth_backend_internal:set_permissions('
                      f'<<"guest">>, {host}, <<".*">>, <<".*">>, <<".*">>, <<"soak">>).')
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def settle(self):
        """Has it write to the disk which queues there are: RabbitMQ 3.10 (ra 2.2.0) does so minutes after a queue was
        declared, and forgets its messages if it is killed before."""
        self.evaluate("[dets:sync(T) || T <- dets:all()].")

    def evaluate(self, expression):
        done = subprocess.run([f"{self.programs}/rabbitmqctl", "eval", expression], env=os.environ | self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"rabbitmqctl eval '{expression}': {done.stdout}{done.stderr}")

    def kill(self):
        self.process.end()

    def stop(self):
        self.process.end(signal.SIGTERM)
        self.mapper.end()
        return 0


class Services:
    """Those that are needed, started when they are."""

    def __init__(self, folder):
        self.folder, self.running = folder, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for service in self.running.values():
            service.stop()

    def get(self, kind):
        if kind.name not in self.running:
            self.running[kind.name] = kind(self.folder)
        return self.running[kind.name]

    @property
    def postgres(self):
        return self.get(PostgreSQL)

    @property
    def rabbitmq(self):
        return self.get(RabbitMQ)
