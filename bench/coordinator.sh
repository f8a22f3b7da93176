#!/usr/bin/env bash
# What one coordinator bears: simulated workers (real gRPC sessions over connections of their own, no torch) in one process beside it. Time to form a
# generation, CPU and memory at steady heartbeats, time to notice that a tenth of the members was killed, or hangs.
#
#   bench/coordinator.sh [WORKERS [MEMBERS]]   default 2000 workers, all of them members, and then 64 members with the others as spares
#
# Members are limited by the job's micro-batches; further workers are spares, which have a session and heartbeats and no part in a generation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
workers=${1:-2000}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

./inception --help >/dev/null
dotnet build bench/coordinator -c Release -v q >"$out/build.log" || { cat "$out/build.log"; exit 1; }
for members in ${2:-$workers 64}; do
  echo "$workers workers, $members members"
  dotnet bench/coordinator/bin/Release/net10.0/CoordinatorBench.dll cli/bin/Release/net10.0/inception.dll jobs/tiny.yaml "$out/$members" "$workers" "$members"
done
