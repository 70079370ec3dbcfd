#!/usr/bin/env bash
# Builds everything once and runs every test project; the last line is the sum.
. "$(dirname "$0")/common.sh"

say "looking whether the code is in its one format"
eng/format.sh --check
say "building everything (log: artifacts/build-all.log)"
mkdir -p artifacts
retry dotnet restore Cairn.slnx -v q >artifacts/build-all.log 2>&1 || { cat artifacts/build-all.log >&2; fail "the NuGet packages could not be restored."; }
# One compiler for all projects, kept warm, whatever the environment says of it; it is ended below.
dotnet build Cairn.slnx -c Release --no-restore -v q -clp:ErrorsOnly -p:UseSharedCompilation=true >>artifacts/build-all.log 2>&1 || { cat artifacts/build-all.log >&2; fail "the build failed; what the compiler said is above."; }
# Tests start the program hundreds of times; compiled ahead of time it starts on two thirds of the work.
say "compiling the program ahead of time"
dotnet publish src/Cairn.Cli -c Release --no-build --no-restore -v q -clp:ErrorsOnly -o artifacts/program >>artifacts/build-all.log 2>&1 || { cat artifacts/build-all.log >&2; fail "the program could not be compiled ahead of time; what the compiler said is above."; }
NATIVE_AGENT=${NATIVE_AGENT:-required} native_agent artifacts/program artifacts/build-all.log
dotnet build-server shutdown --vbcscompiler >>artifacts/build-all.log 2>&1 || true
for folder in tests/*.Tests/bin/Release/net10.0; do
  # Where the program is, its agent is beside it, and none of an earlier build.
  rm -f "$folder/cairn-agent"
  [ ! -e "$folder/cairn" ] || [ ! -e artifacts/program/cairn-agent ] || cp -p artifacts/program/cairn-agent "$folder/"
  for file in artifacts/program/*.dll; do
    [ ! -e "$folder/${file##*/}" ] || cp -p "$file" "$folder/"
  done
done
exec dotnet eng/Cairn.TestRun/bin/Release/net10.0/Cairn.TestRun.dll --results artifacts/tests --durations eng/test-durations.txt --flaky artifacts/flaky.txt ${FILTER:+--filter "$FILTER"} tests
