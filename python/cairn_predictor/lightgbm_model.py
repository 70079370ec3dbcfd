"""Models of LightGBM: model.txt, as Booster.save_model writes it, model.joblib or model.pkl."""

import os
import pickle

from features import Features, features_of, unnamed
from instances import BadInstances, to_list, to_table
from signature import column_names

NAMES = ("model.txt", "model.joblib", "model.pkl")


class LightgbmModel:
    def __init__(self, folder):
        import lightgbm

        path = next((p for p in (os.path.join(folder, name) for name in NAMES) if os.path.exists(p)), None)
        if path is None:
            raise FileNotFoundError(f"there is none of {', '.join(NAMES)}")
        if path.endswith(".txt"):
            self._model = lightgbm.Booster(model_file=path)
        elif path.endswith(".joblib"):
            import joblib

            self._model = joblib.load(path)
        else:
            with open(path, "rb") as file:
                self._model = pickle.load(file)
        self._features = self._find_features(folder)

    def predict(self, instances):
        table = to_table(instances, self._features)
        try:
            return to_list(self._model.predict(table))
        except (ValueError, TypeError, KeyError) as error:
            raise BadInstances(f"The model refused the instances: {error}") from error

    def _find_features(self, folder):
        """A booster takes the columns of a frame by their place and not by their names, so the order is made here."""
        names = getattr(self._model, "feature_name", None)
        if not callable(names):
            return features_of(self._model, folder)
        names = names()
        return Features(column_names(folder)) if unnamed(names) else Features(names, framed=True)
