#!/usr/bin/env python3
"""From data to answers: splits the digits by hash, tunes a classifier, trains the best one for good, deploys it and asks it. Needs scikit-learn; speaks the REST API with Python alone."""

import argparse
import io
import json
import os
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request

from digits.split import split

TRAINING_IMAGE = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest"
PREDICTION_IMAGE = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest"


class Api:
    def __init__(self, endpoint, project):
        self.endpoint = endpoint.rstrip("/")
        self.project = project
        self.parent = f"/v1/projects/{project}/locations/us-central1"

    def call(self, method, path, body=None, content="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": content}
        if os.environ.get("CAIRN_TOKEN"):
            headers["Authorization"] = "Bearer " + os.environ["CAIRN_TOKEN"]
        try:
            with urllib.request.urlopen(urllib.request.Request(self.endpoint + path, data, headers, method=method)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def upload(self, bucket, name, data):
        self.call("POST", f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={urllib.parse.quote(name, safe='')}", data, "application/octet-stream")

    def wait(self, name, done):
        while not done(found := self.call("GET", "/v1/" + name)):
            time.sleep(0.5)
        return found

    def result(self, operation):
        ended = self.wait(operation["name"], lambda found: found.get("done"))
        if "error" in ended:
            raise SystemExit(ended["error"]["message"])
        return ended["response"]

    def ended(self, name):
        """A job or pipeline once it has ended, which it has to do well."""
        found = self.wait(name, lambda found: found["state"].endswith(("_SUCCEEDED", "_FAILED", "_CANCELLED")))
        if not found["state"].endswith("_SUCCEEDED"):
            raise SystemExit(f"{name} ended as {found['state']}: {found.get('error', {}).get('message')}")
        return found


def package():
    """The training program as a source distribution."""
    here = os.path.dirname(os.path.abspath(__file__))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in ["setup.py", "digits/__init__.py", "digits/split.py", "digits/task.py"]:
            tar.add(os.path.join(here, name), arcname="digits-0.1.0/" + name)
    return buffer.getvalue()


def pool(bucket, args):
    program = {"executorImageUri": TRAINING_IMAGE, "packageUris": [f"gs://{bucket}/packages/digits-0.1.0.tar.gz"], "pythonModule": "digits.task", "args": [f"--data=gs://{bucket}/data", *args]}
    return {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1, "pythonPackageSpec": program}


def tune(api, bucket, trials, parallel):
    job = {
        "displayName": "digits",
        "maxTrialCount": trials,
        "parallelTrialCount": parallel,
        "studySpec": {
            "metrics": [{"metricId": "accuracy", "goal": "MAXIMIZE"}],
            "parameters": [
                {"parameterId": "alpha", "doubleValueSpec": {"minValue": 1e-6, "maxValue": 1}, "scaleType": "UNIT_LOG_SCALE"},
                {"parameterId": "epochs", "integerValueSpec": {"minValue": 2, "maxValue": 30}},
                {"parameterId": "penalty", "categoricalValueSpec": {"values": ["l2", "l1", "elasticnet"]}},
            ],
        },
        "trialJobSpec": {"workerPoolSpecs": [pool(bucket, [])], "baseOutputDirectory": {"outputUriPrefix": f"gs://{bucket}/tuning"}},
    }
    created = api.call("POST", api.parent + "/hyperparameterTuningJobs", job)
    print(f"tuning: {created['name']}", flush=True)
    trials = [trial for trial in api.ended(created["name"])["trials"] if trial["state"] == "SUCCEEDED"]
    best = max(trials, key=lambda trial: trial["finalMeasurement"]["metrics"][0]["value"])
    parameters = {parameter["parameterId"]: parameter["value"] for parameter in best["parameters"]}
    print(f"best: trial {best['id']} of {len(trials)}, accuracy {best['finalMeasurement']['metrics'][0]['value']:.4f}, {parameters}", flush=True)
    return parameters


def train(api, bucket, parameters):
    args = [f"--alpha={parameters['alpha']}", f"--epochs={int(parameters['epochs'])}", f"--penalty={parameters['penalty']}", "--final"]
    pipeline = {
        "displayName": "digits",
        "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
        "trainingTaskInputs": {"workerPoolSpecs": [pool(bucket, args)], "baseOutputDirectory": {"outputUriPrefix": f"gs://{bucket}/final"}},
        "modelToUpload": {"displayName": "digits", "containerSpec": {"imageUri": PREDICTION_IMAGE}},
    }
    ended = api.ended(api.call("POST", api.parent + "/trainingPipelines", pipeline)["name"])
    print(f"trained: {ended['modelToUpload']['name']}", flush=True)
    return ended["modelToUpload"]["name"]


def deploy(api, model):
    endpoint = api.result(api.call("POST", api.parent + "/endpoints", {"displayName": "digits"}))["name"]
    deployed = {"model": model, "displayName": "digits", "dedicatedResources": {"machineSpec": {"machineType": "n1-standard-2"}, "minReplicaCount": 1, "maxReplicaCount": 1}}
    api.result(api.call("POST", f"/v1/{endpoint}:deployModel", {"deployedModel": deployed, "trafficSplit": {"0": 100}}))
    print(f"deployed: {endpoint}", flush=True)
    return endpoint


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", default=os.environ.get("CAIRN_ENDPOINT", "http://127.0.0.1:8080"))
    parser.add_argument("--project", default="demo")
    parser.add_argument("--bucket", default="digits-example")
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--parallel", type=int, default=2)
    args = parser.parse_args()

    api = Api(args.endpoint, args.project)
    if args.bucket not in [bucket["name"] for bucket in api.call("GET", f"/storage/v1/b?project={args.project}").get("items", [])]:
        api.call("POST", f"/storage/v1/b?project={args.project}", {"name": args.bucket})
    parts = split()
    for name, lines in parts.items():
        api.upload(args.bucket, f"data/{name}.csv", ("\n".join(lines) + "\n").encode())
    api.upload(args.bucket, "packages/digits-0.1.0.tar.gz", package())
    print("split:", ", ".join(f"{len(lines)} {name}" for name, lines in parts.items()), flush=True)

    endpoint = deploy(api, train(api, args.bucket, tune(api, args.bucket, args.trials, args.parallel)))
    test = [[float(value) for value in line.split(",")] for line in parts["test"]]
    answers = api.call("POST", f"/v1/{endpoint}:predict", {"instances": [row[:-1] for row in test]})["predictions"]
    right = sum(int(answer) == int(row[-1]) for answer, row in zip(answers, test))
    print(f"predicted: {right} of {len(test)} test digits are read right ({right / len(test):.4f})")


if __name__ == "__main__":
    main()
