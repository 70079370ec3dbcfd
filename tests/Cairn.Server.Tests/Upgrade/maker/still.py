"""What is at rest in the folder, in the project `still`."""
import base64

from .onnx import field, linear_model
from .server import PLACE


def fill_storage(server):
    server.post("/storage/v1/b?project=still", {"name": "upgrade-still", "labels": {"kept": "yes"}, "versioning": {"enabled": True}})
    for text in ("first", "second"):
        server.put("upgrade-still", "notes/a.txt", text)
    server.put("upgrade-still", "notes/ä b.txt", "with a name that is quoted")
    server.put("upgrade-still", "table.csv", "a,b,c\n1,2,x\n3,4,y\n5,6,x\n", "text/csv")
    server.put("upgrade-still", "items.csv", '"a good one",good\n"a bad one",bad\n', "text/csv")
    server.put("upgrade-still", "model/model.onnx", linear_model(), "application/octet-stream")
    server.put("upgrade-still", "large.bin", bytes(range(256)) * 600, "application/octet-stream")
    server.send("PATCH", "/storage/v1/b/upgrade-still/o/table.csv", {"metadata": {"rows": "3"}})


def fill_tracking(server):
    """Runs whose metrics are in the log, and one whose older points have been moved to a column file."""
    mlflow = f"/projects/still/{PLACE}/api/2.0/mlflow/"
    experiment = server.post(mlflow + "experiments/create", {"name": "birds", "tags": [{"key": "team", "value": "wings"}]})["experiment_id"]
    runs = []
    for number in range(3):
        body = {"experiment_id": experiment, "run_name": f"run-{number}", "start_time": 1700000000000 + number}
        run = server.post(mlflow + "runs/create", body)
        identity = run["run"]["info"]["run_id"]
        runs.append(identity)
        points = [{"key": "loss", "value": 1 / (step + number + 1), "timestamp": 1700000000000 + step, "step": step}
                  for step in range(20)]
        params, tags = [{"key": "lr", "value": f"0.{number}1"}], [{"key": "n", "value": str(number)}]
        body = {"run_id": identity, "metrics": points, "params": params, "tags": tags}
        server.post(mlflow + "runs/log-batch", body)
    for step in range(1_100):
        body = {"run_id": runs[0], "key": "accuracy", "value": step / 1_100, "timestamp": 1700000000000 + step, "step": step}
        server.post(mlflow + "runs/log-metric", body)
    server.post(mlflow + "runs/update", {"run_id": runs[1], "status": "FINISHED", "end_time": 1700000100000})
    server.post(mlflow + "runs/delete", {"run_id": runs[2]})
    artifact = f"/projects/still/{PLACE}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{runs[0]}/artifacts/"
    server.send("PUT", artifact + "weights/w.txt", b"1 2 3", "text/plain")
    server.send("PUT", artifact + "weights/MLmodel", b"flavors: {}\n", "text/plain")
    return experiment, runs


def fill_registry(server, run):
    mlflow = f"/projects/still/{PLACE}/api/2.0/mlflow/"
    body = {"name": "Finch", "description": "of birds", "tags": [{"key": "k", "value": "v"}]}
    server.post(mlflow + "registered-models/create", body)
    for number in (1, 2, 3):
        body = {"name": "Finch", "source": f"runs:/{run}/weights", "run_id": run, "description": f"version {number}"}
        server.post(mlflow + "model-versions/create", body)
    server.post(mlflow + "model-versions/transition-stage", {"name": "Finch", "version": "1", "stage": "Archived"})
    server.post(mlflow + "model-versions/transition-stage", {"name": "Finch", "version": "2", "stage": "Production"})
    server.post(mlflow + "registered-models/alias", {"name": "Finch", "alias": "champion", "version": "2"})
    server.post(mlflow + "model-versions/set-tag", {"name": "Finch", "version": "3", "key": "checked", "value": "no"})
    server.post(mlflow + "registered-models/create", {"name": "empty"})

    parent = f"/v1/projects/still/{PLACE}"
    model = {"displayName": "linear", "artifactUri": "gs://upgrade-still/model", "labels": {"kind": "onnx"}}
    model["containerSpec"] = {"imageUri": "cairn/onnx"}
    name = server.operate(parent + "/models:upload", {"model": model})["model"]
    server.operate(parent + "/models:upload", {"parentModel": name, "model": {**model, "versionDescription": "the second"}})
    server.post(f"/v1/{name}@2:mergeVersionAliases", {"versionAliases": ["best"]})
    return name


