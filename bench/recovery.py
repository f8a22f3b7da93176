"""The trials of bench/recovery.sh: faults, and how long until the run goes on."""
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

INCEPTION = ["dotnet", "cli/bin/Release/net10.0/inception.dll"]
WORKERS = 3
TIMEOUT = 3  # workers.timeout, seconds


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Watched:
    """Lines of a growing text, each with the moment at which it was there."""

    def __init__(self):
        self.lines = []
        self.changed = threading.Condition()

    def add(self, line):
        now = time.monotonic()
        with self.changed:
            self.lines.append((now, line))
            self.changed.notify_all()

    def wait(self, text, start=0, count=1):
        """The moment of the count-th line from index start on that contains the text, and the index behind it."""
        deadline = time.monotonic() + 120
        with self.changed:
            index = start
            while True:
                while index < len(self.lines):
                    index += 1
                    if text in self.lines[index - 1][1]:
                        count -= 1
                        if count == 0:
                            return self.lines[index - 1][0], index
                if not self.changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no '{text}' within two minutes; the last lines: {self.lines[-5:]}")


def follow_pipe(pipe, watched):
    for line in pipe:
        watched.add(line)


def follow_file(path, watched, ended):
    while not os.path.exists(path) and not ended.is_set():
        time.sleep(0.01)
    with open(path) as file:
        rest = ""
        while not ended.is_set():
            rest += file.read()
            *lines, rest = rest.split("\n")
            for line in lines:
                watched.add(line)
            if not lines:
                time.sleep(0.001)


class Run:
    """A coordinator and its workers, training on without an end."""

    def __init__(self, out):
        self.out = out
        os.makedirs(out)
        port = free_port()
        settings = ["schedule.epochs=100000", "schedule.evaluateEvery=0", "checkpoint.everySteps=1000000", f"workers.timeout={TIMEOUT}", "workers.heartbeat=0.5"]
        self.coordinator = subprocess.Popen(
            [*INCEPTION, "coordinator", "jobs/tiny.yaml", "--listen", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--output", f"{out}/run",
             *(part for setting in settings for part in ("--set", setting))],
            stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{port}"
        self.said, self.steps, self.ended = Watched(), Watched(), threading.Event()
        threading.Thread(target=follow_pipe, args=(self.coordinator.stdout, self.said), daemon=True).start()
        threading.Thread(target=follow_file, args=(f"{out}/run/log.jsonl", self.steps, self.ended), daemon=True).start()
        self.workers = [self.start() for _ in range(WORKERS)]
        _, self.heard = self.said.wait("stands at step")

    def start(self):
        with open(f"{self.out}/workers.log", "a") as log:
            return subprocess.Popen([*INCEPTION, "worker", "--coordinator", self.url], stdout=log, stderr=log)

    def trial(self, index, fault):
        """Seconds from the fault to the next generation and to its first applied step."""
        self.steps.wait("", len(self.steps.lines), count=5)
        victim = self.workers.pop(index % WORKERS)
        began = time.monotonic()
        victim.send_signal(fault)
        formed, self.heard = self.said.wait("stands at step", self.heard)
        before = sum(1 for moment, _ in self.steps.lines if moment <= formed)
        stepped, _ = self.steps.wait("", before)
        victim.kill()
        victim.wait()
        self.workers.append(self.start())
        _, self.heard = self.said.wait("stands at step", self.heard)
        return formed - began, stepped - began

    def end(self):
        self.ended.set()
        for process in [*self.workers, self.coordinator]:
            process.kill()
            process.wait()


def ours(out, trials, fault):
    run = Run(out)
    try:
        return [run.trial(index, fault) for index in range(trials)]
    finally:
        run.end()


def torchrun(out, trials):
    """Seconds from a kill to the next finished step, and to the first step that had not been done before."""
    command = ["/usr/bin/python3", "-m", "torch.distributed.run", "-r", "2", "-t", "1", "--log_dir", f"{out}/torchrun", f"--nproc_per_node={WORKERS}",
               f"--max_restarts={trials + 1}", "--rdzv_backend=c10d", f"--rdzv_endpoint=127.0.0.1:{free_port()}", "bench/pytorch_restart.py", f"{out}/pytorch"]
    os.makedirs(f"{out}/pytorch")
    steps, ended = Watched(), threading.Event()
    with open(f"{out}/torchrun.log", "w") as log:
        agent = subprocess.Popen(command, stdout=log, stderr=log)
    threading.Thread(target=follow_file, args=(f"{out}/pytorch/steps.jsonl", steps, ended), daemon=True).start()
    results = []
    try:
        for index in range(trials):
            steps.wait("", len(steps.lines), count=15)
            done = json.loads(steps.lines[-1][1])["step"]
            with open(f"{out}/pytorch/pid-{index % WORKERS}") as file:
                victim = int(file.read())
            began, heard = time.monotonic(), len(steps.lines)
            os.kill(victim, signal.SIGKILL)
            first, heard = steps.wait('"restart": %d' % (index + 1), heard)
            while json.loads(steps.lines[heard - 1][1])["step"] <= done:
                _, heard = steps.wait("", heard)
            results.append((first - began, steps.lines[heard - 1][0] - began))
    finally:
        ended.set()
        agent.terminate()
        agent.wait()
    return results


def row(name, values):
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]
    print(f"{name:64} p50 {statistics.median(ordered):6.2f} s   p99 {p99:6.2f} s   of {len(ordered)}", flush=True)


def main():
    out, trials, part = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    fewer = max(3, trials // 4)
    if part in ("all", "kill"):
        report("kill", ours(f"{out}/kill", trials, signal.SIGKILL), "until the next generation stands", "until its first step is applied")
    if part in ("all", "hang"):
        report(f"hang, workers.timeout {TIMEOUT} s", ours(f"{out}/hang", fewer, signal.SIGSTOP), "until the next generation stands", "until its first step is applied")
    if part in ("all", "torchrun"):
        report("torchrun, kill", torchrun(out, fewer), "until the next finished step", "until the first step not done before")


def report(fault, results, first, second):
    row(f"{fault}: {first}", [one for one, _ in results])
    row(f"{fault}: {second}", [other for _, other in results])


if __name__ == "__main__":
    main()
