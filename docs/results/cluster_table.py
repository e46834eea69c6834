#!/usr/bin/env python3
"""Prints the table of cluster.md from cluster/runs.csv (standard library only)."""

import collections
import csv
import pathlib
import statistics

HERE = pathlib.Path(__file__).parent


def text(values, unit=""):
    """The greatest, or nothing where there is none."""
    numbers = [float(value) for value in values if value != ""]
    return f"{max(numbers):,.0f}{unit}" if numbers else ""


def main():
    runs = collections.defaultdict(list)
    with open(HERE / "cluster/runs.csv", newline="") as file:
        for row in csv.DictReader(file):
            runs[row["environment"], row["shape"]].append(row)
    print("| environment | shape | seeds | real steps to the target, per seed | seconds, median "
          "| of lockstep | updates excess | real excess | synthetic excess | model age "
          "| policy age, median; greatest | samples |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    # The lockstep trainer, then shapes by size; environments as they were run.
    order = sorted(runs, key=lambda of: (of[1] != "lockstep", of[1]))
    environments = list(dict.fromkeys(environment for environment, _ in runs))
    for environment, shape in sorted(order, key=lambda of: environments.index(of[0])):
        rows = runs[environment, shape]
        column = lambda name: [row[name] for row in rows]  # noqa: E731
        seconds = statistics.median(map(float, column("seconds")))
        lockstep = runs.get((environment, "lockstep"))
        share = ""
        if lockstep and shape != "lockstep":
            share = f"{seconds / statistics.median(float(r['seconds']) for r in lockstep):.2f}"
        ages = text(column("policy_age_updates_p50")), text(column("policy_age_updates_max"))
        samples = sum(int(value) for value in column("samples") if value)
        print(f"| {environment} | {shape} | {len(rows)} | {', '.join(column('first_at_target'))} "
              f"| {seconds:.0f} | {share} | {text(column('updates_excess'))} "
              f"| {text(column('real_excess'))} | {text(column('synthetic_excess'))} "
              f"| {text(column('model_age_max'))} | {'; '.join(a for a in ages if a)} "
              f"| {samples or ''} |")


if __name__ == "__main__":
    main()
