#!/usr/bin/env bash
. "$(dirname "$0")/common.sh"

exec dotnet format Cairn.slnx --no-restore
