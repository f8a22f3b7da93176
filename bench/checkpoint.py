"""The measurements of bench/checkpoint.sh."""
import json
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy

EVERY = 20


def train(output, steps, every):
    subprocess.run(
        ["./inception", "train", "jobs/fashion-mnist.yaml", "--workers", "2", "--output", str(output),
         "--set", f"schedule.maxSteps={steps}", "--set", f"checkpoint.everySteps={every}", "--set", "data.validation.limit=64"],
        check=True, stdout=subprocess.DEVNULL)


def seconds(output, steps):
    """From the moment when all members stand to the last step's end, by the run's journal: checkpoints between steps included."""
    journal = sqlite3.connect(output / "journal.db")
    events = [(datetime.fromisoformat(at.replace("Z", "+00:00")), json.loads(event))
              for at, event in journal.execute("SELECT at, event FROM events ORDER BY sequence")]
    began = max(at for at, event in events if event["$type"] == "worker-formed")
    ended = min(at for at, event in events if event["$type"] == "order-completed" and event["step"] == steps)
    return (ended - began).total_seconds()


def pauses(output):
    """Milliseconds for which the training thread of rank 0, and those of the others, stood still; and the bytes of the state."""
    snapshots, digests, megabytes = {}, {}, 0.0
    for log in output.glob("logs/worker-*.log"):
        for line in log.read_text().splitlines():
            if found := re.search(r"snapshot of step (\d+) \(([\d.]+) MB\) taken in ([\d.]+) ms", line):
                snapshots[int(found[1]), log.name] = float(found[3])
                megabytes = float(found[2])
            elif found := re.search(r"digest of step (\d+) taken in ([\d.]+) ms", line):
                digests[int(found[1]), log.name] = float(found[2])
    # The snapshot's time has the digest's in it.
    return [snapshots[key] for key in sorted(snapshots)], list(digests.values()), int(megabytes * 1e6)


def copy(size):
    """Milliseconds that one thread takes to copy so many bytes."""
    source, target = numpy.ones(size, numpy.uint8), numpy.zeros(size, numpy.uint8)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        numpy.copyto(target, source)
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def main():
    out, rounds, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    without, with_checkpoints, stood, digested, size = [], [], [], [], 0
    for number in range(rounds):
        for every in (0, EVERY) if number % 2 == 0 else (EVERY, 0):
            output = out / f"{number}-{every}"
            train(output, steps, every)
            (with_checkpoints if every else without).append(steps / seconds(output, steps))
            if every:
                both, others, size = pauses(output)
                stood += both[1:]  # The first one also takes the snapshot's memory from the system.
                digested += others[1:]
    ratios = [b / a for a, b in zip(without, with_checkpoints)]
    print(f"throughput, {rounds} rounds of {steps} steps, steps a second")
    print(f"  without a checkpoint    {statistics.median(without):.2f}   (each: {', '.join(f'{one:.2f}' for one in without)})")
    print(f"  one every {EVERY} steps      {statistics.median(with_checkpoints):.2f}   (each: {', '.join(f'{one:.2f}' for one in with_checkpoints)})")
    print(f"  ratio                   {statistics.median(ratios):.3f}  (each: {', '.join(f'{one:.3f}' for one in ratios)})")
    plain = copy(size)
    print(f"pause of the training thread, state of {size / 1e6:.1f} MB, median of {len(stood)}")
    print(f"  copy in memory          {plain:.2f} ms")
    print(f"  rank 0: copy and digest {statistics.median(stood):.2f} ms   ratio {statistics.median(stood) / plain:.2f}")
    print(f"  other ranks: digest     {statistics.median(digested):.2f} ms   ratio {statistics.median(digested) / plain:.2f}")


main()
