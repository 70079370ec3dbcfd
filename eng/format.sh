#!/usr/bin/env bash
# Puts the code into its one format; with --check it says what is not in it, and changes nothing.
. "$(dirname "$0")/common.sh"

eng/deps.sh dotnet
mkdir -p artifacts
retry dotnet tool restore >artifacts/tools.log 2>&1 || { cat artifacts/tools.log >&2; fail "the formatter could not be restored."; }
case "${1:-}" in
  --check) dotnet csharpier check . >artifacts/format.log 2>&1 || { cat artifacts/format.log >&2; fail "some files are not in the code's one format; 'make format' puts them into it."; } ;;
  "") exec dotnet csharpier format . ;;
  *) fail "usage: eng/format.sh [--check]" ;;
esac
