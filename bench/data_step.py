#!/usr/bin/python3
"""Reads what bench/data-step.sh measured; the exit code is 1 where a step with photographs takes longer than the bound."""
import json
import pathlib
import statistics
import sys

WARM_UP, CORES, BATCH = 2, 2, 16
PHASES = ["data", "forward", "backward", "reduction", "update"]


def steps(out, kind, rounds):
    logs = [(out / f"{kind}-{number}" / "log.jsonl").read_text().splitlines()[WARM_UP:] for number in range(1, rounds + 1)]
    return [json.loads(line)["seconds"] for log in logs for line in log]


def median(seconds, name):
    whole = statistics.median(sum(step.values()) for step in seconds)
    phases = "  ".join(f"{phase} {1000 * statistics.median(step[phase] for step in seconds):.1f}" for phase in PHASES)
    print(f"  {name:<20} {1000 * whole:8.1f}   {phases}")
    return whole


def main():
    out, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    print(f"a step of {BATCH} images at 299 × 299 on 2 workers of 1 thread, ms, medians of {rounds} rounds of {len(steps(out, 'memory', 1))} steps")
    memory = median(steps(out, "memory", rounds), "images in memory")
    photos = median(steps(out, "photos", rounds), "photographs")
    stages = {stage["stage"]: stage for stage in json.loads((out / "input.json").read_text())["stages"]}
    decode = stages["decode"]["millisecondsAnImage"] / 1000
    bound = 1.05 * (memory + decode * BATCH / CORES)
    print(f"  decoding alone {1000 * decode:.2f} ms an image; bound 1.05 · (in memory + decoding · {BATCH} / {CORES}) = {1000 * bound:.1f} ms; "
          f"photographs / bound = {photos / bound:.3f}")
    sys.exit(0 if photos <= bound else 1)


if __name__ == "__main__":
    main()
