"""Environments that go wrong, or have uncommon spaces: what a user's own may do."""

import os
import time

import gymnasium
import numpy as np
from gymnasium import spaces


class Counter(gymnasium.Env):
    """Observes [steps, start], start drawn from the seed; rewards the action."""

    observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = spaces.Box(-2.0, 2.0, (1,), np.float32)

    def __init__(self, at=3, render_mode=None):
        self.at = at  # the step that goes wrong
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.start = self.np_random.uniform()
        return self.observe(), {}

    def observe(self):
        return np.array([self.steps, self.start])

    def go_wrong(self):
        pass

    def step(self, action):
        self.steps += 1
        if self.steps == self.at:
            wrong = self.go_wrong()
            if wrong is not None:
                return wrong
        return self.observe(), float(action[0]), False, False, {"is_success": self.steps > 1}


class Raises(Counter):
    def go_wrong(self):
        raise RuntimeError("the gripper is stuck")


class RaisesOnce(Counter):
    """Once per file `marker`."""

    def __init__(self, marker):
        super().__init__()
        self.marker = marker

    def go_wrong(self):
        if not os.path.exists(self.marker):
            open(self.marker, "w").close()
            os._exit(7)


class Forgetful(RaisesOnce):
    """Draws random numbers behind the seed's back."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.start = time.time()
        return self.observe(), {}


class WrongShape(Counter):
    def go_wrong(self):
        return np.zeros(3), 0.0, False, False, {}


class OldInterface(Counter):
    def go_wrong(self):
        return self.observe(), 0.0, False, {}


class NotANumber(Counter):
    def go_wrong(self):
        return np.array([1.0, np.nan]), 0.0, False, False, {}


class RewardIsNone(Counter):
    def go_wrong(self):
        return self.observe(), None, False, False, {}


class Hangs(Counter):
    def go_wrong(self):
        while True:
            time.sleep(0.01)


class Exits(Counter):
    def go_wrong(self):
        print("the licence has run out", flush=True)
        os._exit(7)


class CallsExit(Counter):
    def go_wrong(self):
        raise SystemExit(4)


class Crashes(Counter):
    def go_wrong(self):
        import ctypes

        ctypes.string_at(0)


class RendersNothing(Counter):
    def render(self):
        return None


class Renders(Counter):
    def render(self):
        frame = np.zeros((4, 6, 3), np.uint8)
        frame[1, 2] = (10, 20, 30)
        return frame


class Grid(Counter):
    """MultiDiscrete both ways: observes the action."""

    observation_space = spaces.MultiDiscrete([2, 3])
    action_space = spaces.MultiDiscrete([2, 3])

    def observe(self):
        return np.array([0, 0])

    def step(self, action):
        assert self.action_space.contains(action), action
        return action, float(10 * action[0] + action[1]), False, False, {}


class Shifted(Counter):
    """Discrete spaces that do not begin at 0."""

    observation_space = spaces.Discrete(4, start=-1)
    action_space = spaces.Discrete(3, start=5)

    def observe(self):
        return -1

    def step(self, action):
        assert self.action_space.contains(action), action
        return 2, float(action), True, True, {}


class Talks(Counter):
    """Actions are text."""

    action_space = spaces.Text(5)


class TooManyActions(Counter):
    action_space = spaces.MultiDiscrete([2000, 2000])


class BigImage(Counter):
    observation_space = spaces.Box(0, 255, (96, 96, 3), np.uint8)


def not_an_environment():
    return 5
