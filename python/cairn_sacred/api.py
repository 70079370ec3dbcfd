"""Calls of Cairn's REST API, with the standard library alone."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

_TRIES = 4


class ApiError(RuntimeError):
    """An answer of the server that is an error."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Api:
    """One server; every request carries the token, and is repeated where no answer came."""

    def __init__(self, endpoint, token=None, timeout=30.0):
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        self._timeout = timeout

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode("utf-8")
        return json.loads(self.send(method, path, data, "application/json") or b"{}")

    def send(self, method, path, data, content_type):
        headers = {"Content-Type": content_type}
        if self._token:
            headers["Authorization"] = "Bearer " + self._token
        for attempt in range(_TRIES):
            request = urllib.request.Request(self._endpoint + path, data=data, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                if error.code < 500 or attempt == _TRIES - 1:
                    raise ApiError(error.code, _message(error)) from error
            except (urllib.error.URLError, OSError):
                if attempt == _TRIES - 1:
                    raise
            # What is written twice is there once, so a request whose answer was lost may be repeated.
            time.sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")


def quote(text):
    return urllib.parse.quote(text, safe="")


def _message(error):
    text = error.read().decode("utf-8", "replace")
    try:
        return json.loads(text)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return "The server answered %d. %s" % (error.code, text[:200])
