#!/usr/bin/env python3
"""Draws every figure of docs/results/plots, as PNG and SVG, from the CSV files beside this script.

    docs/results/plot.py [ENVIRONMENT...]     # default: all

The line is the mean over seeds, the band their range, thin lines the seeds where they are few.
Published numbers (published.csv) are open marks with their standard deviation over seeds, drawn a
little to the side of one another. Needs matplotlib (Debian: python3-matplotlib).
"""

import collections
import csv
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: E402

HERE = pathlib.Path(__file__).parent
OUT = HERE / "plots"

# Colours of Okabe and Ito, told apart with any colour vision; by role, the same in every figure.
BLUE, VERMILION, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7"
INK, GREY, PALE = "#222222", "#767676", "#E3E3E3"

# folder: (label, colour); the order is that of drawing.
ALGORITHMS = {
    "dqn_utd1": ("DQN, 1 update per step", VERMILION),
    "dqn_utd20": ("DQN, 20 updates per step", ORANGE),
    "dyna_dqn": ("Dyna-DQN", BLUE),
    "sac_utd1": ("SAC, 1 update per step", VERMILION),
    "sac_utd10": ("SAC, 10 updates per step", ORANGE),
    "sac": ("SAC, 1 update per step", VERMILION),
    "q_learning": ("Q-learning", VERMILION),
    "dyna_q": ("Dyna-Q", BLUE),
    "dyna_q_n5": ("Dyna-Q, n = 5", ORANGE),
    "dyna_q_n50": ("Dyna-Q, n = 50", BLUE),
    "dyna_q_plus": ("Dyna-Q+", GREEN),
    "prioritized_sweeping": ("Prioritized sweeping", PURPLE),
    "mbpo": ("MBPO", BLUE),
    "dhmbpo": ("DHMBPO", GREEN),
}
# Which of published.csv are drawn: (colour, mark).
PUBLISHED = {
    "MBPO": (BLUE, "D"),
    "MBPO (x35f)": (BLUE, "d"),
    "SAC": (VERMILION, "s"),
    "DHMBPO": (GREEN, "^"),
    "REDQ": (PURPLE, "o"),
}
CHANGES = {"BlockingMaze": 1000, "ShortcutMaze": 3000}  # real steps after which the maze is another

EPISODES = 50  # of a maze that are drawn

Run = collections.namedtuple("Run", "steps values")
Curve = collections.namedtuple("Curve", "folder steps mean low high runs")


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def seed_of(path):
    return int(path.stem.replace("_episodes", "").rsplit("_seed", 1)[1])


def environments():
    """Every environment of which there is a run."""
    return sorted({path.stem.rsplit("_seed", 1)[0] for path in HERE.glob("*/*_seed*.csv")})


def curve_of(folder, runs):
    """Statistics over the seeds, as far as all of them have come."""
    shared = set.intersection(*(set(run.steps) for run in runs))
    steps = sorted(shared)
    columns = [[run.values[run.steps.index(step)] for run in runs] for step in steps]
    return Curve(folder, steps, [statistics.fmean(c) for c in columns],
                 [min(c) for c in columns], [max(c) for c in columns], runs)


def curves_of(environment, suffix, run_of):
    """One curve for each folder with files ENVIRONMENT_seedN + suffix."""
    curves = []
    for folder in ALGORITHMS:
        paths = sorted((HERE / folder).glob(f"{environment}_seed*{suffix}.csv"), key=seed_of)
        paths = [path for path in paths if path.stem.endswith("_episodes") == bool(suffix)]
        if paths:
            curves.append(curve_of(folder, [run_of(path) for path in paths]))
    return curves


def returns_of(path):
    rows = read(path)
    return Run([int(row["env_steps"]) for row in rows],
               [float(row["eval_return_mean"]) for row in rows])


def episode_lengths_of(path):
    rows = read(path)[:EPISODES]
    return Run(list(range(1, len(rows) + 1)), [int(row["steps"]) for row in rows])


def rewards_of(path):
    """Cumulative reward, every 50 real steps of the run."""
    ends = [(int(row["env_steps"]), float(row["return"])) for row in read(path)]
    progress = read(path.with_name(path.name.replace("_episodes", "")))
    steps = list(range(0, int(progress[-1]["env_steps"]) + 1, 50))
    totals, total, at = [], 0.0, 0
    for step in steps:
        while at < len(ends) and ends[at][0] <= step:
            total, at = total + ends[at][1], at + 1
        totals.append(total)
    return Run(steps, totals)


def draw_curves(axes, curves):
    for curve in curves:
        color = ALGORITHMS[curve.folder][1]
        axes.fill_between(curve.steps, curve.low, curve.high, color=color, alpha=0.13, linewidth=0)
        if 1 < len(curve.runs) <= 3:
            for run in curve.runs:
                axes.plot(run.steps, run.values, color=color, alpha=0.3, linewidth=0.8)
        axes.plot(curve.steps, curve.mean, color=color, linewidth=2.2, solid_capstyle="round")


def seeds_text(curve):
    return f"{len(curve.runs)} seed" + ("" if len(curve.runs) == 1 else "s")


