"""A Sacred observer that writes runs to Cairn: parameters, metrics with their history, output, results and artifacts."""

import datetime
import hashlib
import json
import math
import operator
import os
import re
import warnings

from cairn_sacred.api import Api, quote

try:
    from sacred.observers import RunObserver
except ImportError:  # Sacred asks for nothing but the methods.
    RunObserver = object

_POINTS_PER_CALL = 5000
_MAX_NAME = 250
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class CairnObserver(RunObserver):
    """Add it to an experiment's ``observers``. The run's id becomes Sacred's ``_id``."""

    priority = 20

    def __init__(self, endpoint=None, token=None, project=None, region=None):
        self._api = Api(
            endpoint or os.environ.get("CAIRN_ENDPOINT", "http://127.0.0.1:8080"),
            token or os.environ.get("CAIRN_TOKEN"),
        )
        project = project or os.environ.get("CAIRN_PROJECT", "demo")
        region = region or os.environ.get("CAIRN_REGION", "us-central1")
        self._parent = "projects/%s/locations/%s" % (quote(project), quote(region))
        self._run = self._run_id = self._folder = None
        self._description = {}
        self._tags = {}
        self._told = set()
        self._captured = ""

    def queued_event(self, ex_info, command, host_info, queue_time, config, meta_info, _id):
        return self._begin(ex_info, command, host_info, queue_time, config, meta_info, _id, "SCHEDULED")

    def started_event(self, ex_info, command, host_info, start_time, config, meta_info, _id):
        return self._begin(ex_info, command, host_info, start_time, config, meta_info, _id, "RUNNING")

    def heartbeat_event(self, info, captured_out, beat_time, result):
        self._captured = captured_out or ""
        if result is not None:
            self._tags["sacred.result"] = str(result)
        self._tags["sacred.heartbeat"] = _time(beat_time)
        self._save()

    def completed_event(self, stop_time, result):
        if result is not None:
            self._tags["sacred.result"] = str(result)
            if _is_number(result):
                self.log_metrics({"result": {"steps": [0], "values": [result], "timestamps": [stop_time]}}, {})
        self._end("FINISHED", stop_time)

    def interrupted_event(self, interrupt_time, status):
        self._tags["sacred.status"] = str(status)
        self._end("KILLED", interrupt_time)

    def failed_event(self, fail_time, fail_trace):
        self._tags["sacred.fail_trace"] = "".join(fail_trace)[-8000:]
        self._end("FAILED", fail_time)

    def resource_event(self, filename):
        self._tags["sacred.resource." + os.path.basename(filename)] = filename
        self._save()

    def artifact_event(self, name, filename, metadata=None, content_type=None):
        with open(filename, "rb") as file:
            self._upload(name, file.read(), content_type or "application/octet-stream")

    def log_metrics(self, metrics_by_name, info):
        series = []
        for name, metric in metrics_by_name.items():
            points = [
                (int(step), _micros(when), _json_number(value))
                for step, value, when in zip(metric["steps"], metric["values"], metric["timestamps"])
                if _is_number(value)
            ]
            key = re.sub(r"[^\w\-. :/()\[\]%@+=#,]", "_", name)[:_MAX_NAME]
            for start in range(0, len(points), _POINTS_PER_CALL):
                steps, times, values = zip(*points[start : start + _POINTS_PER_CALL])
                series.append({"name": key, "steps": steps, "times": times, "values": values})
        for batch in _batches(series):
            self._send({"metrics": batch})

    def join(self):
        """Nothing is pending: every call returns when the server has what it was sent."""

    def _begin(self, ex_info, command, host_info, when, config, meta_info, _id, status):
        if self._run is not None:  # Queued before.
            self._save(status)
            return self._run
        self._board()
        name = ex_info.get("name") or "sacred"
        digest = hashlib.sha256(("%s\n%s\n%s\n%s" % (name, _time(when), os.getpid(), _id)).encode()).hexdigest()
        self._run_id = digest[:32]
        self._run = _slug(str(_id)) if _id is not None else "sacred-" + digest[:16]
        self._description = {
            "experiment": name,
            "slug": self._run,
            "name": self._run,
            "user": "",
            "started": _micros(when) // 1000,
            "ended": None,
            "experimentTags": {},
            "params": [{"key": key, "value": value} for key, value in _flatten("", config)],
            "datasets": [],
            "deleted": False,
        }
        self._tags["sacred.command"] = str(command)
        self._tags["sacred.host"] = str(host_info.get("hostname", ""))
        self._tags["sacred.mainfile"] = str(ex_info.get("mainfile", ""))
        if meta_info.get("comment"):
            self._tags["sacred.comment"] = str(meta_info["comment"])
        for repository in ex_info.get("repositories") or []:
            self._tags["mlflow.source.git.commit"] = str(repository.get("commit", ""))
        self._folder = self._save(status).get("artifactFolder")
        return self._run

    def _board(self):
        """Without a tensorboard no TensorBoard would show the run."""
        found = self._api.get("/v1/%s/tensorboards?filter=is_default%%3Dtrue" % self._parent).get("tensorboards")
        if not found:
            self._api.post("/v1/%s/tensorboards" % self._parent, {"displayName": "Default", "isDefault": True})

    def _save(self, status="RUNNING"):
        tags = [{"key": key, "value": value} for key, value in self._tags.items()]
        return self._send({"run": dict(self._description, status=status, tags=tags)})

    def _send(self, request):
        """What is written again is there once. What cannot be kept is told, and does not end the run."""
        reply = self._api.post("/cairn/v1/%s/runs:import" % self._parent, dict(request, runId=self._run_id))
        for problem in reply.get("problems", []):
            if problem not in self._told:
                self._told.add(problem)
                warnings.warn(problem, stacklevel=3)
        return reply

    def _end(self, status, when):
        self._description["ended"] = _micros(when) // 1000
        if self._captured:
            self._upload("cout.txt", self._captured.encode("utf-8"), "text/plain")
        self._save(status)

    def _upload(self, name, data, content_type):
        if self._folder is None:
            warnings.warn("The files of this experiment belong where the server does not keep them; '%s' is not sent." % name, stacklevel=3)
            return
        bucket, _, prefix = self._folder[len("gs://") :].partition("/")
        target = "%s/%s" % (prefix.rstrip("/"), name)
        self._api.send("POST", "/upload/storage/v1/b/%s/o?uploadType=media&name=%s" % (quote(bucket), quote(target)), data, content_type)


