#!/usr/bin/env bash
# How long a run stands still when a worker is lost, on the model of jobs/tiny.yaml with three workers: from the kill to the next
# generation and to the next applied step; the same for a worker that hangs (SIGSTOP), where workers.timeout is most of it; and for
# comparison PyTorch 1.13's torchrun, which starts all workers anew from the last checkpoint.
#
#   bench/recovery.sh [TRIALS [PART]]   default 20, all parts: kill, hang (a quarter of the trials), torchrun (likewise; needs Debian's
#                                       python3-torch and python3-torchvision)
#
# The figures are for CPUs: NCCL takes seconds to connect GPUs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
trials=${1:-20}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

./inception --help >/dev/null
/usr/bin/python3 bench/recovery.py "$out" "$trials" "${2:-all}"
