#!/usr/bin/env bash
. "$(dirname "$0")/common.sh"

rm -rf bin artifacts
for folder in src tests eng bench; do
  [ -d "$folder" ] && find "$folder" -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
done
true
