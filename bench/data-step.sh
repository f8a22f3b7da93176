#!/usr/bin/env bash
# What the input costs a training step: Inception-v3 at 299 × 299 on two workers of one compute thread, with JPEG files decoded and
# augmented beside the training, and with images made in memory. Both take turns; the figures are medians over steps. The bound is what
# two cores must give up at least, the processor time of decoding, and 5 %. About 3 minutes.
#
#   bench/data-step.sh [ROUNDS] [PHOTOS]     ROUNDS: default 2. PHOTOS: an imagefolder; default: made by bench/make-photos.py
# needs: apt-get install python3-pil mate-backgrounds ukui-wallpapers lomiri-wallpapers-20.04
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-2}
photos=${2:-}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

if [[ -z $photos ]]; then
  /usr/bin/python3 bench/make-photos.py "$out/photos" --images 512 --validation 16 >&2
  photos=$out/photos/imagefolder/train
fi
classes=$(find "$photos" -mindepth 1 -maxdepth 1 -type d | wc -l)
./inception --version >/dev/null # Builds what is missing.

# The same job but for its source; synthetic images are scaled and augmented too.
job() { # source
  sed -e "s#^  train: .*#  train: $1#" -e 's#^  augment: .*#  augment: { flip: true, crop: resized }#' \
    -e "s#classes: 1000#classes: $classes#" -e 's#maxSteps: 12#maxSteps: 8#' bench/inception-299.yaml
}
job '{ format: synthetic, limit: 512 }' >"$out/memory.yaml"
job "{ format: imagefolder, path: $photos }" >"$out/photos.yaml"

./inception data bench "$out/photos.yaml" --threads 1 --seconds 5 --json >"$out/input.json"
for ((round = 1; round <= rounds; round++)); do
  for kind in memory photos; do
    echo "round $round of $rounds: $kind" >&2
    ./inception train "$out/$kind.yaml" --workers 2 --output "$out/$kind-$round" >"$out/$kind-$round.out" 2>&1 || { cat "$out/$kind-$round.out" >&2; exit 1; }
  done
done
/usr/bin/python3 bench/data_step.py "$out" "$rounds"
