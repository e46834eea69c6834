"""Writes the files beside it, as NumPy and h5py do; tests/cli/data knows the numbers.

    pip install numpy h5py && python3 make.py
"""

import os

import h5py
import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROWS = 10


def path(name):
    return os.path.join(FOLDER, name)


def rows():
    """Two episodes of five steps: the first runs into a time limit, the second ends."""
    i = np.arange(ROWS)[:, None]
    columns = np.arange(3)[None, :]
    step = (0.5 * (i % 5 - 2)).astype(np.float64)
    return {
        "observations": 0.25 * i - 0.5 * columns,
        "next_observations": 0.25 * (i + 1) - 0.5 * columns,
        "actions": step,
        "rewards": -0.125 * i[:, 0],
        "terminals": np.arange(ROWS) == 9,
        "timeouts": np.arange(ROWS) == 4,
    }


def main():
    data = rows()
    np.savez_compressed(path("float64.npz"), **data)

    flat = {
        "observations": np.asfortranarray(data["observations"].astype(np.float32)),
        "next_observations": np.asfortranarray(data["next_observations"].astype(np.float32)),
        "actions": data["actions"][:, 0].astype(np.float32),
        "rewards": data["rewards"].astype(np.float32)[:, None],
        "terminations": data["terminals"].astype(np.uint8),
        "truncations": data["timeouts"].astype(np.float32),
        "infos": np.array(["not read"] * ROWS),
    }
    np.savez(path("fortran_float32.npz"), **flat)

    discrete = dict(data, actions=(np.arange(ROWS) % 2).astype(np.int64))
    np.savez_compressed(path("discrete.npz"), **discrete)
    np.savez_compressed(path("objects.npz"), **dict(data, actions=np.array([{}] * ROWS)))

    with h5py.File(path("d4rl.hdf5"), "w", libver="earliest") as file:
        for key, array in data.items():
            file.create_dataset(key, data=array, compression="gzip")
        file.create_group("metadata").attrs["algorithm"] = "none"

    with h5py.File(path("minari.hdf5"), "w", libver="earliest") as file:
        for episode, begin in enumerate((0, 5)):
            group = file.create_group(f"episode_{episode}")
            here = slice(begin, begin + 5)
            last = data["next_observations"][begin + 4 : begin + 5]
            group["observations"] = np.concatenate([data["observations"][here], last])
            group["actions"] = data["actions"][here].astype(np.float32)
            group["rewards"] = data["rewards"][here]
            group["terminations"] = data["terminals"][here]
            group["truncations"] = data["timeouts"][here]
            group.attrs["total_steps"] = 5

    with h5py.File(path("minari_dict.hdf5"), "w", libver="earliest") as file:
        group = file.create_group("episode_0")
        group.create_group("observations")["goal"] = np.zeros((2, 3))
        group["actions"] = np.zeros((1, 1), np.float32)
        group["rewards"] = np.zeros(1)
        group["terminations"] = np.zeros(1, bool)
        group["truncations"] = np.ones(1, bool)


if __name__ == "__main__":
    main()
