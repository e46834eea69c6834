"""The statistics of plot.py against numbers that it did not compute; run in its folder."""

import math
import sys

import numpy as np

sys.path.insert(0, ".")
import plot  # noqa: E402

# Two-sided 95 % quantiles of Student's t, from the printed tables.
for freedom, quantile in {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 30: 2.042}.items():
    assert abs(plot.t_quantile(freedom) - quantile) < 6e-4, (freedom, plot.t_quantile(freedom))


def run(steps, values):
    return {"env_steps": np.array(steps, float), "y": np.array(values, float)}


# Three seeds, 1, 2 and 6 at every step: mean 3, deviation sqrt(7), half width 4.303 sqrt(7 / 3).
x, mean, low, high = plot.band([run([0, 10], [v, v]) for v in (1, 2, 6)], "env_steps", "y")
assert list(x) == [0, 10] and np.allclose(mean, 3)
assert np.allclose(high - mean, 4.30265 * math.sqrt(7 / 3), atol=1e-3) and np.allclose(mean - low, high - mean)

# Different steps: joined by straight lines, over what all seeds have; NaN rows are no points.
x, mean, _, _ = plot.band([run([0, 10, 20], [0, 10, 20]), run([5, 9, 15], [0, math.nan, 10])],
                          "env_steps", "y")
assert list(x) == [5, 10, 15] and np.allclose(mean, [2.5, 7.5, 12.5]), (x, mean)

# Of one seed there is no interval; of none, nothing.
_, mean, low, high = plot.band([run([1], [4])], "env_steps", "y")
assert mean == low == high == 4
assert plot.band([run([1], [math.nan])], "env_steps", "y") is None

# On a logarithmic axis: the geometric mean.
_, mean, _, _ = plot.band([run([1], [1e-2]), run([1], [1e-4])], "env_steps", "y", log=True)
assert np.allclose(mean, 1e-3)
print("all right")
