"""Trains, reports its accuracy, and leaves the model in AIP_MODEL_DIR."""

import argparse
import json
import logging
import os
import sys

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from penguins import data


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="the penguins as JSON, at a gs:// address")
    parser.add_argument("--regularization", type=float, default=1.0, help="the inverse strength of the L2 penalty")
    args = parser.parse_args()
    # Lines on standard error count as errors in a job's log.
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)

    train_x, train_y = data.read(args.data, "train")
    logging.info("%d penguins to learn from, of %d species", len(train_x), len(set(train_y)))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=args.regularization, max_iter=1000, random_state=0))
    model.fit(train_x, train_y)

    metrics = {}
    for split in ("train", "validation", "test"):
        x, y = data.read(args.data, split)
        metrics[f"accuracy_{split}"] = accuracy_score(y, model.predict(x))
        logging.info("accuracy on %s (%d penguins): %.4f", split, len(x), metrics[f"accuracy_{split}"])

    folder = data.local_path(os.environ["AIP_MODEL_DIR"])
    os.makedirs(folder, exist_ok=True)
    joblib.dump(model, os.path.join(folder, "model.joblib"))
    with open(os.path.join(folder, "metrics.json"), "w", encoding="utf-8") as file:
        json.dump(metrics, file, indent=2)
    logging.info("the model is in %s", os.environ["AIP_MODEL_DIR"])


if __name__ == "__main__":
    main()
