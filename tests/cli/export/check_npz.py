"""Runs the example of docs/tools.md on an exported policy and compares its actions.

    check_npz.py DOCS.md POLICY.npz CASES.npz

CASES.npz has `obs` and the `action` that is expected. Prints the greatest difference; exit status 1
if it is above 1e-6.
"""

import os
import re
import sys

import numpy as np


def main():
    docs, policy, cases = sys.argv[1:]
    with open(docs) as file:
        example = re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1)
    cases = np.load(cases)
    obs = cases["obs"]
    os.chdir(os.path.dirname(os.path.abspath(policy)))  # the example opens "policy.npz"
    names = {}
    exec(compile(example, docs, "exec"), names)
    if str(names["policy"]["kind"]) == "q_table":
        obs = obs[:, 0].astype(np.int64)
    action = names["act"](obs)
    expected = cases["action"].reshape(action.shape)
    difference = float(np.abs(action - expected).max())
    print(f"greatest difference {difference:.3g} over {len(obs)} observations")
    return 0 if difference <= 1e-6 else 1


if __name__ == "__main__":
    sys.exit(main())
