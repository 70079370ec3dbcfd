"""Models of scikit-learn: model.joblib or model.pkl, as its prebuilt container loads them."""

import os
import pickle

from features import features_of
from instances import BadInstances, to_list, to_table

NAMES = ("model.joblib", "model.pkl")


class SklearnModel:
    def __init__(self, folder):
        path = next((p for p in (os.path.join(folder, name) for name in NAMES) if os.path.exists(p)), None)
        if path is None:
            raise FileNotFoundError(f"there is neither {' nor '.join(NAMES)}")
        if path.endswith(".joblib"):
            import joblib

            self._model = joblib.load(path)
        else:
            with open(path, "rb") as file:
                self._model = pickle.load(file)
        if not hasattr(self._model, "predict"):
            raise TypeError(f"{os.path.basename(path)} holds a {type(self._model).__name__}, which has no predict()")
        self._features = features_of(self._model, folder)

    def predict(self, instances):
        table = to_table(instances, self._features)
        try:
            return to_list(self._model.predict(table))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise BadInstances(f"The model refused the instances: {error}") from error
