"""Stops a training whose objective no longer improves, and tells the job's run so: which rule, and at which step."""

import json
import math
import os
import sys
import urllib.error
import urllib.request


class EarlyStopping:
    """Patience: stops where a metric has not improved by more than `min_delta` for `patience` steps.

        stopping = EarlyStopping("val_loss", mode="min", patience=3)
        for epoch in range(100):
            ...
            if stopping.should_stop(val_loss, epoch):
                break
    """

    def __init__(self, metric, mode="min", patience=5, min_delta=0.0):
        if mode not in ("min", "max"):
            raise ValueError(f"mode is {mode!r}; it must be 'min' or 'max'")
        if patience < 1:
            raise ValueError(f"patience is {patience}; it must be at least 1")
        self.metric, self.mode, self.patience, self.min_delta = metric, mode, patience, min_delta
        self.best, self.best_step, self.stopped_step = None, None, None
        self._waited = 0

    @property
    def rule(self):
        delta = f", min_delta {self.min_delta:g}" if self.min_delta else ""
        return f"patience {self.patience} on {self.metric} ({self.mode}{delta})"

    def should_stop(self, value, step):
        """Takes the metric of a step. True where the training is to end; the run has been told by then."""
        if self._improves(value):
            self.best, self.best_step, self._waited = value, step, 0
            return False
        self._waited += 1
        if self._waited < self.patience:
            return False
        self.stopped_step = step
        tell({"stopping.reason": "early_stopping", "stopping.rule": self.rule, "stopping.step": str(step), "stopping.best_step": str(self.best_step)})
        return True

    def _improves(self, value):
        if math.isnan(value):
            return False
        if self.best is None:
            return True
        return value < self.best - self.min_delta if self.mode == "min" else value > self.best + self.min_delta


def tell(tags):
    """Writes tags to the run that this task is; a program that runs elsewhere says it to its standard error only."""
    print("Stopped early: " + ", ".join(f"{key} = {value}" for key, value in tags.items()), file=sys.stderr)
    address, run = os.environ.get("MLFLOW_TRACKING_URI"), os.environ.get("MLFLOW_RUN_ID")
    if not address or not run:
        return
    headers = {"Content-Type": "application/json"}
    if os.environ.get("MLFLOW_TRACKING_TOKEN"):
        headers["Authorization"] = "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]
    body = {"run_id": run, "metrics": [], "params": [], "tags": [{"key": key, "value": value} for key, value in tags.items()]}
    request = urllib.request.Request(address.rstrip("/") + "/api/2.0/mlflow/runs/log-batch", json.dumps(body).encode(), headers)
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.URLError as error:
        print(f"The run could not be told: {error}", file=sys.stderr)
