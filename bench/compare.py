"""Reads what bench/vs-pytorch.sh measured and prints medians side by side. A ratio above 1 says that this project is faster."""
import json
import pathlib
import statistics
import sys

CASES = {"75": ("width 0.25, 75², 32 images a worker", 64, 10), "299": ("width 1, 299², 8 images a worker, auxiliary head", 16, 4)}
PHASES = ["data", "forward", "backward", "reduction", "update"]


def ours(folder, warmup):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()][warmup:]
    steps = [{"seconds": sum(line["seconds"].values()), **line["seconds"]} for line in lines]
    return steps, json.loads((folder / "result.json").read_text()).get("peakMemoryBytes", 0)


def theirs(file):
    result = json.loads(file.read_text())
    return result["steps"], result["peakMemoryBytes"]


def row(name, steps, memory, images):
    median = statistics.median(step["seconds"] for step in steps)
    phases = "  ".join(f"{phase} {1000 * statistics.median(step[phase] for step in steps):.1f}" if phase in steps[0] else " " * len(f"{phase} 0.0") for phase in PHASES)
    print(f"  {name:<24} {images / median:8.2f} img/s   {1000 * median:9.1f} ms a step   {phases}   {memory / 2**20:6.0f} MiB")
    return median


def main():
    out, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    for case, (title, images, warmup) in CASES.items():
        print(f"\n{title}; medians over {rounds} rounds, phases in ms")
        collected = {"PyTorch DDP": [], "deterministic": [], "fast": []}
        for round_ in range(1, rounds + 1):
            collected["PyTorch DDP"].append(theirs(out / f"{case}-pytorch-{round_}.json"))
            for kind in ("deterministic", "fast"):
                collected[kind].append(ours(out / f"{case}-{kind}-{round_}", warmup))
        for name, runs in collected.items():
            row(name, [step for steps, _ in runs for step in steps], max(memory for _, memory in runs), images)
        for kind in ("deterministic", "fast"):
            ratios = [statistics.median(s["seconds"] for s in peer[0]) / statistics.median(s["seconds"] for s in own[0])
                      for peer, own in zip(collected["PyTorch DDP"], collected[kind])]
            print(f"  {kind} / PyTorch DDP: {statistics.median(ratios):.3f} (each round: {', '.join(f'{ratio:.3f}' for ratio in ratios)})")


main()
