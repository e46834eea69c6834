#!/usr/bin/env python3
"""Measures 1 to 64 real-time actors on one machine (standard library only).

    docs/results/actor_scaling.py [--bin DIR] [--seconds S] [N...]

Each N is a cluster of N Pendulum actors that step every 50 ms, one shard and a learner that only
counts. Prints the table of cluster.md: rows that reached replay against N x 20 per second, late
steps, memory of the largest actor and processor time of all processes.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import time
import tomllib

from cluster_runs import ROOT, read_metrics

PERIOD_MS = 50
ROWS = 'dyna_replay_inserts_total{outcome="appended",table="real"}'
SETTINGS = [f"env.step_period_ms={PERIOD_MS}", "run.steps=100000000",
            "actor.random_steps=100000000", "imagination.rollout_schedule=[0, 1, 0, 0]"]


def read_all(ports):
    return {name: read_metrics(port) for name, port in ports.items()}


def total(pages, prefix, series):
    return sum(value for name, page in pages.items() if name.startswith(prefix)
               for key, value in page.items() if key.startswith(series))


def measure(programs, actors, seconds):
    folder = ROOT / "runs/results/actor_scaling"
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(programs / "dyna"), "launch", "--config", "configs/pendulum_mbpo.toml",
               "--out", str(folder), "--actors", str(actors)]
    for setting in SETTINGS:
        command += ["--set", setting]
    launch = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        cluster = folder / "cluster.toml"
        while not cluster.exists():
            time.sleep(0.1)
        ports = tomllib.loads(cluster.read_text())["metrics_port"]
        actor_ports = {name: port for name, port in ports.items() if name.startswith("actor")}
        while not all(total({name: page}, "", "dyna_actor_env_steps_total") > 0
                      for name, page in read_all(actor_ports).items()):
            time.sleep(0.2)
        time.sleep(2)
        begin, started = read_all(ports), time.monotonic()
        replay_started = time.monotonic()
        rows = read_metrics(ports["replay-0"])[ROWS]
        time.sleep(seconds)
        rows = read_metrics(ports["replay-0"])[ROWS] - rows
        elapsed = time.monotonic() - replay_started
        end, all_elapsed = read_all(ports), time.monotonic() - started
    finally:
        launch.send_signal(signal.SIGINT)
        launch.wait()
    grown = lambda series: total(end, "actor", series) - total(begin, "actor", series)
    steps = grown("dyna_actor_env_steps_total")
    cpu = (total(end, "", "process_cpu_seconds_total") -
           total(begin, "", "process_cpu_seconds_total")) / all_elapsed
    memory = max(page["process_resident_memory_bytes"] for name, page in end.items()
                 if name.startswith("actor")) / 1e6
    wanted = actors * 1000 / PERIOD_MS
    return (actors, wanted, rows / elapsed, 100 * rows / elapsed / wanted,
            100 * grown("dyna_actor_missed_deadlines_total") / steps, memory, 100 * cpu)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("actors", nargs="*", type=int, default=[1, 2, 4, 8, 16, 32, 64])
    arguments = parser.parse_args()
    os.chdir(ROOT)
    print("| actors | rows/s wanted | rows/s | % of wanted | late steps, % | largest actor, MB "
          "| processors, % of one |")
    print("|---|---|---|---|---|---|---|")
    for actors in arguments.actors:
        print("| {} | {:.0f} | {:.1f} | {:.1f} | {:.2f} | {:.1f} | {:.0f} |".format(
            *measure(pathlib.Path(arguments.bin), actors, arguments.seconds)), flush=True)


if __name__ == "__main__":
    main()
