#!/usr/bin/env bash
# Leaves a folder with everything, the .NET runtime included.
. "$(dirname "$0")/common.sh"

rid=${RID:-$(machine_rid)}
folder=artifacts/cairn-$rid
say "publishing for $rid (log: artifacts/publish.log)"
mkdir -p artifacts
rm -rf "$folder"
retry dotnet restore src/Cairn.Cli -r "$rid" -p:SelfContained=true -v q >artifacts/publish.log 2>&1 || { cat artifacts/publish.log >&2; fail "the runtime packages for $rid could not be restored."; }
dotnet publish src/Cairn.Cli -c Release -r "$rid" --self-contained --no-restore -o "$folder" -v q -clp:ErrorsOnly >>artifacts/publish.log 2>&1 || { cat artifacts/publish.log >&2; fail "the build failed; what the compiler said is above."; }
NATIVE_AGENT=${NATIVE_AGENT:-required} native_agent "$folder" artifacts/publish.log "$rid"
say "$folder ($(du -sh "$folder" | cut -f1)); start it with $folder/cairn server"
