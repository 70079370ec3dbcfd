# Sourced by the other scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { if [ -t 2 ]; then printf '\033[1m==>\033[0m %s\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Runs a command that talks to a package registry; a registry that hiccups is asked again.
retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    [ "$attempt" = 3 ] || { say "'$1 $2' failed; trying again in $((attempt * 5)) s"; sleep $((attempt * 5)); }
  done
  return 1
}
