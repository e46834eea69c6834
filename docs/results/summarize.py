#!/usr/bin/env python3
"""Prints the table of README.md from the CSV files of this folder (standard library only)."""

import csv
import pathlib
import statistics

HERE = pathlib.Path(__file__).parent
# folder, environment, target return
GOALS = [
    ("mbpo", "Pendulum-v1", -200),
    ("dhmbpo", "Pendulum-v1", -200),
    ("dhmbpo_svg", "Pendulum-v1", -200),
    ("dhmbpo_mve", "Pendulum-v1", -200),
    ("dhmbpo_bptt", "Pendulum-v1", -200),
    ("dhmbpo_model_free", "Pendulum-v1", -200),
    ("sac_utd1", "Pendulum-v1", -200),
    ("sac_utd10", "Pendulum-v1", -200),
    ("mbpo", "CartPoleContinuous", 200),
    ("mbpo", "InvertedPendulum-v4", 1000),
    ("dhmbpo", "InvertedPendulum-v4", 1000),
    ("dyna_dqn", "CartPole-v1", 475),
    ("dqn_utd1", "CartPole-v1", 475),
    ("dqn_utd20", "CartPole-v1", 475),
    ("dyna_dqn", "Acrobot-v1", -100),
    ("dyna_dqn", "MountainCar-v0", -110),
    ("mbpo", "MountainCarContinuous-v0", 90),
    ("dyna_q", "FrozenLake-v1", 0.7),
    ("dyna_q", "Taxi-v3", 7),
]


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def first_reached(run, target):
    for row in run:
        if float(row["eval_return_mean"]) >= target:
            return int(row["env_steps"])
    return None


def main():
    print("| algorithm | environment | target | real steps to it, per seed | median "
          "| last return, per seed | of steps | seconds, median |")
    print("|---|---|---|---|---|---|---|---|")
    for folder, environment, target in GOALS:
        runs = [rows(path) for path in sorted((HERE / folder).glob(f"{environment}_seed?.csv"))]
        if not runs:
            continue
        steps = [first_reached(run, target) for run in runs]
        total = int(runs[0][-1]["env_steps"])
        median = statistics.median(total + 1 if s is None else s for s in steps)
        print("| {} | {} | {} | {} | {} | {} | {:,} | {:.0f} |".format(
            folder, environment, target,
            ", ".join("never" if s is None else f"{s:,}" for s in steps),
            "never" if median > total else f"{median:,.0f}",
            ", ".join(f"{float(run[-1]['eval_return_mean']):.1f}" for run in runs),
            total, statistics.median(float(run[-1]["wall_seconds"]) for run in runs)))


if __name__ == "__main__":
    main()
