"""Gradients reduced by Cairn's reduction server: a communication hook for torch.nn.parallel.DistributedDataParallel.

    import cairn_reduction

    model = DistributedDataParallel(model)
    model.register_comm_hook(cairn_reduction.Reducers.from_environment(), cairn_reduction.mean_hook)

Each bucket of gradients goes to the reducers of the job's third worker pool, a shard to each, and comes back as the mean over all workers.
A worker so sends each gradient once, where ring all-reduce sends it 2(n-1)/n times. The protocol is described with the server (src/Cairn.Jobs/Reduction).
"""

import hashlib
import json
import os
import queue
import socket
import struct
import threading
import time

import torch

__all__ = ["Reducers", "mean_hook"]


class Reducers:
    """This worker's connections to all reducers."""

    def __init__(self, addresses, rank, world, token="", timeout=300.0):
        """Connects; waits up to `timeout` seconds for reducers that do not listen yet."""
        if not addresses:
            raise ValueError("The job has no reducers: CLUSTER_SPEC names no workerpool2.")
        secret = hashlib.sha256(("cairn-reducer:" + token).encode()).digest()
        greeting = b"CRN1" + struct.pack("<II", rank, world) + secret
        self.bytes_sent = 0
        self.bytes_received = 0
        self._bucket = 0
        self._sockets = [_connect(address, timeout) for address in addresses]
        for connection in self._sockets:
            connection.sendall(greeting)
        self._work = queue.SimpleQueue()
        self._outgoing = [queue.SimpleQueue() for _ in self._sockets]
        self._failure = None
        for connection, outgoing in zip(self._sockets, self._outgoing):
            threading.Thread(target=self._send, args=(connection, outgoing), daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    @classmethod
    def from_environment(cls, **options):
        """The reducers that CLUSTER_SPEC names, for the worker that RANK names."""
        cluster = json.loads(os.environ["CLUSTER_SPEC"])["cluster"]
        return cls(
            cluster.get("workerpool2", []),
            int(os.environ["RANK"]),
            int(os.environ["WORLD_SIZE"]),
            os.environ.get("CAIRN_TOKEN", ""),
            **options,
        )

    def mean(self, tensor):
        """A future of the mean of this flat tensor over all workers, who call this for the same tensors in the same order."""
        future = torch.futures.Future()
        values = tensor.detach().to(device="cpu", dtype=torch.float32, copy=True).contiguous()
        raw = memoryview(values.numpy()).cast("B")
        shards = _shards(values.numel(), len(self._sockets))
        header = [struct.pack("<QI", self._bucket, end - start) for start, end in shards]
        self._bucket += 1
        # What comes back overwrites what was sent, so the receiver has a tensor of its own.
        self._work.put((future, tensor, torch.empty_like(values), shards))
        for outgoing, (start, end), head in zip(self._outgoing, shards, header):
            outgoing.put((head, raw[4 * start : 4 * end]))
        return future

    def close(self):
        """Ends the connections; the reducers then wait for a new world."""
        for outgoing in self._outgoing:
            outgoing.put(None)
        self._work.put(None)

    def _send(self, connection, outgoing):
        try:
            while (item := outgoing.get()) is not None:
                head, values = item
                connection.sendall(head)
                connection.sendall(values)
                self.bytes_sent += len(head) + len(values)
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._failure = error

    def _receive(self):
        while (item := self._work.get()) is not None:
            future, target, values, shards = item
            try:
                if self._failure is not None:
                    raise ConnectionError("The reducers cannot be reached any more.") from self._failure
                raw = memoryview(values.numpy()).cast("B")
                for connection, (start, end) in zip(self._sockets, shards):
                    self._read(connection, raw[4 * start : 4 * end])
                future.set_result(values.to(device=target.device, dtype=target.dtype))
            except Exception as error:  # the trainer's thread gets it, at this bucket and at every later one
                self._failure = self._failure or error
                future.set_exception(error)
        for connection in self._sockets:
            connection.close()

    def _read(self, connection, buffer):
        done = 0
        while done < len(buffer):
            count = connection.recv_into(buffer[done:])
            if count == 0:
                raise ConnectionError("A reducer closed the connection; its log says why.") from self._failure
            done += count
        self.bytes_received += done


def mean_hook(state, bucket):
    """The hook: `state` is a Reducers."""
    return state.mean(bucket.buffer())


def _connect(address, timeout):
    host, port = address.rsplit(":", 1)
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection = socket.create_connection((host, int(port)), timeout=10)
            connection.settimeout(None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _shards(length, count):
    """Contiguous, and as even as can be."""
    return [(length * i // count, length * (i + 1) // count) for i in range(count)]
