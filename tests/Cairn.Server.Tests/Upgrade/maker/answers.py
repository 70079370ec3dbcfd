"""What the older program answered."""
import json, urllib.parse

from .server import PLACE


class Answers:
    """What the server answers, and all that its lists name, each once."""

    def __init__(self, server):
        self.server, self.all, self.seen = server, [], set()

    def keep(self, method, path, body=None):
        if (method, path, json.dumps(body)) in self.seen:
            return {}
        self.seen.add((method, path, json.dumps(body)))
        status, text = self.server.ask(method, path, body)
        text = text.decode("latin-1").replace(self.server.address, "{server}")
        answer = json.loads(text.encode("latin-1")) if text[:1] in "{[" else text
        if status == 200:
            sent = {} if body is None else {"body": body}
            self.all.append({"method": method, "path": path, **sent, "answer": answer})
        return answer if isinstance(answer, dict) else {}

    def follow(self, path, *below):
        """A list, all that it names, and the lists below each of these."""
        listed = self.keep("GET", path)
        for name in [item["name"] for items in listed.values() if isinstance(items, list) for item in items if "name" in item]:
            self.keep("GET", "/v1/" + name)
            for nested in below:
                if isinstance(nested, tuple):
                    self.follow(f"/v1/{name}/{nested[0]}", *nested[1:])
                else:
                    self.keep("GET", f"/v1/{name}{nested}")


def look(server, experiment, runs, endpoint):
    kept = Answers(server)
    parent = f"/v1/projects/still/{PLACE}"
    kept.follow(parent + "/models", ":listVersions", "@1", "@2", "@best")
    kept.follow(parent + "/endpoints")
    for collection in ("customJobs", "hyperparameterTuningJobs", "trainingPipelines"):
        kept.follow(f"{parent}/{collection}")
    kept.follow(parent + "/operations")
    kept.follow(parent + "/studies", ("trials",))
    kept.follow(parent + "/tensorboards", ("experiments", ("runs", ("timeSeries", ":read"))))
    kept.follow(parent + "/datasets", ("dataItems", ("annotations",)))
    executions, contexts = ("executions", ":queryExecutionInputsAndOutputs"), ("contexts", ":queryContextLineageSubgraph")
    kept.follow(parent + "/metadataStores", ("artifacts",), executions, contexts)
    kept.keep("POST", f"/v1/{endpoint}:predict", {"instances": [[1, 1, 1], [0, 0, 2]]})

    kept.keep("GET", "/storage/v1/b?project=still")
    for bucket in [item["name"] for item in kept.keep("GET", "/storage/v1/b?project=still&projection=full")["items"]]:
        kept.keep("GET", f"/storage/v1/b/{bucket}")
        listed = kept.keep("GET", f"/storage/v1/b/{bucket}/o?versions=true")
        for item in listed.get("items", []):
            path = f"/storage/v1/b/{bucket}/o/{urllib.parse.quote(item['name'], safe='')}?generation={item['generation']}"
            kept.keep("GET", path)
            if int(item["size"]) < 10_000 and not item["name"].endswith(".onnx"):
                kept.keep("GET", path + "&alt=media")

    mlflow = f"/projects/still/{PLACE}/api/2.0/mlflow/"
    kept.keep("POST", mlflow + "experiments/search", {"max_results": 100, "view_type": "ALL"})
    kept.keep("GET", mlflow + f"experiments/get?experiment_id={experiment}")
    kept.keep("POST", mlflow + "runs/search", {"experiment_ids": [experiment], "run_view_type": "ALL"})
    search = {"experiment_ids": [experiment], "filter": "metrics.loss < 0.05 and params.lr = '0.11'", "order_by": ["metrics.loss DESC"]}
    kept.keep("POST", mlflow + "runs/search", search)
    for run in runs:
        kept.keep("GET", mlflow + f"runs/get?run_id={run}")
        kept.keep("GET", mlflow + f"metrics/get-history?run_id={run}&metric_key=loss")
        kept.keep("GET", mlflow + f"artifacts/list?run_id={run}&path=weights")
    kept.keep("GET", mlflow + f"metrics/get-history-bulk-interval?run_ids={runs[0]}&metric_key=accuracy&max_results=40")
    kept.keep("GET", mlflow + "registered-models/search")
    kept.keep("GET", mlflow + "model-versions/search")
    kept.keep("GET", mlflow + "registered-models/get?name=Finch")
    kept.keep("GET", mlflow + "registered-models/alias?name=Finch&alias=champion")
    kept.keep("GET", mlflow + "model-versions/get-download-uri?name=Finch&version=3")
    kept.keep("POST", mlflow + "registered-models/get-latest-versions", {"name": "Finch"})

    kept.keep("GET", "/v1/projects/still/jobs")
    kept.keep("GET", "/v1/projects/still/models")
    kept.keep("GET", "/cairn/v1/tokens")
    kept.keep("POST", "/v2/entries:list", {"resourceNames": ["projects/still"], "orderBy": "timestamp asc", "pageSize": 1000})
    return kept.all
