#!/usr/bin/env bash
# From a clone to a prediction. Debian's packages are fetched while the build runs, since neither needs the other.
. "$(dirname "$0")/common.sh"

eng/deps.sh debian &
debian=$!
eng/deps.sh npm
# Its one job gains less by the native agent than compiling that takes.
NATIVE_AGENT=no eng/build.sh
wait "$debian" || exit 1
exec bin/cairn quickstart "$@"
