#!/usr/bin/env bash
# The same network, batch, threads and optimizer here and in PyTorch's DistributedDataParallel (Gloo), both with 2 processes of one
# compute thread on this machine, alternating in one run. Prints medians, their ratio, where the time goes, and peak memory.
#
#   bench/vs-pytorch.sh [ROUNDS]        default 3; needs Debian's python3-torch and python3-torchvision
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

/usr/bin/python3 -c 'import torch, torchvision' || { echo "needs: apt-get install python3-torch python3-torchvision" >&2; exit 2; }

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

ours() { # case, round, reduction
  ./inception train "bench/inception-$1.yaml" --workers 2 --set "reduction=$3" --output "$out/$1-$3-$2" >"$out/$1-$3-$2.out" 2>&1 ||
    { cat "$out/$1-$3-$2.out" >&2; exit 1; }
}

theirs() { # case, round, arguments
  local name=$1 round=$2; shift 2
  export MASTER_ADDR=127.0.0.1 MASTER_PORT WORLD_SIZE=2
  MASTER_PORT=$(free_port)
  RANK=1 /usr/bin/python3 bench/pytorch_ddp.py "$@" & local other=$!
  RANK=0 /usr/bin/python3 bench/pytorch_ddp.py "$@" >"$out/$name-pytorch-$round.json"
  wait "$other"
}

for ((round = 1; round <= rounds; round++)); do
  echo "round $round of $rounds" >&2
  theirs 75 "$round" --width 0.25 --size 75 --batch 32 --classes 10 --steps 50 --warmup 10
  ours 75 "$round" deterministic
  ours 75 "$round" fast
  theirs 299 "$round" --width 1 --size 299 --batch 8 --classes 1000 --auxiliary --steps 8 --warmup 4
  ours 299 "$round" deterministic
  ours 299 "$round" fast
done
/usr/bin/python3 bench/compare.py "$out" "$rounds"
