#!/usr/bin/env python3
"""Fills the data folder of an older server through its doors, and writes down what it answered.

usage: make-folder.py PROGRAM DESTINATION

PROGRAM is the older `cairn`. DESTINATION gets `folder.tar.gz`, the data folder as a kill left it, and `answers.json`.
README.md tells more.
"""
import json, os, re, shutil, subprocess, sys, tarfile

from maker import answers, jobs, still
from maker.server import DATA, Server, empty_log, until_moved

PROGRAM, DESTINATION = sys.argv[1], sys.argv[2]

if os.path.exists(DATA):
    raise SystemExit(f"{DATA} is there already.")
server = Server(PROGRAM)
try:
    create = [PROGRAM, "tokens", "create", "ada", "--role", "admin", "--data", DATA]
    made = subprocess.run(create, check=True, capture_output=True, text=True)
    server.token = re.search(r"cairn_[\w-]+", made.stdout).group(0)
    server.post("/cairn/v1/tokens", {"name": "robot", "role": "editor", "project": "still"})
    still.fill_storage(server)
    experiment, runs = still.fill_tracking(server)
    model = still.fill_registry(server, runs[0])
    endpoint = still.fill_serving(server, model)
    still.fill_data(server)
    still.fill_boards(server)
    still.fill_studies(server)
    still.fill_metadata(server)
    jobs.fill_jobs(server)
    until_moved()
    server.stop()
    empty_log()
    server = Server(PROGRAM, server.token)
    under_way = jobs.begin(server)
    kept_answers = answers.look(server, experiment, runs, endpoint)
finally:
    server.kill()

os.makedirs(DESTINATION, exist_ok=True)
with open(f"{DESTINATION}/answers.json", "w") as file:
    lines = ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in kept_answers)
    file.write(f'{{"token": "{server.token}",\n"underWay": {json.dumps(under_way, indent=1)},\n"answers": [\n{lines}\n]}}\n')


def kept(entry):
    """Sockets are the dead server's, and `reserve` is only room that it kept back."""
    entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, "", ""
    return entry if (entry.isdir() or entry.isfile() or entry.issym() or entry.islnk()) and entry.name != "data/reserve" else None


with tarfile.open(f"{DESTINATION}/folder.tar.gz", "w:gz", compresslevel=9) as archive:
    archive.add(DATA, "data", filter=kept)
shutil.rmtree(DATA)
print(f"{len(kept_answers)} answers; the folder is {os.path.getsize(DESTINATION + '/folder.tar.gz')} bytes.")
