"""Jobs: what has ended, and what is under way when the server dies."""
from .server import PLACE, until

TRAINING = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest"


def job(name, program, **more):
    container = {"imageUri": TRAINING, "command": ["python3", "-c", program]}
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1, "containerSpec": container}
    return {"displayName": name, "jobSpec": {"workerPoolSpecs": [pool], **more}}


# What ends by itself once an object `go` is there, so that it is under way for as long as the folder is not opened again.
WAIT = """
import os, time, urllib.request
while True:
    try:
        address = os.environ['CAIRN_ENDPOINT'] + '/storage/v1/b/upgrade-moving/o/go'
        urllib.request.urlopen(urllib.request.Request(address, headers={'Authorization': 'Bearer ' + os.environ['CAIRN_TOKEN']}))
        break
    except OSError:
        time.sleep(0.2)
"""

REPORT = """
import json, sys, time
x = [float(a.split('=')[1]) for a in sys.argv if a.startswith('--x=')][0]
with open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'w') as file:
    trial = os.environ['CLOUD_ML_TRIAL_ID']
    line = {'timestamp': time.time(), 'trial': trial, 'score': str(x), 'global_step': '1', 'checkpoint_path': ''}
    file.write(json.dumps(line) + '\\n')
"""


def tuning(name, program, trials, parallel):
    return {
        "displayName": name,
        "studySpec": {
            "metrics": [{"metricId": "score", "goal": "MAXIMIZE"}],
            "parameters": [{"parameterId": "x", "doubleValueSpec": {"minValue": 0, "maxValue": 1}}],
            "algorithm": "RANDOM_SEARCH",
        },
        "maxTrialCount": trials,
        "parallelTrialCount": parallel,
        "trialJobSpec": job("", program)["jobSpec"],
    }


def fill_jobs(server):
    parent = f"/v1/projects/still/{PLACE}"
    done = server.post(parent + "/customJobs", job("done", "print('hello from the past')"))["name"]
    failed = server.post(parent + "/customJobs", job("failed", "import sys; sys.exit(3)"))["name"]
    tuned = server.post(parent + "/hyperparameterTuningJobs", tuning("tuned", "import os" + REPORT, 2, 2))["name"]
    until(lambda: server.state(done) == "JOB_STATE_SUCCEEDED")
    until(lambda: server.state(failed) == "JOB_STATE_FAILED")
    until(lambda: server.state(tuned) == "JOB_STATE_SUCCEEDED")
    entry = {"logName": "projects/still/logs/own", "resource": {"type": "global"}, "textPayload": "an entry of its own", "insertId": "1"}
    server.post("/v2/entries:write", {"entries": [entry]})


def begin(server):
    """What is under way when the server dies, by name, with the state in which it ends under the next one."""
    parent = f"/v1/projects/moving/{PLACE}"
    server.post("/storage/v1/b?project=moving", {"name": "upgrade-moving"})
    output = {"baseOutputDirectory": {"outputUriPrefix": "gs://upgrade-moving/out"}}
    alone = server.post(parent + "/customJobs", job("running", WAIT, **output))["name"]
    until(lambda: server.state(alone) == "JOB_STATE_RUNNING")
    again = server.post(parent + "/customJobs", job("restarted", WAIT, scheduling={"restartJobOnWorkerRestart": True}))["name"]
    until(lambda: server.state(again) == "JOB_STATE_RUNNING")
    tuned = server.post(parent + "/hyperparameterTuningJobs", tuning("under way", WAIT + REPORT, 4, 2))["name"]
    until(lambda: [trial["state"] for trial in server.send("GET", "/v1/" + tuned).get("trials", [])] == ["ACTIVE", "ACTIVE"])
    pipeline = {
        "displayName": "training",
        "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
        "trainingTaskInputs": {**job("", WAIT)["jobSpec"], **output},
    }
    trained = server.post(parent + "/trainingPipelines", pipeline)["name"]
    queued = server.post(parent + "/customJobs", job("queued", "print('its turn came')"))["name"]
    until(lambda: server.send("GET", "/v1/" + tuned)["state"] == "JOB_STATE_RUNNING")
    return {
        alone: "JOB_STATE_FAILED",
        again: "JOB_STATE_SUCCEEDED",
        tuned: "JOB_STATE_SUCCEEDED",
        trained: "PIPELINE_STATE_SUCCEEDED",
        queued: "JOB_STATE_SUCCEEDED",
    }
