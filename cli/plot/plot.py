"""Draws learning curves; `dyna plot` starts it with a description of what to draw:

    plot.py DESCRIPTION.json

    {"out": "curves.png", "title": "Pendulum-v1", "x": "env_steps",
     "curves": [{"label": "MBPO", "runs": ["runs/a_seed0/progress.csv", ...]}, ...]}

A line is the mean over seeds, its band the 95 % confidence interval of the mean (Student's t), thin
lines the single seeds. Needs matplotlib (Debian: python3-matplotlib).
"""

import csv
import json
import math
import sys

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: E402

# Colours of Okabe and Ito, told apart with any colour vision; then the same, dashed and dotted.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444"]
DASHES = ["-", (0, (5, 2)), (0, (1, 1.5))]
INK, GREY, PALE = "#222222", "#767676", "#E3E3E3"
X_LABELS = {"env_steps": "real environment steps", "wall_seconds": "minutes"}
STAGE = "wall_seconds_"  # columns of the wall-clock split begin so


def read(path):
    """Columns of a progress.csv as arrays, NaN where a cell is no number; a torn row is left out."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]

    def number(cell):
        try:
            return float(cell)
        except ValueError:
            return math.nan

    return {name: np.array([number(row[i]) for row in rows]) for i, name in enumerate(header)}


def t_quantile(freedom):
    """The 97.5 % quantile of Student's t: bisection on its density, summed by Simpson's rule."""
    constant = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    constant /= math.sqrt(freedom * math.pi)

    def probability(limit):  # of [0, limit]
        x = np.linspace(0, limit, 4001)
        y = constant * (1 + x * x / freedom) ** (-(freedom + 1) / 2)
        return (y[0] + y[-1] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum()) * (x[1] - x[0]) / 3

    low, high = 0.0, 13.0  # 12.71 for one degree of freedom, the largest
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(middle) < 0.475 else (low, middle)
    return low


def points(run, x, y):
    """The finite points of one run, x ascending."""
    if y not in run:
        return np.empty(0), np.empty(0)
    xs, ys = run[x] / (60 if x == "wall_seconds" else 1), run[y]
    keep = np.isfinite(xs) & np.isfinite(ys)
    return xs[keep], ys[keep]


def band(runs, x, y, log=False):
    """x, mean, low, high over the seeds, as far as all have come; between its points a run is
    taken as straight. `log`: mean and interval of the logarithm."""
    lines = [line for line in (points(run, x, y) for run in runs) if len(line[0])]
    if not lines:
        return None
    first, last = max(line[0][0] for line in lines), min(line[0][-1] for line in lines)
    xs = np.unique(np.concatenate([line[0] for line in lines]))
    xs = xs[(xs >= first) & (xs <= last)]
    if not len(xs):
        return None
    values = np.array([np.interp(xs, *line) for line in lines])
    if log:
        values = np.log(np.maximum(values, 1e-300))
    mean, half = values.mean(axis=0), np.zeros(len(xs))
    if len(lines) > 1:
        half = t_quantile(len(lines) - 1) * values.std(axis=0, ddof=1) / math.sqrt(len(lines))
    low, high = mean - half, mean + half
    return (xs, *(np.exp(v) for v in (mean, low, high))) if log else (xs, mean, low, high)


def curve_style(index):
    return {"color": COLORS[index % len(COLORS)],
            "linestyle": DASHES[index // len(COLORS) % len(DASHES)]}


def draw_curves(axes, curves, x, y, log=False):
    """Every curve; returns those that have something to show, with where they end."""
    ends = []
    shown, least, most = [], math.inf, -math.inf
    for index, curve in enumerate(curves):
        statistics = band(curve["data"], x, y, log)
        if statistics is None:
            continue
        xs, mean, low, high = statistics
        style = curve_style(index)
        axes.fill_between(xs, low, high, color=style["color"], alpha=0.15, linewidth=0)
        if 1 < len(curve["data"]) <= 10:
            for run in curve["data"]:
                axes.plot(*points(run, x, y), color=style["color"], alpha=0.28, linewidth=0.8)
        axes.plot(xs, mean, linewidth=2.1, solid_capstyle="round", **style,
                  marker="o" if len(xs) == 1 else None, markersize=5)
        ends.append((xs[-1], mean[-1], index))
        shown += [points(run, x, y)[1] for run in curve["data"]]
        least, most = min(least, mean.min()), max(most, mean.max())
    if ends and not log:
        # The band of few seeds may be far wider than anything seen: the lines decide what is shown.
        values = np.concatenate(shown)
        least, most = min(least, values.min()), max(most, values.max())
        margin = 0.08 * ((most - least) or max(abs(most), 1.0))
        axes.set_ylim(least - margin, most + margin)
    elif ends:
        values = np.concatenate(shown)
        values = values[values > 0]
        if len(values):
            axes.set_ylim(values.min() / 1.6, values.max() * 1.6)
    return ends


def label_ends(axes, curves, ends):
    """Each curve's name and number of seeds beside its end, moved apart where they would touch."""
    if not ends:
        return
    axes.figure.canvas.draw()  # so that data limits and their pixels are final
    to_axes = axes.transAxes.inverted()
    places = sorted([to_axes.transform(axes.transData.transform((x, y)))[1], index]
                    for x, y, index in ends)
    height = axes.get_window_extent().height / axes.figure.dpi  # inches
    gap = min(0.36 / height, 1.0 / len(places))
    for below, place in zip(places, places[1:]):
        place[0] = max(place[0], below[0] + gap)
    excess = max(0.0, places[-1][0] - 0.96)
    for i, (y, index) in enumerate(places):
        y = max(0.05 + i * gap, y - excess)
        seeds = len(curves[index]["data"])
        axes.annotate(curves[index]["label"], (1.015, y), xycoords="axes fraction", fontsize=9,
                      color=COLORS[index % len(COLORS)], fontweight="bold", va="bottom",
                      annotation_clip=False)
        axes.annotate(f"{seeds} seed" + "s" * (seeds != 1), (1.015, y - 0.01), fontsize=8,
                      xycoords="axes fraction", color=GREY, va="top", annotation_clip=False)


