"""Models of XGBoost: model.bst (or .json, .ubj), model.joblib or model.pkl, as its prebuilt container loads them."""

import os
import pickle

from features import Features, features_of
from instances import BadInstances, to_list, to_table
from signature import column_names

NATIVE = ("model.bst", "model.json", "model.ubj")
PICKLED = ("model.joblib", "model.pkl")

# XGBoost computes in 32 bits.
LARGEST = 3.4028234663852886e38


class XgboostModel:
    def __init__(self, folder):
        import xgboost

        self._xgboost = xgboost
        path = next((p for p in (os.path.join(folder, name) for name in NATIVE + PICKLED) if os.path.exists(p)), None)
        if path is None:
            raise FileNotFoundError(f"there is none of {', '.join(NATIVE + PICKLED)}")
        if path.endswith((".joblib", ".pkl")):
            self._model = self._unpickle(path)
        else:
            self._model = xgboost.Booster(model_file=path)
        if isinstance(self._model, xgboost.Booster):
            self._model.set_param({"nthread": 1})
            names = self._model.feature_names
            self._features = Features(names) if names else Features(column_names(folder))
        else:
            self._features = features_of(self._model, folder)

    def predict(self, instances):
        table = to_table(instances, self._features)
        try:
            if isinstance(self._model, self._xgboost.Booster):
                # A booster without names would keep those of the first matrix that has any: it is given its own or none, and they need no comparison.
                return to_list(self._model.predict(self._xgboost.DMatrix(self._numbers(table)), validate_features=False))
            return to_list(self._model.predict(self._numbers(table)))
        except (ValueError, TypeError, KeyError, self._xgboost.core.XGBoostError) as error:
            raise BadInstances(f"The model refused the instances: {str(error).splitlines()[0]}") from error

    def _numbers(self, table):
        """What XGBoost takes: numbers alone, and as many as the model has features. It would take fewer for missing ones."""
        if isinstance(self._model, self._xgboost.Booster) and table.ndim == 2 and table.shape[1] != self._model.num_features():
            raise BadInstances(f"The instances have {table.shape[1]} values each; the model has {self._model.num_features()} features.")
        if hasattr(table, "columns"):
            return table if all(dtype.kind in "biuf" for dtype in table.dtypes) else table.astype(float)
        numbers = table if table.dtype.kind in "biuf" else table.astype(float)
        if (abs(numbers) > LARGEST).any():
            raise BadInstances("A number of the instances is too large for the model, which takes float32.")
        return numbers

    def _unpickle(self, path):
        if path.endswith(".pkl"):
            with open(path, "rb") as file:
                return pickle.load(file)
        import joblib

        try:
            return joblib.load(path)
        except KeyError:
            # What Booster.save_model wrote under a .joblib name.
            booster = self._xgboost.Booster()
            booster.load_model(path)
            return booster
