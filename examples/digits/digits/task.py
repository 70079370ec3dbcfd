"""Trains on digits. While it is tuned it reports its accuracy on the validation part; for good it trains on both parts and leaves the model in AIP_MODEL_DIR."""

import argparse
import json
import os
import time

import joblib
import numpy
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def read(folder, part):
    table = numpy.loadtxt(f"{folder.replace('gs://', '/gcs/')}/{part}.csv", delimiter=",", dtype=int)
    return table[:, :-1].astype(float), table[:, -1]


def report(metric, value, step):
    """What hypertune.HyperTune().report_hyperparameter_tuning_metric does, for where cloudml-hypertune is not installed."""
    line = {"timestamp": time.time(), "trial": os.environ.get("CLOUD_ML_TRIAL_ID", "0"), metric: str(float(value)), "global_step": str(step), "checkpoint_path": ""}
    with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="the folder of the parts, at a gs:// address")
    parser.add_argument("--alpha", type=float, default=1e-4, help="the strength of the penalty")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--penalty", default="l2", help="l2, l1 or elasticnet")
    parser.add_argument("--final", action="store_true", help="train on all but the test part, and keep the model")
    args = parser.parse_args()

    x, y = read(args.data, "training")
    validation_x, validation_y = read(args.data, "validation")
    if args.final:
        x, y = numpy.vstack([x, validation_x]), numpy.concatenate([y, validation_y])

    classifier = SGDClassifier(loss="log_loss", penalty=args.penalty, alpha=args.alpha, random_state=0)
    scaler = StandardScaler().fit(x)
    for epoch in range(1, args.epochs + 1):
        classifier.partial_fit(scaler.transform(x), y, classes=numpy.arange(10))
        if not args.final:
            report("accuracy", classifier.score(scaler.transform(validation_x), validation_y), epoch)

    model = make_pipeline(scaler, classifier)
    if args.final:
        print(f"accuracy on the test part: {model.score(*read(args.data, 'test')):.4f}")
        folder = os.environ["AIP_MODEL_DIR"].replace("gs://", "/gcs/")
        os.makedirs(folder, exist_ok=True)
        joblib.dump(model, os.path.join(folder, "model.joblib"))


if __name__ == "__main__":
    main()
