#!/usr/bin/env bash
# Proves the published folder and the bound of the database's log under load, which take too long for every test run; sends the server calls that are a little wrong for FUZZ_MINUTES (10;
# FUZZ_SEED=N repeats a run); then runs all tests again and again until the time is up or one fails.
. "$(dirname "$0")/common.sh"

eng/publish-check.sh
say "the database's log under minutes of load"
CAIRN_SOAK=1 FILTER='*the_log_stays_small_under_reads*' eng/test.sh
say "calls that are a little wrong, for ${FUZZ_MINUTES:-10} minutes"
tests/Cairn.Fuzz/bin/Release/net10.0/Cairn.Fuzz --minutes "${FUZZ_MINUTES:-10}" ${FUZZ_SEED:+--seed "$FUZZ_SEED"} || fail "the fuzzer found what is told above."
export CAIRN_SWAP_SECONDS=30 # how long names are exchanged under a reader of what tasks write
end=$((SECONDS + ${MINUTES:-60} * 60))
round=0
while [ "$SECONDS" -lt "$end" ]; do
  round=$((round + 1))
  say "round $round"
  eng/test.sh
  [ ! -s artifacts/flaky.txt ] || fail "round $round had flaky tests: $(tr '\n' ' ' <artifacts/flaky.txt)"
done
say "$round rounds without a failure"
