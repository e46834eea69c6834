#!/usr/bin/env python3
"""Prints the tabular tables of README.md from the CSV files of this folder."""

import csv
import pathlib
import statistics

HERE = pathlib.Path(__file__).parent


def runs(folder, environment, suffix="_episodes.csv"):
    for path in sorted((HERE / folder).glob(f"{environment}_seed?{suffix}")):
        with open(path, newline="") as file:
            yield list(csv.DictReader(file))


def mean_steps(folder, episode):
    return statistics.mean(int(run[episode]["steps"]) for run in runs(folder, "DynaMaze"))


def reward(folder, environment, begin, end):
    return statistics.mean(
        sum(float(row["return"]) for row in run if begin < int(row["env_steps"]) <= end)
        for run in runs(folder, environment))


def shortest(folder):
    return min(float(row["eval_steps_mean"]) for run in runs(folder, "DynaMaze", ".csv")
               for row in run)


def first_optimal(folder):
    """Median over seeds of the planning updates made when an evaluation first took 14 steps."""
    counts = []
    for run in runs(folder, "DynaMaze", ".csv"):
        done = [row for row in run if float(row["eval_steps_mean"]) == 14]
        counts.append(float(done[0]["planning_updates"]) if done else float("inf"))
    return statistics.median(counts)


def main():
    print("Dyna maze, steps per episode, mean over ten seeds (the optimum is 14; one action in ten "
          "is random):\n")
    print("| planning steps n | episode 2 | 3 | 4 | 5 | 10 | 20 | shortest greedy path |")
    print("|---|---|---|---|---|---|---|---|")
    for n, folder in ((0, "q_learning"), (5, "dyna_q_n5"), (50, "dyna_q_n50")):
        cells = [f"{mean_steps(folder, k - 1):.0f}" for k in (2, 3, 4, 5, 10, 20)]
        print(f"| {n} | {' | '.join(cells)} | {shortest(folder):.0f} |")
    print("\nPlanning updates when a greedy evaluation first took 14 steps, median over ten seeds: "
          f"Dyna-Q with n = 50 {first_optimal('dyna_q_n50'):,.0f}, "
          f"prioritized sweeping {first_optimal('prioritized_sweeping'):,.0f}.")
    print("\nChanging mazes, reward collected, mean over ten seeds:\n")
    print("| maze | steps | Dyna-Q | Dyna-Q+ |")
    print("|---|---|---|---|")
    for maze, begin, end in (("ShortcutMaze", 0, 3000), ("ShortcutMaze", 3000, 6000),
                             ("BlockingMaze", 0, 1000), ("BlockingMaze", 1000, 3000)):
        print(f"| {maze} | {begin:,} to {end:,} | {reward('dyna_q', maze, begin, end):.0f} "
              f"| {reward('dyna_q_plus', maze, begin, end):.0f} |")


if __name__ == "__main__":
    main()
