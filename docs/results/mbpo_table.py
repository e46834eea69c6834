#!/usr/bin/env python3
"""Prints the tables of mbpo.md: the official configs on MuJoCo beside published numbers."""

import csv
import pathlib
import statistics

HERE = pathlib.Path(__file__).parent
ENVIRONMENTS = ("InvertedPendulum-v4", "InvertedDoublePendulum-v4", "Hopper-v4", "Walker2d-v4",
                "HalfCheetah-v4", "AntTruncatedObs", "HumanoidTruncatedObs")
STAGES = ("model", "imagination", "updates", "acting", "evaluation")


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def runs(environment):
    return [rows(path) for path in sorted((HERE / "mbpo").glob(f"{environment}_seed?.csv"))]


def at(run, step):
    """Return at the evaluation nearest to `step`, None if the run is not that long."""
    if int(run[-1]["env_steps"]) < step:
        return None
    return float(min(run, key=lambda row: abs(int(row["env_steps"]) - step))["eval_return_mean"])


def print_lengths():
    print("| environment | seed | real steps | last return | best return | seconds | "
          + " | ".join(f"{stage} %" for stage in STAGES) + " |")
    print("|---|---|---|---|---|---|" + "---|" * len(STAGES))
    for environment in ENVIRONMENTS:
        for seed, run in enumerate(runs(environment)):
            last = run[-1]
            total = float(last["wall_seconds"])
            shares = (100 * float(last[f"wall_seconds_{stage}"]) / total for stage in STAGES)
            best = max(float(row["eval_return_mean"]) for row in run)
            print(f"| {environment} | {seed} | {int(last['env_steps']):,} "
                  f"| {float(last['eval_return_mean']):,.0f} | {best:,.0f} | {total:,.0f} | "
                  + " | ".join(f"{share:.0f}" for share in shares) + " |")


def print_published():
    print("\n| environment | real steps | ours, mean over seeds | seeds | published MBPO | source |")
    print("|---|---|---|---|---|---|")
    for point in rows(HERE / "published.csv"):
        environment, step = point["environment"], int(point["env_steps"])
        if not point["algorithm"].startswith("MBPO") or environment not in ENVIRONMENTS:
            continue
        ours = [value for value in (at(run, step) for run in runs(environment))
                if value is not None]
        if not ours:
            continue
        deviation = f" +- {float(point['return_std']):,.0f}" if point["return_std"] else ""
        print(f"| {environment} | {step:,} | {statistics.mean(ours):,.0f} | {len(ours)} "
              f"| {float(point['return_mean']):,.0f}{deviation} | {point['source']} |")


if __name__ == "__main__":
    print_lengths()
    print_published()
