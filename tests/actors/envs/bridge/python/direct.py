"""Plays an environment by calling Gymnasium directly, for comparison with the bridge.

direct.py NAME JSON_ARGUMENTS SEED ACTIONS_FILE: a row per line, as hexadecimal floats: the observation
after reset(seed=SEED), then after each action (a line of the file) observation, reward, terminated,
truncated.
"""

import json
import sys

import gymnasium
import numpy as np

name, arguments, seed, actions = sys.argv[1:]
environment = gymnasium.make(name, **json.loads(arguments))


def write(observation, *rest):
    row = [float(value) for value in np.atleast_1d(np.asarray(observation)).ravel()]
    print(" ".join(value.hex() for value in row + [float(value) for value in rest]))


write(environment.reset(seed=int(seed))[0])
with open(actions) as lines:
    for line in lines:
        if isinstance(environment.action_space, gymnasium.spaces.Discrete):
            action = int(float.fromhex(line))
        else:
            action = np.array([float.fromhex(word) for word in line.split()], np.float32)
        write(*environment.step(action)[:4])
