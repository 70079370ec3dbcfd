"""Optuna's TPE on the functions of the row tune.quality. Reads {"trials", "seeds", "probes": [{function, seed, point}]} and writes {"probes": [value], "regrets": {function: [regret]}}."""
import json
import math
import sys

import optuna

SCALES = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def shift(dimension, seed):
    return math.sin(12.9898 * (dimension + 1) + 78.233 * (seed + 1))


def box(trial, dimensions, low, high):
    return [trial.suggest_float(f"x{i}", low, high) for i in range(dimensions)]


def sphere(trial, seed):
    return sum((x - 4 * shift(i, seed)) ** 2 for i, x in enumerate(box(trial, 5, -5, 5)))


def rosenbrock(trial, seed):
    z = [x - 1.5 * shift(i, seed) + 1 for i, x in enumerate(box(trial, 4, -3, 3))]
    return sum(100 * (z[i + 1] - z[i] ** 2) ** 2 + (1 - z[i]) ** 2 for i in range(3))


def rastrigin(trial, seed):
    z = [x - 3 * shift(i, seed) for i, x in enumerate(box(trial, 5, -5.12, 5.12))]
    return sum(v * v - 10 * math.cos(2 * math.pi * v) + 10 for v in z)


def branin(trial, seed):
    x, y = trial.suggest_float("x0", -5, 10), trial.suggest_float("x1", 0, 15)
    inner = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return inner**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial, seed):
    x = box(trial, 6, 0, 1)
    return -sum(w * math.exp(-sum(s * (v - c) ** 2 for s, c, v in zip(scale, centre, x))) for w, scale, centre in zip([1.0, 1.2, 3.0, 3.2], SCALES, CENTRES))


def mixed(trial, seed):
    penalty, rate = {"sgd": (0.4, -1), "adam": (0, -3), "rmsprop": (0.2, -3.5), "adagrad": (0.6, -2)}[
        trial.suggest_categorical("optimizer", ["sgd", "adam", "rmsprop", "adagrad"])
    ]
    activation = {"relu": 0.1, "tanh": 0.3, "gelu": 0}[trial.suggest_categorical("activation", ["relu", "tanh", "gelu"])]
    layers = trial.suggest_int("layers", 1, 8)
    width = trial.suggest_categorical("width", [16, 32, 64, 128, 256, 512])
    lr = trial.suggest_float("lr", 1e-5, 1, log=True)
    dropout = trial.suggest_float("dropout", 0, 0.8)
    return (penalty + activation + 0.4 * (math.log10(lr) - rate) ** 2 + 0.08 * (layers - 4) ** 2
            + 0.1 * (math.log2(width) - 7) ** 2 + 3 * (dropout - 0.05 * layers) ** 2)


def conditional(trial, seed):
    model = trial.suggest_categorical("model", ["linear", "tree", "net"])
    if model == "linear":
        return 0.6 + 0.05 * (math.log10(trial.suggest_float("alpha", 1e-6, 10, log=True)) + 2) ** 2
    if model == "tree":
        return (0.02 * (trial.suggest_int("depth", 1, 16) - 6) ** 2 + 0.5 * (math.log10(trial.suggest_float("eta", 1e-3, 1, log=True)) + 1) ** 2
                + (trial.suggest_float("subsample", 0.3, 1) - 0.8) ** 2)
    return (0.15 + 0.2 * (math.log10(trial.suggest_float("lr", 1e-5, 1, log=True)) + 3) ** 2
            + 0.1 * (math.log2(trial.suggest_int("units", 8, 512, log=True)) - 7) ** 2 + (trial.suggest_float("dropout", 0, 0.8) - 0.2) ** 2)


FUNCTIONS = {function.__name__: function for function in [sphere, rosenbrock, rastrigin, branin, hartmann6, mixed, conditional]}
MINIMA = {"branin": 0.39788735772973816, "hartmann6": -3.322368011415515}


def regret(name, seed, trials):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(lambda trial: FUNCTIONS[name](trial, seed), n_trials=trials)
    return study.best_value - MINIMA.get(name, 0)


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    task = json.load(sys.stdin)
    probes = [FUNCTIONS[probe["function"]](optuna.trial.FixedTrial(probe["point"]), probe["seed"]) for probe in task["probes"]]
    regrets = {name: [regret(name, seed, task["trials"]) for seed in range(task["seeds"])] for name in FUNCTIONS}
    json.dump({"probes": probes, "regrets": regrets}, sys.stdout)


main()
