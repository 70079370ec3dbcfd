"""A predictor worker: loads one model, then answers one request after the other until the server closes the pipe.

    predictor.py FRAMEWORK MODEL_FOLDER

Standard input and output carry frames (protocol.py). What a model prints goes to standard error, which the server keeps as its log.
"""

import ctypes
import json
import os
import signal
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import protocol  # noqa: E402
from instances import BadInstances  # noqa: E402
from parameters import require_none  # noqa: E402

PR_SET_PDEATHSIG = 1


def main():
    framework, folder = sys.argv[1:3]
    die_with_the_server()
    requests, replies = take_over_pipes()
    try:
        model = load(framework, folder)
    except BaseException as error:  # whatever a pickle raises is the reason that the deployment fails
        traceback.print_exc()
        protocol.write_frame(replies, protocol.ERROR, protocol.dumps({"code": "FAILED_PRECONDITION", "message": f"{type(error).__name__}: {first_line(error)}"}))
        return 1
    protocol.write_frame(replies, protocol.HELLO, protocol.dumps({"framework": framework, "pid": os.getpid()}))
    while True:
        try:
            kind, payload = protocol.read_frame(requests)
        except protocol.Closed:
            return 0
        if kind != protocol.PREDICT:
            raise ValueError(f"a frame of kind {kind!r}")
        answer(model, framework, payload, replies)


def answer(model, framework, payload, replies):
    try:
        body = read(payload)
        require_none(body.get("parameters"), framework)
        result = protocol.dumps({"predictions": model.predict(body["instances"])})
    except BadInstances as error:
        protocol.write_frame(replies, protocol.ERROR, protocol.dumps({"code": "INVALID_ARGUMENT", "message": str(error)}))
    except Exception as error:
        traceback.print_exc()
        protocol.write_frame(replies, protocol.ERROR, protocol.dumps({"code": "INTERNAL", "message": f"The model failed: {type(error).__name__}: {first_line(error)}"}))
    else:
        protocol.write_frame(replies, protocol.RESULT, result)


def read(payload):
    """The body of a request, which nobody has read before where it came as a raw prediction."""
    try:
        body = json.loads(payload.decode(), parse_constant=refuse_constant)
    except RecursionError:
        raise not_a_request("it is nested too deeply") from None
    except ValueError as error:
        raise not_a_request(str(error)) from None
    if not isinstance(body, dict):
        raise not_a_request("it is no JSON object")
    if "instances" not in body:
        raise not_a_request("`instances` is missing")
    if not isinstance(body["instances"], list):
        raise not_a_request("`instances` is no list")
    return body


def refuse_constant(name):
    raise ValueError(f'{name} is no number of JSON; write "{name}"')


def not_a_request(why):
    return BadInstances(f"The body must be a JSON object with a list `instances` (and `parameters`, where the model takes any): {why}.")


def load(framework, folder):
    if framework == "sklearn":
        from sklearn_model import SklearnModel

        return SklearnModel(folder)
    if framework == "xgboost":
        from xgboost_model import XgboostModel

        return XgboostModel(folder)
    if framework == "pytorch":
        from torch_model import TorchModel

        return TorchModel(folder)
    if framework == "lightgbm":
        from lightgbm_model import LightgbmModel

        return LightgbmModel(folder)
    raise ValueError(f"framework '{framework}' is unknown")


def take_over_pipes():
    """Keeps the frames' pipes to ourselves, so that a model that prints or reads cannot break them."""
    requests = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    replies = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    return requests, replies


def die_with_the_server():
    """A server that is killed leaves no worker behind, even one that is deep in a computation."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        pass  # not Linux: the closed pipe ends the worker


def first_line(error):
    return (str(error).splitlines() or [""])[0]


if __name__ == "__main__":
    sys.exit(main())
