#!/usr/bin/env bash
# Installs what is missing: deps.sh npm | build | quickstart | test. Each set contains the one before it. With dotnet or toolchain it only looks.
. "$(dirname "$0")/common.sh"

# package | what tells that it is there | why
build_packages=(
  "gcc|/usr/bin/gcc|links the agent of jobs, which is a native program"
  "libc6-dev|/usr/include/stdio.h|links the agent of jobs, which is a native program"
)
quickstart_packages=(
  "bubblewrap|/usr/bin/bwrap|keeps training jobs away from the rest of the machine"
  "python3-sklearn|/usr/lib/python3/dist-packages/sklearn|the interpreter and library of the quickstart's training job and model"
)
test_packages=(
  "python3-xgboost|/usr/lib/python3/dist-packages/xgboost|XGBoost models are served in the tests"
  "python3-torch|/usr/lib/python3/dist-packages/torch|distributed training jobs of the tests are PyTorch's"
  "python3-pandas|/usr/lib/python3/dist-packages/pandas|training jobs of the tests read tables with it"
  "python3-pip|/usr/lib/python3/dist-packages/pip|installs what training jobs require"
  "python3-setuptools|/usr/lib/python3/dist-packages/setuptools|builds the tests' source packages"
  "python3-wheel|/usr/lib/python3/dist-packages/wheel|builds the tests' source packages"
  "r-base-core|/usr/bin/Rscript|training jobs and models in R"
  "r-cran-jsonlite|/usr/lib/R/site-library/jsonlite|JSON for models in R"
  "python3-optuna|/usr/lib/python3/dist-packages/optuna|the benchmark of the tuning algorithms compares with it"
  "podman|/usr/bin/podman|runs jobs and models that are container images"
  "buildah|/usr/bin/buildah|builds the tests' container images"
  "runc|/usr/sbin/runc|what podman starts containers with"
  "crun|/usr/bin/crun|what podman starts containers with where cgroups are v2"
  "uidmap|/usr/bin/newuidmap|podman without root"
  "fuse-overlayfs|/usr/bin/fuse-overlayfs|podman's layers without root"
  "busybox-static|/bin/busybox|the tests' container images are made of it alone"
  "slurm-wlm|/usr/sbin/slurmctld|the executors run jobs on a real Slurm"
  "munge|/usr/sbin/munged|Slurm authenticates with it"
  "slurmdbd|/usr/sbin/slurmdbd|Slurm's accounts tell how jobs ended that its queue has forgotten"
  "mariadb-server|/usr/sbin/mariadbd|Slurm's accounts are kept in it"
  "sqlite3|/usr/bin/sqlite3|looks into stores from outside"
  "postgresql|/usr/lib/postgresql|the store's conformance suite runs on the real PostgreSQL"
  "radosgw|/usr/bin/radosgw|the object store's conformance suite runs on a real S3"
  "ceph-mon|/usr/bin/ceph-mon|radosgw stands on it"
  "ceph-osd|/usr/bin/ceph-osd|radosgw stands on it"
  "ceph-mgr|/usr/bin/ceph-mgr|radosgw stands on it"
)

check_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed and 'dotnet' is not on the PATH; install it as https://dot.net says."
  case "$(dotnet --version)" in
    1[0-9].*) ;;
    *) fail "the .NET 10 SDK is needed; 'dotnet --version' says $(dotnet --version)." ;;
  esac
}

check_toolchain() {
  check_dotnet
  command -v npm >/dev/null || fail "Node.js 20 or newer with npm is needed (protocol definitions and sample data are npm packages); install the package 'nodejs' and 'npm'."
}

install_debian() {
  local missing=() entry name mark why
  for entry in "$@"; do
    IFS='|' read -r name mark why <<<"$entry"
    [ -e "$mark" ] && continue
    missing+=("$name")
    say "missing: $name ($why)"
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  command -v apt-get >/dev/null || fail "this machine has no apt-get; install these in its own way: ${missing[*]}"
  # RUNLEVEL=1 keeps Debian from starting the services of the packages (PostgreSQL, MariaDB, Ceph): tests start their own.
  local install=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}")
  if [ "$(id -u)" != 0 ]; then
    fail "root is needed to install them; run this, then the same make command again:
  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'"
  fi
  mkdir -p artifacts
  local log=artifacts/apt.log
  say "installing ${missing[*]} (log: $log)"
  "${install[@]}" </dev/null >"$log" 2>&1 && return 0
  retry apt-get update -qq </dev/null >>"$log" 2>&1 || { tail -5 "$log" >&2; fail "'apt-get update' failed; the whole log is in $log"; }
  retry "${install[@]}" </dev/null >>"$log" 2>&1 || { tail -20 "$log" >&2; fail "'apt-get install' failed; the whole log is in $log"; }
}

# What a build can do without is installed where that needs no one's leave.
optional_debian() {
  [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || install_debian "$@"
}

# The lock file's hash tells whether the folder holds exactly what it names; a linked folder belongs to someone else and stays as it is.
install_npm() {
  local wanted
  wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
  [ -L node_modules ] && return 0
  [ "$(cat node_modules/.cairn-lock 2>/dev/null)" = "$wanted" ] && return 0
  say "installing the npm packages that the build reads (protocol definitions, sample data, test clients)"
  retry npm ci --ignore-scripts --no-fund --no-audit --prefer-offline --loglevel=error </dev/null >&2 || fail "'npm ci' failed; what it printed is above."
  printf '%s\n' "$wanted" >node_modules/.cairn-lock
}

case "${1:-quickstart}" in
  dotnet)     check_dotnet ;;
  toolchain)  check_toolchain ;;
  npm)        check_toolchain; install_npm ;;
  build)      check_toolchain; install_npm; optional_debian "${build_packages[@]}" ;;
  debian)     install_debian "${quickstart_packages[@]}" ;;
  quickstart) check_toolchain; install_npm; install_debian "${quickstart_packages[@]}"; optional_debian "${build_packages[@]}" ;;
  test)       check_toolchain; install_npm; install_debian "${build_packages[@]}" "${quickstart_packages[@]}" "${test_packages[@]}" ;;
  *)          fail "deps.sh takes dotnet, toolchain, npm, build, debian, quickstart or test, not '$1'." ;;
esac
