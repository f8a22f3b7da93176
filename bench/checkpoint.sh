#!/usr/bin/env bash
# What checkpoints cost: throughput of the Fashion-MNIST job with one every 20 steps beside that without any, the two alternating; and how
# long training stands still for one, beside a plain copy of as many bytes in memory.
#
#   bench/checkpoint.sh [ROUNDS [STEPS]]   default 3 rounds of 240 steps: about 2 minutes on 2 cores
#
# Needs Debian's dataset-fashion-mnist and python3-numpy. Run it on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

./inception --help >/dev/null
/usr/bin/python3 bench/checkpoint.py "$out" "${1:-3}" "${2:-240}"
