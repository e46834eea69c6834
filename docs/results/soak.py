#!/usr/bin/env python3
"""A cluster under churn for a long time: do memory, descriptors and threads stay where they are?

    docs/results/soak.py [--bin DIR] [--minutes M] [--plot-only]

Launches Pendulum with three actors, two imagination workers and two durable shards whose tables are
small enough to be full after the warm-up, kills a worker every few seconds, and samples every
process every five seconds. Writes soak/samples.csv, prints the table of soak.md and draws
plots/soak.png (needs Debian's python3-matplotlib). Warm-up: the first third.
"""

import argparse
import collections
import csv
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "docs/results/soak"
FOLDER = ROOT / "runs/results/soak"
CHURN = ["actor-0", "actor-1", "actor-2", "imagination-0", "imagination-1"]
SETTINGS = ["run.steps=100000000", "run.eval_every=2000", "replay.real_capacity=5000",
            "replay.snapshot_mib=1", "model.steps_max=100", "learner.updates_per_step=2",
            "cluster.checkpoint_seconds=20"]
PERIOD = 5
COLUMNS = ["seconds", "instance", "pid", "rss_mb", "descriptors", "threads", "folder_mb"]


def processes():
    """{instance: pid} of this run's processes, the launcher's included."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(FOLDER) in words and "launch" in words:
            found["launcher"] = int(path.name)
        elif f"cluster.run={FOLDER.name}" in words:
            for word in words:
                if word.startswith("cluster.instance="):
                    found[word.partition("=")[2]] = int(path.name)
    return found


def sample(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return (int(fields["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd")),
            int(fields["Threads"]))


def folder_mb():
    total = 0
    for path in FOLDER.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            pass  # a temporary file, or a segment that a snapshot has freed
    return total / 2**20


def run(programs, minutes):
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    HERE.mkdir(exist_ok=True)
    command = [str(programs / "dyna"), "launch", "--config", "configs/pendulum_mbpo.toml", "--out",
               str(FOLDER), "--actors", "3", "--imagination", "2", "--shards", "2"]
    for setting in SETTINGS:
        command += ["--set", setting]
    chance = random.Random(0)
    kills = 0
    with open(FOLDER / "launch.log", "w") as log, open(HERE / "samples.csv", "w") as table:
        launch = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        writer = csv.writer(table)
        writer.writerow(COLUMNS)
        begin = time.monotonic()
        next_kill = begin + 20
        while time.monotonic() < begin + 60 * minutes:
            time.sleep(PERIOD)
            if launch.poll() is not None:
                raise SystemExit(f"the cluster ended with status {launch.returncode}")
            now = round(time.monotonic() - begin, 1)
            found = processes()
            for instance, pid in sorted(found.items()):
                try:
                    rss, descriptors, threads = sample(pid)
                except (OSError, KeyError):
                    continue  # it has just ended
                writer.writerow([now, instance, pid, f"{rss:.2f}", descriptors, threads,
                                 f"{folder_mb():.1f}" if instance == "launcher" else ""])
            if time.monotonic() >= next_kill:
                victim = found.get(chance.choice(CHURN))
                if victim:
                    os.kill(victim, signal.SIGKILL)
                    kills += 1
                next_kill = time.monotonic() + chance.uniform(3, 8)
        launch.send_signal(signal.SIGINT)
        launch.wait(60)
    print(f"{minutes} minutes, {kills} kills")


def slope(points):
    """Least squares, per hour."""
    n = len(points)
    mean_t = sum(t for t, _ in points) / n
    mean_v = sum(v for _, v in points) / n
    var = sum((t - mean_t) ** 2 for t, _ in points)
    return 3600 * sum((t - mean_t) * (v - mean_v) for t, v in points) / var if var else 0.0


def read():
    series = collections.defaultdict(list)
    with open(HERE / "samples.csv", newline="") as file:
        for row in csv.DictReader(file):
            series[row["instance"]].append(row)
    return series


def report(series):
    print("| process | MB after warm-up | MB at the end | MB per hour | descriptors | threads |\n"
          "|---|---|---|---|---|---|")
    for instance, rows in sorted(series.items()):
        if instance in CHURN:
            continue
        end = float(rows[-1]["seconds"])
        late = [row for row in rows if float(row["seconds"]) > end / 3]
        rss = [(float(row["seconds"]), float(row["rss_mb"])) for row in late]
        extent = {key: f"{min(int(row[key]) for row in late)} to {max(int(row[key]) for row in late)}"
                  for key in ("descriptors", "threads")}
        print(f"| {instance} | {rss[0][1]:.1f} | {rss[-1][1]:.1f} | {slope(rss):+.1f} | "
              f"{extent['descriptors']} | {extent['threads']} |")
    disk = [(float(row["seconds"]), float(row["folder_mb"])) for row in series["launcher"]]
    late = [point for point in disk if point[0] > disk[-1][0] / 3]
    print(f"\nrun folder: {late[0][1]:.1f} MB after warm-up, {late[-1][1]:.1f} at the end, greatest "
          f"{max(value for _, value in late):.1f}")


def plot(series):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(3, 1, figsize=(8, 9), sharex=True)
    for instance, rows in sorted(series.items()):
        if instance in CHURN:
            continue
        minutes = [float(row["seconds"]) / 60 for row in rows]
        for axis, key in zip(axes, ("rss_mb", "descriptors", "threads")):
            axis.plot(minutes, [float(row[key]) for row in rows], label=instance, linewidth=1.2)
    for axis, title in zip(axes, ("resident memory, MB", "file descriptors", "threads")):
        axis.set_ylabel(title)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=8, ncol=2)
    axes[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(ROOT / "docs/results/plots/soak.png", dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--plot-only", action="store_true")
    arguments = parser.parse_args()
    if not arguments.plot_only:
        run(arguments.bin, arguments.minutes)
    series = read()
    report(series)
    plot(series)


if __name__ == "__main__":
    main()
