# Sourced by the other scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { if [ -t 2 ]; then printf '\033[1m==>\033[0m %s\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The kind of this machine, as .NET names it.
machine_rid() { printf 'linux-%s' "$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')"; }

# Compiles the agent of jobs natively into a folder; where that cannot be done, agents are the program itself, which starts slower.
# With NATIVE_AGENT=no it is not tried; with NATIVE_AGENT=required what cannot be done is an error.
native_agent() {
  local folder=$1 log=$2 rid=${3:-}
  # One of an earlier build must not run with this one's server.
  rm -f "$folder/cairn-agent"
  [ "${NATIVE_AGENT:-yes}" != no ] || return 0
  local machine
  machine=$(machine_rid)
  if [ -n "$rid" ] && [ "$rid" != "$machine" ]; then
    say "the agent is compiled natively for $machine only, on this machine: for $rid, agents of jobs are the program itself"
    return 0
  fi
  if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
    say "no C compiler links the native agent here (the package gcc has one): agents of jobs start in a quarter of a second instead of ten milliseconds"
    return 0
  fi
  if ! compile_agent "$log" "$rid"; then
    [ "${NATIVE_AGENT:-yes}" != required ] || { cat "$log" >&2; fail "the agent could not be compiled natively; what the compiler said is above."; }
    say "the agent could not be compiled natively (log: $log; the packages gcc and libc6-dev link it): agents of jobs start in a quarter of a second instead of ten milliseconds"
    return 0
  fi
  cp artifacts/agent/cairn-agent "$folder/cairn-agent.new"
  mv "$folder/cairn-agent.new" "$folder/cairn-agent"
}

compile_agent() {
  local log=$1 rid=$2
  retry dotnet restore src/Cairn.Agent ${rid:+-r "$rid"} -v q >>"$log" 2>&1 &&
    dotnet publish src/Cairn.Agent -c Release ${rid:+-r "$rid"} --no-restore -p:RunAnalyzers=false -v q -clp:ErrorsOnly -o artifacts/agent >>"$log" 2>&1
}

# Runs a command that talks to a package registry; a registry that hiccups is asked again.
retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    [ "$attempt" = 3 ] || { say "'$1 $2' failed; trying again in $((attempt * 5)) s"; sleep $((attempt * 5)); }
  done
  return 1
}
