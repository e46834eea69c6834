#!/usr/bin/env python3
"""Asks a real Prometheus of a real cluster every query of the dashboards and every recording rule.

    check_queries.py URL                 of a Prometheus that is there; waits up to 3 minutes
    check_queries.py --launch DYNA       starts a small cluster and a Prometheus of its own first

Exit status: 0 if every query returned data, 1 if one did not (named), 2 if it cannot be tried.
"""

import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
CONFIGS = DEPLOY.parent / "configs"
PATIENCE_S = 180


def queries():
    """Of every panel and every recorded rule: {query: where it stands}."""
    found = {}
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                found[target["expr"]] = f"{path.name}: {panel['title']}"
    rules = (DEPLOY / "prometheus/rules.yml").read_text()
    for name in re.findall(r"record: (\S+)", rules):
        found[name] = "rules.yml"
    return found


def ask(url, query):
    """Number of series, and of those that are numbers. Raises on a query that is wrong."""
    text = urllib.parse.urlencode({"query": query})
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?{text}", timeout=10) as reply:
            answer = json.load(reply)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"'{query}' is refused: {error.read().decode()}") from error
    return len(answer["data"]["result"])


def check(url, alive=lambda: None):
    waiting = queries()
    total = len(waiting)
    end = time.monotonic() + PATIENCE_S
    while waiting and time.monotonic() < end:
        alive()
        for query in list(waiting):
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                if ask(url, query) > 0:
                    del waiting[query]
        time.sleep(2)
    for query, where in waiting.items():
        print(f"no data: {where}: {query}")
    print(f"{total - len(waiting)} of {total} queries return data")
    return 1 if waiting else 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launched(dyna):
    for program in (dyna, "prometheus"):
        if shutil.which(program) is None:
            print(f"'{program}' is not there", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        folder = pathlib.Path(temporary)
        run = folder / "run"

        def start(name, *command):
            log = open(folder / f"{name}.log", "w+")
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, cwd=folder)

            def stop():
                process.terminate()
                process.wait(timeout=60)

            stack.callback(stop)

            def alive():
                if process.poll() is not None:
                    log.seek(0)
                    raise SystemExit(f"{name} ended with {process.returncode}:\n{log.read()}")

            return alive

        cluster = start("cluster", dyna, "launch", "--config", str(CONFIGS / "pendulum_mbpo.toml"),
                        "--actors", "2", "--imagination", "1", "--shards", "2",
                        "--out", str(run), "--set", "run.steps=100000", "--set",
                        "actor.random_steps=200", "--set", "learner.updates_per_step=1",
                        "--set", "run.eval_episodes=2")
        while not (run / "cluster.toml").exists():
            cluster()
            time.sleep(0.1)
        shutil.copytree(DEPLOY / "prometheus", folder / "prometheus")
        (folder / "prometheus/targets").mkdir(exist_ok=True)
        targets = subprocess.run([sys.executable, DEPLOY / "prometheus/local_targets.py", run],
                                 check=True, capture_output=True).stdout
        (folder / "prometheus/targets/run.json").write_bytes(targets)
        port = free_port()
        configuration = folder / "prometheus/prometheus.yml"
        configuration.write_text(configuration.read_text().replace(":9090", f":{port}"))
        prometheus = start("prometheus", "prometheus", f"--config.file={configuration}",
                           f"--storage.tsdb.path={folder / 'data'}",
                           f"--web.listen-address=127.0.0.1:{port}")

        def alive():
            cluster()
            prometheus()

        return check(f"http://127.0.0.1:{port}", alive)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--launch":
        return launched(sys.argv[2])
    if len(sys.argv) == 2 and sys.argv[1].startswith("http"):
        return check(sys.argv[1].rstrip("/"))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
