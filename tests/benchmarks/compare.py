#!/usr/bin/env python3
"""Compares two files of `dyna bench --json`: compare.py BEFORE.json AFTER.json

One line per figure: both medians, their ratio, and whether the rounds of the two runs overlap. Only
figures whose rounds do not overlap are called faster or slower. Exit status 0, or 2 if a file
cannot be read.
"""

import json
import sys


def read(path):
    """The figures of a file: key -> (median, least, greatest)."""
    try:
        with open(path, encoding="utf-8") as file:
            details = json.load(file)["details"]
        return {key: tuple(value["ours"][name] for name in ("median", "least", "greatest"))
                for key, value in details.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"compare.py: {path}: not a file of dyna bench: {error!r}", file=sys.stderr)
        sys.exit(2)


def verdict(before, after):
    if after[1] > before[2]:
        return "faster"
    if after[2] < before[1]:
        return "slower"
    return "rounds overlap"


def main():
    if len(sys.argv) != 3:
        print(__doc__.splitlines()[0], file=sys.stderr)
        sys.exit(2)
    before, after = read(sys.argv[1]), read(sys.argv[2])
    print(f"{'figure':30} {'before':>12} {'after':>12} {'ratio':>7}")
    for key in list(before) + [key for key in after if key not in before]:
        if key not in before or key not in after:
            print(f"{key:30} only {'before' if key in before else 'after'}")
            continue
        ratio = after[key][0] / before[key][0] if before[key][0] > 0 else float("nan")
        print(f"{key:30} {before[key][0]:12.6g} {after[key][0]:12.6g} {ratio:6.2f}x  "
              f"{verdict(before[key], after[key])}")


if __name__ == "__main__":
    main()
