#!/usr/bin/env bash
# How many images a second the input pipeline prepares (decode, random-resized crop to 299, flip, normalise) on 1 and 2 threads, against
# torchvision's DataLoader with 1 and 2 processes, and against the bare decoding rate of libjpeg-turbo for the same files: of photographs
# of ImageNet's size, and of large ones, which are decoded at a part of their size. All take turns in each round; the figures are medians.
# At the end, memory over 20,000 samples.
#
#   bench/data.sh [ROUNDS] [PHOTOS]     ROUNDS: default 3. PHOTOS: one imagefolder; default: both sets, made by bench/make-photos.py, in 2 minutes
# needs: apt-get install python3-torchvision python3-pil g++ libjpeg62-turbo-dev
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1

/usr/bin/python3 -c 'import torchvision, PIL' || { echo "needs: apt-get install python3-torchvision python3-pil" >&2; exit 2; }
if (($# > 1)); then
  sets=("$2")
else
  /usr/bin/python3 bench/make-photos.py "$out/small" >&2
  /usr/bin/python3 bench/make-photos.py "$out/large" --images 192 --validation 16 --scale 3.2 >&2
  sets=("$out"/{small,large}/imagefolder/train)
fi

./inception --version >/dev/null # Builds native/.
dotnet build bench/data --configuration Release --verbosity quiet --nologo --output "$out/bench" >"$out/build.log" || { cat "$out/build.log" >&2; exit 1; }
g++ -O2 -std=c++17 bench/data/bare_decode.cpp -ljpeg -o "$out/bare_decode"

ours() { dotnet "$out/bench/DataBench.dll" "$photos" "$classes" "$@"; }
rate() { sed -E 's/.*"imagesPerSecond":([0-9.]+).*/\1/'; }
theirs() { /usr/bin/python3 bench/data/torchvision_loader.py "$photos" "$@"; }
median() { sort -n "$figures/$1" | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
samples() { awk -v seconds="$1" 'END { print int($1 * seconds / 32 + 1) * 32 }' "$figures/bare"; } # What the bare decoder does in that time.

measure() { # number of the set
  photos=${sets[$1]} figures=$out/figures-$1
  mkdir "$figures"
  classes=$(find "$photos" -mindepth 1 -maxdepth 1 -type d | wc -l)
  mapfile -t files < <(find "$photos" -type f | LC_ALL=C sort | awk '{ all[NR] = $0 } END { for (i = 1; i <= NR; i += NR > 800 ? 4 : 1) print all[i] }' | head -n 400)
  for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    "$out/bare_decode" 3 "${files[@]}" >>"$figures/bare"
    for n in 1 2; do
      ours "$n" "$(samples 3)" | rate >>"$figures/ours-$n"
      theirs pillow "$n" "$(samples 0.6)" >>"$figures/pillow-$n"
      theirs decode_jpeg "$n" "$(samples 0.6)" >>"$figures/decode_jpeg-$n"
    done
  done

  echo "$(find "$photos" -type f | wc -l) files, $(du -sb "$photos" | awk '{ printf "%.1f", $1 / 1e6 }') MB; images a second, medians of $rounds rounds"
  printf '%-44s %10s %10s\n' '' '1 thread' '2 threads'
  printf '%-44s %10.0f\n' 'libjpeg-turbo, whole decode alone' "$(median bare)"
  printf '%-44s %10.0f %10.0f\n' 'this pipeline' "$(median ours-1)" "$(median ours-2)"
  printf '%-44s %10.0f %10.0f\n' 'torchvision, Pillow' "$(median pillow-1)" "$(median pillow-2)"
  printf '%-44s %10.0f %10.0f\n' 'torchvision, decode_jpeg' "$(median decode_jpeg-1)" "$(median decode_jpeg-2)"
}

for number in "${!sets[@]}"; do measure "$number"; done
photos=${sets[0]}
if (($# < 2)); then echo "memory over 20,000 samples: $(ours 2 20000)"; fi
