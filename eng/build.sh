#!/usr/bin/env bash
# Leaves the program in bin/app and a link to it in bin/cairn.
. "$(dirname "$0")/common.sh"

say "building (log: artifacts/build.log)"
mkdir -p artifacts bin
retry dotnet restore src/Cairn.Cli -v q >artifacts/build.log 2>&1 || { cat artifacts/build.log >&2; fail "the NuGet packages could not be restored."; }
# What the analyzers find is for 'make test', which builds with them; who wants the program has it in half the time.
dotnet publish src/Cairn.Cli -c Release --no-restore -p:RunAnalyzers=false -o bin/app -v q -clp:ErrorsOnly >>artifacts/build.log 2>&1 || { cat artifacts/build.log >&2; fail "the build failed; what the compiler said is above."; }
native_agent bin/app artifacts/build.log
ln -sfn app/cairn bin/cairn
