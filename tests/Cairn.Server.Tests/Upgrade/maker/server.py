"""The older program, and its REST doors."""
import http.client, json, os, signal, sqlite3, subprocess, time, urllib.parse

DATA = "/tmp/cairn-upgrade"
PLACE = "locations/us-central1"


class Server:
    """The older program, and its REST doors."""

    def __init__(self, program, token=""):
        self.token = token
        os.makedirs(DATA, exist_ok=True)
        command = [program, "server", "--data", DATA, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--job-slots", "4"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        until(lambda: os.path.exists(f"{DATA}/server.json"))
        with open(f"{DATA}/server.json") as file:
            self.address = json.load(file)["http"]
        self.connection = http.client.HTTPConnection(self.address.split("//")[1])
        until(lambda: self.ask("GET", "/healthz")[0] == 200)

    def ask(self, method, path, body=None, kind="application/json"):
        """The status of the answer and its bytes."""
        headers = {"Authorization": "Bearer " + self.token} if self.token else {}
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            return 0, b""
        return answer.status, answer.read()

    def send(self, method, path, body=None, kind="application/json"):
        """What a call answers that has to succeed."""
        status, text = self.ask(method, path, body, kind)
        if status >= 300 or status == 0:
            raise SystemExit(f"{method} {path}: {status} {text.decode()}")
        return json.loads(text) if text[:1] in (b"{", b"[") else {}

    def post(self, path, body):
        return self.send("POST", path, body)

    def operate(self, path, body, method="POST"):
        """What an operation answered when it had ended."""
        operation = self.send(method, path, body)
        until(lambda: operation.update(self.send("GET", "/v1/" + operation["name"])) or operation.get("done"))
        if "error" in operation:
            raise SystemExit(f"{path}: {operation['error']}")
        return operation["response"]

    def put(self, bucket, name, content, kind="text/plain"):
        content = content if isinstance(content, bytes) else content.encode()
        quoted = urllib.parse.quote(name, safe="")
        return self.send("POST", f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quoted}", content, kind)

    def state(self, name):
        return self.send("GET", "/v1/" + name)["state"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def kill(self):
        """Ends the server and whatever it started at once, as a power cut does."""
        killed = [self.process.pid]
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if DATA in line and "make-folder" not in line:
                killed.append(int(entry))
        for pid in dict.fromkeys(killed):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"Waited {seconds} s in vain.")
        time.sleep(0.1)


def until_moved():
    """The older points of the long run are moved to a column file within a minute."""
    database = sqlite3.connect(f"file:{DATA}/cairn.db?mode=ro", uri=True)
    until(lambda: database.execute("SELECT COUNT(*) FROM metric_segments").fetchone()[0] > 0)
    database.close()


def empty_log():
    """Empties the log beside the database, so that the folder is small; what follows is in the log when the server dies."""
    database = sqlite3.connect(f"{DATA}/cairn.db")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
