#!/usr/bin/env bash
. "$(dirname "$0")/common.sh"

eng/deps.sh build
retry dotnet restore Cairn.slnx -v q
exec dotnet format Cairn.slnx --no-restore