def fill_serving(server, model):
    parent = f"/v1/projects/still/{PLACE}"
    endpoint = server.operate(parent + "/endpoints", {"displayName": "line", "labels": {"tier": "one"}})["name"]
    resources = {"machineSpec": {"machineType": "n1-standard-2"}, "minReplicaCount": 1}
    deployed = {"model": model, "displayName": "line-1", "dedicatedResources": resources}
    server.operate(f"/v1/{endpoint}:deployModel", {"deployedModel": deployed, "trafficSplit": {"0": 100}})
    server.operate(parent + "/endpoints", {"displayName": "bare"})
    return endpoint


def fill_data(server):
    parent = f"/v1/projects/still/{PLACE}"
    schemas = "gs://google-cloud-aiplatform/schema/dataset/"
    table = {"displayName": "table", "metadataSchemaUri": schemas + "metadata/tabular_1.0.0.yaml"}
    table["metadata"] = {"inputConfig": {"gcsSource": {"uri": ["gs://upgrade-still/table.csv"]}}}
    server.operate(parent + "/datasets", table)
    body = {"displayName": "texts", "metadataSchemaUri": schemas + "metadata/text_1.0.0.yaml"}
    texts = server.operate(parent + "/datasets", body)["name"]
    source = {"gcsSource": {"uris": ["gs://upgrade-still/items.csv"]}, "dataItemLabels": {"batch": "one"}}
    source["importSchemaUri"] = schemas + "ioformat/text_classification_single_label_io_format_1.0.0.yaml"
    server.operate(f"/v1/{texts}:import", {"importConfigs": [source]})


def fill_boards(server):
    parent = f"/v1/projects/still/{PLACE}"
    board = server.operate(parent + "/tensorboards", {"displayName": "board"})["name"]
    server.post(f"/v1/{board}/experiments?tensorboardExperimentId=nest", {"displayName": "nest"})
    server.post(f"/v1/{board}/experiments/nest/runs?tensorboardRunId=one", {"displayName": "one"})
    run = f"{board}/experiments/nest/runs/one"
    series = server.post(f"/v1/{run}/timeSeries", {"displayName": "height", "valueType": "SCALAR"})["name"]
    body = {"displayName": "shape", "valueType": "TENSOR", "pluginName": "text"}
    texts = server.post(f"/v1/{run}/timeSeries", body)["name"]
    points = [{"step": str(step), "wallTime": f"2023-11-14T22:13:{step:02}Z", "scalar": {"value": step * 0.5}} for step in range(1, 30)]
    tensor = {"value": base64.b64encode(field(1, 7) + field(8, "round")).decode(), "versionNumber": 1}
    tensors = [{"step": "1", "wallTime": "2023-11-14T22:13:20Z", "tensor": tensor}]
    body = [
        {"tensorboardTimeSeriesId": series.rsplit("/", 1)[1], "valueType": "SCALAR", "values": points},
        {"tensorboardTimeSeriesId": texts.rsplit("/", 1)[1], "valueType": "TENSOR", "values": tensors},
    ]
    server.post(f"/v1/{run}:write", {"tensorboardRun": run, "timeSeriesData": body})


def fill_studies(server):
    parent = f"/v1/projects/still/{PLACE}"
    spec = {"metrics": [{"metricId": "loss", "goal": "MINIMIZE"}], "algorithm": "RANDOM_SEARCH"}
    spec["parameters"] = [{"parameterId": "lr", "doubleValueSpec": {"minValue": 0.1, "maxValue": 1}}]
    study = server.post(parent + "/studies", {"displayName": "rates", "studySpec": spec})["name"]
    trials = server.operate(f"/v1/{study}/trials:suggest", {"suggestionCount": 3, "clientId": "worker"})["trials"]
    first, second = [{"stepCount": str(step), "metrics": [{"metricId": "loss", "value": 0.5 / step}]} for step in (1, 2)]
    server.post(f"/v1/{trials[0]['name']}:addTrialMeasurement", {"measurement": first})
    server.post(f"/v1/{trials[0]['name']}:complete", {"finalMeasurement": second})
    server.post(f"/v1/{trials[1]['name']}:complete", {"trialInfeasible": True, "infeasibleReason": "too steep"})


def fill_metadata(server):
    store = f"/v1/projects/still/{PLACE}/metadataStores/default"
    for kind, title in (("artifacts", "system.Dataset"), ("executions", "system.Run"), ("contexts", "system.Pipeline")):
        body = {"displayName": kind[:-1], "schemaTitle": title, "schemaVersion": "0.0.1", "metadata": {"size": 3}}
        server.post(f"{store}/{kind}?{kind[:-1]}Id=own-{kind[:-1]}", body)
    event = {"artifact": store[4:] + "/artifacts/own-artifact", "type": "INPUT"}
    server.post(f"{store}/executions/own-execution:addExecutionEvents", {"events": [event]})
    members = {"artifacts": [store[4:] + "/artifacts/own-artifact"], "executions": [store[4:] + "/executions/own-execution"]}
    server.post(f"{store}/contexts/own-context:addContextArtifactsAndExecutions", members)
