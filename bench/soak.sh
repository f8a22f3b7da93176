#!/usr/bin/env bash
# Half an hour of random faults on the model of jobs/tiny.yaml, in runs of some minutes each so that processes live long enough to show whether they
# grow. Needs root for the network faults. The report goes to docs/reports/DATE-soak.md.
#
#   bench/soak.sh [SEED [DURATION]]   default 1 and 30m
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seed=${1:-1}
duration=${2:-30m}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
settings=(--workers 3 --set schedule.epochs=1000 --set schedule.evaluateEvery=50 --set checkpoint.everySteps=100 --set workers.timeout=3 --set workers.heartbeat=0.5
  --set workers.orphanTimeout=90)

./inception --help >/dev/null
status=0
./inception chaos jobs/tiny.yaml --seed "$seed" --duration "$duration" --output "$out/soak" "${settings[@]}" 2>&1 | tee "$out/printed" || status=$?
report=docs/reports/$(date +%F)-soak.md
mkdir -p "${report%/*}"
{
  printf '# Soak, %s\n\nCommit %s; %s cores. `bench/soak.sh %s %s`\n\n```\n' "$(date +%F)" "$(git describe --always --dirty)" "$(nproc)" "$seed" "$duration"
  sed -n '/^verdict/,$p' "$out/printed"
  printf '```\n\n## What happened\n\n```\n'
  sed '/^verdict/,$d' "$out/printed"
  printf '```\n'
} >"$report"
echo "report: $report"
exit "$status"
