#!/usr/bin/env bash
# From a clone to a prediction. Debian's packages are fetched while the build runs, since neither needs the other.
. "$(dirname "$0")/common.sh"

eng/deps.sh toolchain
# Only root can install them; for others this ends at once, with what is missing.
[ "$(id -u)" = 0 ] || eng/deps.sh debian
eng/deps.sh debian &
debian=$!
eng/deps.sh npm || { wait "$debian"; exit 1; }
# Its one job gains less by the native agent than compiling that takes.
NATIVE_AGENT=no eng/build.sh
wait "$debian" || exit 1
exec bin/cairn quickstart "$@"
