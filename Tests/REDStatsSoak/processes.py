"""The processes of a soak: servers that are killed and started again, and a PostgreSQL of its own."""

import os
import pwd
import socket
import subprocess
import sys
import tempfile


class Server:
    """A server that says where it listens; each start has a port of its own."""

    def __init__(self, name, *command):
        self.name, self.command = name, command
        self.start()

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        environment["HOOFPRINT"] = "off"
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command, env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            self.log.write(line)
            if line.startswith("listening on "):
                self.port = int(line.rsplit(":", 1)[1])
                break
        else:
            sys.exit(f"soak-stats: {self.name} ended with {self.process.wait()}:\n{self.text()}")
        # Nobody reads on: what it says later goes where it does not fill a pipe.
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
        self.process.stderr.close()

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.drain.wait()

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        self.drain.wait()
        return status


class PostgreSQL:
    """A cluster in a folder, on a free port of 127.0.0.1; run by another user where we are root, which it refuses."""

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
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "soak", "stats")

    @property
    def url(self):
        return f"postgres://soak@127.0.0.1:{self.port}/stats"

    def run(self, program, *arguments):
        subprocess.run([*self.user, f"{self.programs}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL,
                       cwd="/")

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self.run("pg_ctl", "-D", self.folder, "-o", options, "-l", f"{self.folder}/log", "-w", "-t", "120", "start")

    def kill(self):
        with open(f"{self.folder}/postmaster.pid") as file:
            os.kill(int(file.readline()), 9)
        # Its children see that it is gone and end; a new one refuses to start before.
        while subprocess.run(["pgrep", "-f", f"postgres.*{self.folder}|-D {self.folder}"],
                             stdout=subprocess.DEVNULL).returncode == 0:
            pass

    def stop(self):
        self.run("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")
        return 0
