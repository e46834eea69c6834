#!/usr/bin/env python3
"""Runs clusters and the lockstep trainer side by side and measures both (standard library only).

    docs/results/cluster_runs.py [--bin DIR] [--only ENVIRONMENT] [--seeds N,N] SHAPE...

SHAPE is "lockstep" or ACTORS-IMAGINATION-SHARDS, for example 2-1-3. Every seed runs all shapes one
after the other before the next seed begins, so that a noisy machine disturbs all alike. Writes
cluster/ENVIRONMENT_SHAPE_seedN.csv (progress.csv of the run) and one row per run to
cluster/runs.csv; runs that are there are not made again.

While a cluster runs, every process' metrics are read ten times a second. The excess columns are the
greatest amount by which a sample was over its bound (0 or less: held); a bound is compared with
counts that were read before what it allows, and after what it is made of, so that the time between
two reads can only make the check stricter.
"""

import argparse
import collections
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "docs/results/cluster"
PERIOD = 0.1
# environment: config, settings, target return
EXPERIMENTS = {
    "Pendulum-v1": ("configs/pendulum_mbpo.toml", ["run.steps=2000"], -200),
    "InvertedPendulum-v4": ("configs/mbpo/inverted_pendulum.toml", ["run.steps=3500"], 1000),
}
COLUMNS = ["environment", "shape", "seed", "seconds", "first_at_target", "updates_per_second",
           "samples", "updates_excess", "real_excess", "synthetic_excess", "model_age_max",
           "policy_age_updates_p50", "policy_age_updates_max"]


