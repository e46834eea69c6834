"""bridge_benchmark.py NAME STEPS: microseconds of a step of Gymnasium called directly, median of 7."""

import statistics
import sys
import time

import gymnasium

name, steps = sys.argv[1], int(sys.argv[2])
environment = gymnasium.make(name)
environment.action_space.seed(0)
actions = [environment.action_space.sample() for _ in range(steps)]
medians = []
for _ in range(7):
    environment.reset(seed=0)
    spent = 0.0
    for action in actions:
        begin = time.perf_counter()
        ended = environment.step(action)
        spent += time.perf_counter() - begin
        if ended[2] or ended[3]:
            environment.reset(seed=0)
    medians.append(1e6 * spent / steps)
print(statistics.median(medians))
