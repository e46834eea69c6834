"""Gymnasium's spaces as what OpenDyna knows: a box of reals in one row, or one of n indices."""

import struct

import numpy as np
from gymnasium import spaces

from . import protocol


class SpaceError(Exception):
    """A space that OpenDyna cannot have."""


class ContractError(Exception):
    """An environment that does not do what its spaces or Gymnasium's interface promise."""


def _describe_box(low, high):
    low = np.asarray(low, np.float64).ravel()
    high = np.asarray(high, np.float64).ravel()
    return struct.pack("<BI", 0, low.size) + low.tobytes() + high.tobytes()


def _describe_indices(n):
    return struct.pack("<Bq", 1, n)


class Observations:
    """Turns observations into rows of float64. `columns` is O."""

    def __init__(self, space):
        self.space = space
        self.row = self._box
        if isinstance(space, spaces.Box):
            self.shape = space.shape
            self.columns = int(np.prod(space.shape, dtype=np.int64))
            box = space
        elif isinstance(space, spaces.Discrete):
            self.columns = 1
            self.row = self._index
            self.description = _describe_indices(int(space.n))
            return
        else:
            try:
                if not space.is_np_flattenable:
                    raise NotImplementedError
                box = spaces.flatten_space(space)
            except NotImplementedError:
                raise SpaceError(f"observations of {space} cannot be flattened to one row") from None
            self.columns = int(box.shape[0])
            self.row = self._flattened
        if not 1 <= self.columns <= protocol.COLUMNS_MAX:
            raise SpaceError(f"observations of {self.columns} values: 1 to {protocol.COLUMNS_MAX} "
                             "are possible; shrink them with a wrapper, an image for example")
        self.description = _describe_box(box.low, box.high)

    def _box(self, observation):
        array = np.asarray(observation)
        if array.shape != self.shape:
            raise ContractError(f"an observation of shape {array.shape}, but its space "
                                f"{self.space} has shape {self.shape}")
        return array.astype(np.float64).ravel()

    def _index(self, observation):
        index = int(observation) - int(self.space.start)
        if not 0 <= index < self.space.n or index + int(self.space.start) != observation:
            raise ContractError(f"the observation {observation!r} is not in {self.space}")
        return np.array([index], np.float64)

    def _flattened(self, observation):
        if not self.space.contains(observation):
            raise ContractError(f"the observation {observation!r} is not in {self.space}")
        return np.asarray(spaces.flatten(self.space, observation), np.float64)


class Actions:
    """Turns rows of float64 into actions. `columns` is A."""

    def __init__(self, space):
        self.space = space
        if isinstance(space, spaces.Box):
            if not np.issubdtype(space.dtype, np.floating):
                raise SpaceError(f"actions of {space}: a box of {space.dtype} is refused, "
                                 "use MultiDiscrete or a box of float32")
            self.columns = int(np.prod(space.shape, dtype=np.int64))
            if not 1 <= self.columns <= protocol.COLUMNS_MAX:
                raise SpaceError(f"actions of {self.columns} values: 1 to {protocol.COLUMNS_MAX} "
                                 "are possible")
            self.shape, self.dtype = space.shape, space.dtype
            self.action = self._box
            self.description = _describe_box(space.low, space.high)
            return
        self.columns = 1
        if isinstance(space, spaces.Discrete):
            self.count = int(space.n)
            self.start = int(space.start)
            self.action = self._index
        elif isinstance(space, (spaces.MultiDiscrete, spaces.MultiBinary)):
            # One index over all combinations, the last one counting fastest (C order).
            if isinstance(space, spaces.MultiBinary):
                counts, self.offset = np.full(space.shape, 2), 0
            else:
                counts, self.offset = space.nvec, getattr(space, "start", 0)
            self.counts = [int(n) for n in np.ravel(counts)]
            self.shape, self.dtype = counts.shape, space.dtype
            self.count = 1
            for n in self.counts:
                self.count *= n
            self.action = self._indices
        else:
            raise SpaceError(f"actions of {space}: only Box, Discrete, MultiDiscrete and "
                             "MultiBinary are possible")
        if self.count > protocol.INDICES_MAX:
            raise SpaceError(f"actions of {space} have {self.count} combinations: at most "
                             f"{protocol.INDICES_MAX} are possible")
        self.description = _describe_indices(self.count)

    def _box(self, row):
        return row.astype(self.dtype).reshape(self.shape)

    def _index(self, row):
        return np.int64(int(row[0]) + self.start)

    def _indices(self, row):
        digits = np.unravel_index(int(row[0]), self.counts)
        return (np.array(digits).reshape(self.shape) + self.offset).astype(self.dtype)
