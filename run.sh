#!/usr/bin/env bash
# Trains Inception-v3 on Fashion-MNIST with two local workers: about 5 minutes on 2 cores. Arguments are passed on to
# 'inception train', e.g. ./run.sh --set schedule.epochs=1
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

exec ./inception train jobs/fashion-mnist.yaml --workers 2 "$@"