def label_ends(axes, curves):
    """Writes each curve's name beside its end, moved apart where they would touch."""
    axes.figure.canvas.draw()  # so that data limits and their pixels are final
    to_axes = axes.transAxes.inverted()
    ends = []
    for curve in curves:
        pixel = axes.transData.transform((curve.steps[-1], curve.mean[-1]))
        ends.append([to_axes.transform(pixel)[1], curve])
    ends.sort(key=lambda end: end[0])
    gap = 0.115
    for below, end in zip(ends, ends[1:]):
        end[0] = max(end[0], below[0] + gap)
    excess = max(0.0, ends[-1][0] - 0.97)
    for i, (y, curve) in enumerate(ends):
        label, color = ALGORITHMS[curve.folder]
        y = max(0.04 + i * gap, y - excess)
        axes.annotate(label, (1.015, y), xycoords="axes fraction", color=color, fontsize=9,
                      fontweight="bold", va="bottom", annotation_clip=False)
        axes.annotate(seeds_text(curve), (1.015, y - 0.008), xycoords="axes fraction", color=GREY,
                      fontsize=8, va="top", annotation_clip=False)


def draw_published(axes, environment, last_step):
    """Marks published numbers up to the first ones beyond our last step."""
    rows = [row for row in read(HERE / "published.csv")
            if row["environment"] == environment and row["algorithm"] in PUBLISHED]
    if not rows:
        return
    beyond = [int(row["env_steps"]) for row in rows if int(row["env_steps"]) >= last_step]
    limit = min(beyond, default=last_step)
    names = {row["algorithm"] for row in rows}
    for i, (name, (color, mark)) in enumerate(PUBLISHED.items()):
        points = [row for row in rows if row["algorithm"] == name and int(row["env_steps"]) <= limit]
        if not points or (name == "MBPO (x35f)" and "MBPO" in names):
            continue
        aside = 0.0 if len(names) < 2 else (i - 2) * 0.006 * limit
        axes.errorbar([int(row["env_steps"]) + aside for row in points],
                      [float(row["return_mean"]) for row in points],
                      yerr=[float(row["return_std"] or 0) for row in points],
                      fmt=mark, color=color, markerfacecolor="white", markeredgewidth=1.4,
                      markersize=6.5, elinewidth=1, label=f"{name}, published", zorder=3)
    legend = axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, handletextpad=0.3,
                         loc="lower right" if len(names) < 2 else "best")
    legend.set_zorder(4)


def thousands(value, _):
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 else f"{value:g}"


def style(axes, title, x, y):
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", color=INK, pad=10)
    axes.set_xlabel(x, fontsize=9.5, color=GREY)
    axes.set_ylabel(y, fontsize=9.5, color=GREY)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(colors=GREY, labelsize=9, length=3)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    axes.yaxis.set_major_formatter(FuncFormatter(thousands))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def learning_curves(axes, environment):
    curves = curves_of(environment, "", returns_of)
    draw_curves(axes, curves)
    draw_published(axes, environment, max(curve.steps[-1] for curve in curves))
    style(axes, environment, "real environment steps", "evaluation return")
    axes.set_xlim(left=0)
    label_ends(axes, curves)


def episode_lengths(axes, environment):
    curves = curves_of(environment, "_episodes", episode_lengths_of)
    draw_curves(axes, curves)
    style(axes, environment, "episode", "steps to the goal")
    axes.axhline(14, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.annotate("optimum 14", (EPISODES, 14), xytext=(0, -3), textcoords="offset points", ha="right",
                  va="top", fontsize=8.5, color=INK)
    axes.set_yscale("log")
    axes.tick_params(axis="y", which="minor", length=0)
    axes.set_ylim(bottom=10)
    axes.yaxis.set_major_formatter(FuncFormatter(thousands))
    axes.set_xlim(1, EPISODES)
    label_ends(axes, curves)


def cumulative_reward(axes, environment):
    curves = curves_of(environment, "_episodes", rewards_of)
    draw_curves(axes, curves)
    style(axes, environment, "real environment steps", "cumulative reward")
    axes.axvline(CHANGES[environment], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.annotate("the maze changes", (CHANGES[environment], 0.98), xytext=(5, 0),
                  xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
                  fontsize=8.5, color=INK)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    label_ends(axes, curves)


def draw(axes, environment):
    if environment in CHANGES:
        cumulative_reward(axes, environment)
    elif environment.endswith("Maze"):
        episode_lengths(axes, environment)
    else:
        learning_curves(axes, environment)


def save(figure, name):
    OUT.mkdir(exist_ok=True)
    figure.savefig(OUT / f"{name}.png", dpi=120, metadata={"Software": None})
    figure.savefig(OUT / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    print(OUT / f"{name}.png")


def main():
    plt.rcParams.update({"svg.hashsalt": "opendyna", "svg.fonttype": "none",
                         "font.family": "sans-serif", "axes.edgecolor": GREY})
    for environment in sys.argv[1:] or environments():
        figure, axes = plt.subplots(figsize=(8.2, 4.4))
        figure.subplots_adjust(left=0.095, right=0.755, top=0.9, bottom=0.125)
        draw(axes, environment)
        save(figure, environment)


if __name__ == "__main__":
    main()