def read_metrics(port):
    """{"name{labels}": value} of one process; empty if it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as page:
            text = page.read().decode()
    except OSError:
        return {}
    series = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            series[name] = float(value)
    return series


class Bounds:
    """The ratios of a run, from its effective configuration (docs/pacing.md)."""

    def __init__(self, config):
        self.updates_per_step = config["learner"]["updates_per_step"]
        self.starts = config["actor"]["random_steps"]
        k0, k1 = config["imagination"]["rollout_schedule"][2:]
        self.round = config["imagination"]["rollout_batch"] * max(k0, k1)
        self.per_real = self.round / config["model"]["train_every"]
        self.real_slack = 16 + -(-1 // self.updates_per_step)

    def updates(self, real):
        return self.updates_per_step * max(0, real - self.starts)

    def real(self, updates):
        return self.starts + updates / self.updates_per_step + self.real_slack

    def synthetic(self, real):
        return self.per_real * max(0, real - self.starts) + self.round


class Watch:
    """The trace of one cluster and its greatest excesses."""

    def __init__(self, folder, bounds):
        self.folder = folder
        self.bounds = bounds
        self.ports = {}
        self.samples = 0
        self.excess = collections.defaultdict(lambda: float("-inf"))
        self.policy_ages = []
        self.model_age = 0

    def shards(self):
        pages = [read_metrics(port) for name, port in self.ports.items()
                 if name.startswith("replay-")]
        appended = 'dyna_replay_inserts_total{outcome="appended",table="%s"}'
        if not all(pages):
            return None
        return [sum(page.get(appended % table, 0) for page in pages)
                for table in ("real", "synthetic")]

    def sample(self):
        if not self.ports:
            try:
                self.ports = tomllib.loads(
                    (self.folder / "cluster.toml").read_text())["metrics_port"]
            except (OSError, tomllib.TOMLDecodeError, KeyError):
                return
        actors = [read_metrics(port) for name, port in self.ports.items()
                  if name.startswith("actor-")]
        before = read_metrics(self.ports["learner-0"])
        first, second = self.shards(), self.shards()
        after = read_metrics(self.ports["learner-0"])
        done = "dyna_learner_updates_total"
        if not (first and second and done in before and done in after):
            return
        self.samples += 1
        self.note("updates", before[done] - self.bounds.updates(first[0]))
        self.note("real", first[0] - self.bounds.real(after[done]))
        self.note("synthetic", first[1] - self.bounds.synthetic(second[0]))
        # A policy version is one update; random actors have version 0.
        published = before.get("dyna_policy_version", 0)
        for page in actors:
            acting = page.get("dyna_actor_policy_version", 0)
            if acting > 0:
                self.policy_ages.append(published - acting)
        for series, value in after.items():
            # Buckets are cumulative: the age is above every bound that does not hold all samples.
            if series.startswith("dyna_imagination_model_age_versions_bucket"):
                bound = series.split('le="')[1].split('"')[0]
                total = after["dyna_imagination_model_age_versions_count"]
                if bound != "+Inf" and value < total:
                    self.model_age = max(self.model_age, int(float(bound)) + 1)

    def note(self, name, excess):
        self.excess[name] = max(self.excess[name], excess)


def run(command, folder, watch):
    started = time.monotonic()
    with open(f"{folder}.log", "w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        while process.poll() is None:
            tick = time.monotonic()
            if watch:
                watch.sample()
            time.sleep(max(0.01, tick + PERIOD - time.monotonic()))
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}; see {folder}.log")
    return time.monotonic() - started


def measure(programs, environment, shape, seed):
    config_file, settings, target = EXPERIMENTS[environment]
    name = f"{environment}_{shape}_seed{seed}"
    folder = ROOT / "runs/results/cluster" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [str(programs / "dyna"), "train" if shape == "lockstep" else "launch",
               "--config", config_file, "--seed", str(seed), "--out", str(folder)]
    for setting in settings:
        command += ["--set", setting]
    watch = None
    if shape != "lockstep":
        actors, imagination, shards = shape.split("-")
        command += ["--actors", actors, "--imagination", imagination, "--shards", shards]
        config = tomllib.loads((ROOT / config_file).read_text())
        watch = Watch(folder, Bounds(config))
    seconds = run(command, folder, watch)
    with open(folder / "progress.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    shutil.copy(folder / "progress.csv", HERE / f"{name}.csv")
    reached = [int(row["env_steps"]) for row in rows if float(row["eval_return_mean"]) >= target]
    result = dict.fromkeys(COLUMNS, "")
    result |= {"environment": environment, "shape": shape, "seed": seed,
               "seconds": round(seconds, 1), "first_at_target": reached[0] if reached else "never",
               "updates_per_second": round(int(rows[-1]["updates"]) / seconds)}
    if watch:
        ages = sorted(watch.policy_ages)
        result |= {"samples": watch.samples,
                   "updates_excess": round(watch.excess["updates"]),
                   "real_excess": round(watch.excess["real"]),
                   "synthetic_excess": round(watch.excess["synthetic"]),
                   "model_age_max": watch.model_age,
                   "policy_age_updates_p50": round(ages[len(ages) // 2]) if ages else "",
                   "policy_age_updates_max": round(ages[-1]) if ages else ""}
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--only", choices=list(EXPERIMENTS))
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("shapes", nargs="+")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    HERE.mkdir(exist_ok=True)
    table = HERE / "runs.csv"
    done = set()
    if table.exists():
        with open(table, newline="") as file:
            done = {(row["environment"], row["shape"], row["seed"])
                    for row in csv.DictReader(file)}
    else:
        table.write_text(",".join(COLUMNS) + "\n")
    for environment in [arguments.only] if arguments.only else EXPERIMENTS:
        for seed in arguments.seeds.split(","):
            for shape in arguments.shapes:
                if (environment, shape, seed) in done:
                    continue
                result = measure(pathlib.Path(arguments.bin), environment, shape, seed)
                with open(table, "a", newline="") as file:
                    csv.DictWriter(file, COLUMNS).writerow(result)
                print(", ".join(f"{key} {value}" for key, value in result.items() if value != ""),
                      flush=True)


if __name__ == "__main__":
    main()
