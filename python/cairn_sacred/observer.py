"""A Sacred observer that writes runs to Cairn: parameters, metrics with their history, output, results and artifacts."""

import datetime
import hashlib
import json
import math
import os
import re

from cairn_sacred.api import Api, quote

try:
    from sacred.observers import RunObserver
except ImportError:  # Sacred asks for nothing but the methods.
    RunObserver = object

_POINTS_PER_CALL = 5000
_MAX_NAME = 250


class CairnObserver(RunObserver):
    """Add it to an experiment's ``observers``. The run's id becomes Sacred's ``_id``."""

    priority = 20

    def __init__(self, endpoint=None, token=None, project=None, region=None, bucket=None):
        self._api = Api(
            endpoint or os.environ.get("CAIRN_ENDPOINT", "http://127.0.0.1:8080"),
            token or os.environ.get("CAIRN_TOKEN"),
        )
        self._project = project or os.environ.get("CAIRN_PROJECT", "demo")
        self._region = region or os.environ.get("CAIRN_REGION", "us-central1")
        self._bucket = bucket or self._project + "-mlflow-artifacts"
        self._parent = "/v1/projects/%s/locations/%s" % (quote(self._project), quote(self._region))
        self._store = self._parent + "/metadataStores/default"
        self._metadata = {"_params": {}, "_metrics": {}, "_state": "RUNNING", "_tags": {}}
        self._series = {}
        self._experiment = self._run = self._run_name = self._context = None
        self._captured = ""

    def queued_event(self, ex_info, command, host_info, queue_time, config, meta_info, _id):
        return self._begin(ex_info, command, host_info, queue_time, config, meta_info, _id)

    def started_event(self, ex_info, command, host_info, start_time, config, meta_info, _id):
        return self._begin(ex_info, command, host_info, start_time, config, meta_info, _id)

    def heartbeat_event(self, info, captured_out, beat_time, result):
        self._captured = captured_out or ""
        if result is not None:
            self._metadata["_tags"]["sacred.result"] = str(result)
        self._metadata["_tags"]["sacred.heartbeat"] = _time(beat_time)
        self._save()

    def completed_event(self, stop_time, result):
        if result is not None:
            self._metadata["_tags"]["sacred.result"] = str(result)
            if _is_number(result):
                self.log_metrics({"result": {"steps": [0], "values": [result], "timestamps": [stop_time]}}, {})
        self._end("COMPLETE", stop_time)

    def interrupted_event(self, interrupt_time, status):
        self._metadata["_tags"]["sacred.status"] = str(status)
        self._end("CANCELLED", interrupt_time)

    def failed_event(self, fail_time, fail_trace):
        self._metadata["_tags"]["sacred.fail_trace"] = "".join(fail_trace)[-8000:]
        self._end("FAILED", fail_time)

    def resource_event(self, filename):
        self._metadata["_tags"]["sacred.resource." + os.path.basename(filename)] = filename
        self._save()

    def artifact_event(self, name, filename, metadata=None, content_type=None):
        with open(filename, "rb") as file:
            self._upload(name, file.read(), content_type or "application/octet-stream")

    def log_metrics(self, metrics_by_name, info):
        data = []
        for name, metric in metrics_by_name.items():
            points = [
                {"step": str(int(step)), "wallTime": _time(when), "scalar": {"value": _json_number(value)}}
                for step, value, when in zip(metric["steps"], metric["values"], metric["timestamps"])
                if _is_number(value)
            ]
            if points:
                series = self._series_of(re.sub(r"[^\w\-. :/()\[\]%@+=#,]", "_", name)[:_MAX_NAME])
                self._metadata["_metrics"][name] = points[-1]["scalar"]["value"]
                for start in range(0, len(points), _POINTS_PER_CALL):
                    data.append({"tensorboardTimeSeriesId": series, "valueType": "SCALAR", "values": points[start : start + _POINTS_PER_CALL]})
        for batch in _batches(data):
            self._api.post("/v1/%s:write" % self._run_name, {"timeSeriesData": batch})

    def join(self):
        """Nothing is pending: every call returns when the server has what it was sent."""

    def _begin(self, ex_info, command, host_info, when, config, meta_info, _id):
        if self._run is not None:  # Queued before.
            self._save()
            return self._run
        name = ex_info.get("name") or "sacred"
        start = _time(when)
        self._experiment = _slug(name)
        self._run = _slug(str(_id)) if _id is not None else "sacred-" + hashlib.sha256((name + start + str(os.getpid())).encode()).hexdigest()[:16]
        board = self._board()
        experiment = "%s/experiments/%s" % (board, self._experiment)
        self._api.get_or_create("/v1/" + experiment, "/v1/%s/experiments?tensorboardExperimentId=%s" % (board, self._experiment), {"displayName": name})
        self._run_name = "%s/runs/%s" % (experiment, self._run)
        self._api.get_or_create("/v1/" + self._run_name, "/v1/%s/runs?tensorboardRunId=%s" % (experiment, self._run), {"displayName": self._run})
        self._metadata["_params"] = dict(_flatten("", config))
        self._metadata["_start_time"] = start
        tags = self._metadata["_tags"]
        tags["sacred.command"] = str(command)
        tags["sacred.host"] = str(host_info.get("hostname", ""))
        tags["sacred.mainfile"] = str(ex_info.get("mainfile", ""))
        if meta_info.get("comment"):
            tags["sacred.comment"] = str(meta_info["comment"])
        for repository in ex_info.get("repositories") or []:
            tags["mlflow.source.git.commit"] = str(repository.get("commit", ""))
        self._make_contexts(name, board)
        for series in self._list_series():
            self._series[series["displayName"]] = series["name"].rsplit("/", 1)[1]
        return self._run

    def _make_contexts(self, name, board):
        experiment = {"displayName": name, "schemaTitle": "system.Experiment", "schemaVersion": "0.0.1", "metadata": {"experiment_deleted": False, "backing_tensorboard_resource": board}}
        self._api.get_or_create("%s/contexts/%s" % (self._store, self._experiment), "%s/contexts?contextId=%s" % (self._store, self._experiment), experiment)
        self._context = "%s/contexts/%s-%s" % (self._store, self._experiment, self._run)
        run = {"displayName": self._run, "schemaTitle": "system.ExperimentRun", "schemaVersion": "0.0.1", "metadata": self._metadata}
        self._api.get_or_create(self._context, "%s/contexts?contextId=%s-%s" % (self._store, self._experiment, self._run), run)
        self._api.post("%s/contexts/%s:addContextChildren" % (self._store, self._experiment), {"childContexts": [self._context[len("/v1/") :]]})
        self._save()

    def _board(self):
        found = self._api.get(self._parent + "/tensorboards?filter=is_default%3Dtrue").get("tensorboards")
        if found:
            return found[0]["name"]
        made = self._api.post(self._parent + "/tensorboards", {"displayName": "Default", "isDefault": True})
        return made["response"]["name"]

    def _list_series(self):
        token = ""
        while True:
            page = self._api.get("/v1/%s/timeSeries?pageSize=1000&pageToken=%s" % (self._run_name, quote(token)))
            yield from page.get("tensorboardTimeSeries", [])
            token = page.get("nextPageToken", "")
            if not token:
                return

    def _series_of(self, name):
        if name not in self._series:
            made = self._api.post("/v1/%s/timeSeries" % self._run_name, {"displayName": name, "valueType": "SCALAR", "pluginName": "scalars"})
            self._series[name] = made["name"].rsplit("/", 1)[1]
        return self._series[name]

    def _save(self):
        self._api.patch(self._context + "?updateMask=metadata", {"name": self._context[len("/v1/") :], "metadata": self._metadata})

    def _end(self, state, when):
        self._metadata["_state"] = state
        self._metadata["_end_time"] = _time(when)
        if self._captured:
            self._upload("cout.txt", self._captured.encode("utf-8"), "text/plain")
        self._save()

    def _upload(self, name, data, content_type):
        try:
            self._api.get("/storage/v1/b/" + quote(self._bucket))
        except RuntimeError:
            self._api.post("/storage/v1/b?project=" + quote(self._project), {"name": self._bucket})
        target = "%s/%s/artifacts/%s" % (self._experiment, self._run, name)
        self._api.send("POST", "/upload/storage/v1/b/%s/o?uploadType=media&name=%s" % (quote(self._bucket), quote(target)), data, content_type)


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
        yield path, value if _is_number(value) and math.isfinite(value) else value if isinstance(value, str) else json.dumps(value, default=str)


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


def _time(when):
    """Sacred's times are UTC, mostly without saying so."""
    if isinstance(when, (int, float)):
        when = datetime.datetime.fromtimestamp(when, datetime.timezone.utc)
    elif when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
