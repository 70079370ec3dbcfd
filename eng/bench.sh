#!/usr/bin/env bash
# Runs the benchmarks, or the one that NAME names; the table goes to the terminal, the figures to bench/results.json.
. "$(dirname "$0")/common.sh"

[ -d bench/Cairn.Bench ] || fail "there is no bench/Cairn.Bench in this tree."
eng/build.sh
retry dotnet restore bench/Cairn.Bench -v q >&2
dotnet build bench/Cairn.Bench -c Release --no-restore -p:RunAnalyzers=false -v q -clp:ErrorsOnly >&2
exec dotnet bench/Cairn.Bench/bin/Release/net10.0/Cairn.Bench.dll ${NAME:+"$NAME"}