def _batches(data):
    """Pieces of at most as many points as a call may have."""
    batch, count = [], 0
    for series in data:
        if batch and count + len(series["values"]) > _POINTS_PER_CALL:
            yield batch
            batch, count = [], 0
        batch.append(series)
        count += len(series["values"])
    if batch:
        yield batch


def _flatten(path, value):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flatten("%s.%s" % (path, key) if path else str(key), inner)
    elif path:
        yield path, _text(value)


def _text(value):
    """A parameter as text: a number with all its digits, whatever else as JSON."""
    if isinstance(value, str):
        return value
    if not _is_number(value):
        return json.dumps(value, default=str)
    try:
        return str(operator.index(value))
    except TypeError:
        return repr(float(value))


def _is_number(value):
    return not isinstance(value, bool) and hasattr(value, "__float__") and not isinstance(value, (str, bytes))


def _json_number(value):
    value = float(value)
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _slug(name):
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if slug == name:
        return slug
    return "%s-%s" % (slug[:100] or "run", hashlib.sha256(name.encode("utf-8")).hexdigest()[:8])


def _instant(when):
    """Sacred's times are UTC, mostly without saying so."""
    if isinstance(when, (int, float)):
        return datetime.datetime.fromtimestamp(when, datetime.timezone.utc)
    return when.replace(tzinfo=datetime.timezone.utc) if when.tzinfo is None else when


def _time(when):
    return _instant(when).astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def _micros(when):
    return (_instant(when) - _EPOCH) // datetime.timedelta(microseconds=1)
