#!/usr/bin/env bash
# Publishes, and runs the quickstart from the published folder twice where there is no .NET: the SDK, its variables and this tree are hidden from it.
. "$(dirname "$0")/common.sh"

command -v unshare >/dev/null || fail "the program 'unshare' (of util-linux) is needed to hide the .NET SDK."
eng/publish.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -a "artifacts/cairn-${RID:-$(machine_rid)}" "$scratch/cairn"

hidden=("$PWD")
for folder in "$(dirname "$(readlink -f "$(command -v dotnet)")")" "${DOTNET_ROOT:-}" "$HOME/.dotnet" "$HOME/.nuget" /usr/share/dotnet /usr/lib/dotnet; do
  # Not a folder of programs that the machine needs.
  [ -d "$folder" ] && [ "$folder" != /usr/bin ] && [ "$folder" != /usr/local/bin ] && hidden+=("$folder")
done

user=(--user --map-root-user)
[ "$(id -u)" = 0 ] && user=()
run() {
  unshare "${user[@]}" --mount --propagation private -- bash -c '
    cd / && program=$1 data=$2 && shift 2
    for folder in "$@"; do mount -t tmpfs none "$folder" || exit 1; done
    exec env -i HOME="$data/home" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      "$program" quickstart --once --data "$data/server" --http-port 28080 --grpc-port 28081
  ' hide "$scratch/cairn/cairn" "$scratch" "${hidden[@]}" </dev/null
}

mkdir "$scratch/home"
for round in first second; do
  say "quickstart from the published folder, $round time; hidden: ${hidden[*]}"
  output=$(run 2>&1) || { printf '%s\n' "$output" >&2; fail "the published folder's quickstart failed; what it printed is above."; }
  grep -q '3 penguins told apart' <<<"$output" || { printf '%s\n' "$output" >&2; fail "the published folder's quickstart made no predictions; what it printed is above."; }
done
say "the published folder runs where there is no .NET"