def thousands(value, _):
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 else f"{value:g}"


def style(axes, x, y):
    axes.set_xlabel(x, fontsize=9.5, color=GREY)
    axes.set_ylabel(y, fontsize=9.5, color=GREY)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(colors=GREY, labelsize=9, length=3)
    axes.tick_params(axis="y", which="both", length=0)
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    axes.xaxis.set_major_locator(MaxNLocator(6))


def has(curves, column):
    return any(np.isfinite(run.get(column, np.empty(0))).any() for c in curves for run in c["data"])


def stages_of(curve):
    """Seconds of each stage at a run's end, mean over the runs."""
    seconds = {}
    for column in [name for name in curve["data"][0] if name.startswith(STAGE)]:
        ends = [run[column][-1] for run in curve["data"] if len(run.get(column, ()))]
        if ends and np.isfinite(ends).all():
            seconds[column] = float(np.mean(ends))
    return seconds


def draw_clock(axes, curves):
    """A bar for each curve: where the time of a run went."""
    split = [stages_of(curve) for curve in curves]
    columns = [c for c in dict.fromkeys(c for s in split for c in s) if max(s.get(c, 0) for s in split)]
    left = np.zeros(len(curves))
    for i, column in enumerate(columns):
        minutes = np.array([stage.get(column, 0.0) / 60 for stage in split])
        axes.barh(range(len(curves)), minutes, left=left, height=0.5, color=COLORS[i % len(COLORS)],
                  edgecolor="white", linewidth=0.8, label=column.removeprefix(STAGE))
        left += minutes
    style(axes, "minutes of wall clock, mean of a run", "")
    for i, curve in enumerate(curves):  # above its bar: beside it, a long name would be cut off
        axes.annotate(curve["label"], (0, i - 0.27), fontsize=9, color=INK, va="bottom")
    axes.set_yticks([])
    axes.set_ylim(len(curves) - 0.6, -0.75)
    axes.grid(visible=False, axis="y")
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="center left",
                bbox_to_anchor=(1.0, 0.5), handlelength=1.0, borderaxespad=0.4)


def draw(spec):
    curves = spec["curves"]
    for curve in curves:
        curve["data"] = [read(path) for path in curve["runs"]]
    panels = [("eval_return_mean", "evaluation return", 3.9)]
    if has(curves, "model_holdout_mse"):
        panels.append(("model_holdout_mse", "model error (hold-out MSE)", 2.3))
    if any(stages_of(curve) for curve in curves):
        panels.append(("clock", "", 0.45 * max(len(curves), 2) + 0.1))
    heights = [height for _, _, height in panels]
    gap, top, bottom = 0.62, 0.5, 0.55  # inches
    height = sum(heights) + gap * (len(panels) - 1) + top + bottom
    figure = plt.figure(figsize=(8.2, height))
    y = height - top
    for column, label, panel in panels:
        axes = figure.add_axes([0.12, (y - panel) / height, 0.62, panel / height])
        y -= panel + gap
        if column == "clock":
            draw_clock(axes, curves)
            continue
        log = column == "model_holdout_mse"
        if log:
            axes.set_yscale("log")
        ends = draw_curves(axes, curves, spec["x"], column, log)
        style(axes, X_LABELS[spec["x"]], label)
        if not log:
            axes.yaxis.set_major_formatter(FuncFormatter(thousands))
            axes.set_title(spec["title"], loc="left", fontsize=12, fontweight="bold", color=INK, pad=10)
        if max((end[0] for end in ends), default=0) > 0:
            axes.set_xlim(left=0)
        label_ends(axes, curves, ends)
    return figure


def main():
    with open(sys.argv[1]) as file:
        spec = json.load(file)
    plt.rcParams.update({"svg.hashsalt": "opendyna", "svg.fonttype": "none",
                         "font.family": "sans-serif", "axes.edgecolor": GREY})
    metadata = {"Date": None, "Creator": None} if spec["format"] == "svg" else {"Software": None}
    draw(spec).savefig(spec["file"], format=spec["format"], dpi=150, metadata=metadata)


if __name__ == "__main__":
    main()
