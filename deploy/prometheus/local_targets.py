#!/usr/bin/env python3
"""Prints the processes of a run of `dyna launch` as targets for Prometheus (file_sd_configs).

    deploy/prometheus/local_targets.py RUN > deploy/prometheus/targets/NAME.json
"""

import json
import pathlib
import sys
import tomllib


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    cluster = pathlib.Path(sys.argv[1]) / "cluster.toml"
    try:
        ports = tomllib.loads(cluster.read_text())["metrics_port"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        print(f"'{cluster}' names no processes of a running cluster: {error}", file=sys.stderr)
        return 2
    print(json.dumps([{"targets": [f"127.0.0.1:{port}"],
                       "labels": {"service": name.rpartition("-")[0]}}
                      for name, port in ports.items()], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
