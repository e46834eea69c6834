#!/usr/bin/env python3
"""Runs deploy/compose.yaml on a real Docker engine and does to it what users and bad luck do.

    compose_check.py [--short] [--tag TAG]

Needs the images opendyna-light:TAG and opendyna-full:TAG (TAG: local; deploy/docker/local_images.sh
makes them of build/release). Scales actors and imagination workers up and down, kills every
container, cuts one off the network, and ends it all. After each: rows and updates grow again, the
pacing holds, no real row that was acknowledged is gone. --short: each kind of thing once.

Exit status: 0 if all held, 1 if something did not (named), 2 if there is no engine.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "deploy/compose.yaml"
PROJECT = "opendynacheck"
PATIENCE_S = 180
SHARDS = ["replay-0", "replay-1"]
SERVICES = [*SHARDS, "learner", "model-server", "imagination", "actor", "evaluator"]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def parse(text):
    """{series: value} of a /metrics page; the labels as they stand there."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#")
    return {name: float(value) for name, _, value in lines}


class Cluster:
    """The services of compose.yaml as a project of its own."""

    def __init__(self, configs, tag):
        self._environment = {**os.environ, "DYNA_TAG": tag, "DYNA_CONFIGS": str(configs),
                             "DYNA_CONFIG": "check.toml", "DYNA_PORT": "0"}
        self._scale = {"actor": 2, "imagination": 1}

    def compose(self, *arguments):
        return run("docker-compose", "-p", PROJECT, "-f", str(COMPOSE_FILE), *arguments,
                   env=self._environment)

    def up(self, **scale):
        self._scale.update(scale)
        arguments = [f"--scale={name}={count}" for name, count in self._scale.items()]
        self.compose("up", "-d", "--no-build", *arguments)

    def containers(self, service):
        ids = self.compose("ps", "-q", service).split()
        return json.loads(run("docker", "inspect", *ids)) if ids else []

    def metrics(self, service):
        """Of every container of the service that answers."""
        pages = []
        for container in self.containers(service):
            for network in container["NetworkSettings"]["Networks"].values():
                with contextlib.suppress(OSError):
                    url = f"http://{network['IPAddress']}:9100/metrics"
                    pages.append(parse(urllib.request.urlopen(url, timeout=2).read().decode()))
        return pages

    def total(self, service, series):
        return sum(page.get(series, 0.0) for page in self.metrics(service))

    def real_rows(self):
        return sum(self.total(shard, 'dyna_replay_items{table="real"}') for shard in SHARDS)

    def updates(self):
        return self.total("learner", "dyna_policy_version")

    def check_pacing(self):
        for page in self.metrics("learner"):
            for table in ("real", "synthetic"):
                rows = page[f'dyna_learner_replay_items{{table="{table}"}}']
                allowed = page[f'dyna_learner_allowed_items{{table="{table}"}}']
                expect(rows <= allowed, f"{rows:.0f} {table} rows, {allowed:.0f} allowed")


def expect(holds, what):
    if not holds:
        raise SystemExit(f"FAILED: {what}")


def until(what, holds):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        expect(time.monotonic() < end, f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.5)


def say(what):
    print(f"[{time.monotonic() - STARTED:5.0f} s] {what}", flush=True)


def healthy(cluster):
    states = [container["State"].get("Health", {}).get("Status")
              for service in SERVICES for container in cluster.containers(service)]
    return states and all(state == "healthy" for state in states)


def goes_on(cluster, since_rows):
    """Every acknowledged row is there, and collecting and learning go on from here."""
    until("all real rows are there again", lambda: cluster.real_rows() >= since_rows)
    rows, updates = cluster.real_rows(), cluster.updates()
    until("real rows grow", lambda: cluster.real_rows() > rows)
    # A learner that came back counts from its checkpoint.
    until("updates grow", lambda: cluster.updates() > updates)
    cluster.check_pacing()


def scale(cluster, steps):
    for service, count in steps:
        rows = cluster.real_rows()
        cluster.up(**{service: count})
        until(f"{count} {service}", lambda: len(cluster.metrics(service)) == count)
        if service == "imagination" and count == 0:
            cluster.check_pacing()
            expect(cluster.real_rows() >= rows, "real rows are gone")
        else:
            goes_on(cluster, rows)
        say(f"{count} {service}: goes on, {cluster.real_rows():.0f} real rows, "
            f"{cluster.updates():.0f} updates")


def kill(cluster, services):
    """SIGKILL from outside, as the kernel does when memory is short; the engine starts it again."""
    for service in services:
        container = cluster.containers(service)[0]
        rows = cluster.real_rows()
        os.kill(container["State"]["Pid"], signal.SIGKILL)
        until(f"{service} is started again",
              lambda: cluster.containers(service)[0]["RestartCount"] > container["RestartCount"])
        until("all healthy", lambda: healthy(cluster))
        goes_on(cluster, rows)
        say(f"{service} killed: back, goes on, {cluster.real_rows():.0f} real rows")


def docker_kill(cluster, service):
    """The engine takes `docker kill` for a wish and leaves it dead; `up` brings it back."""
    rows = cluster.real_rows()
    run("docker", "kill", cluster.containers(service)[0]["Id"])
    cluster.up()
    until("all healthy", lambda: healthy(cluster))
    goes_on(cluster, rows)
    say(f"{service} killed by docker kill, started by up: goes on")


def cut(cluster, services):
    for service in services:
        container = cluster.containers(service)[0]["Id"]
        network = f"{PROJECT}_default"
        rows = cluster.real_rows()
        run("docker", "network", "disconnect", network, container)
        time.sleep(5)
        run("docker", "network", "connect", "--alias", service, network, container)
        goes_on(cluster, rows)
        say(f"{service} off the network for 5 s: goes on")


def end(cluster):
    """SIGTERM: whoever works alone takes its leave with status 0."""
    cluster.compose("stop")
    for service in SERVICES:
        for container in cluster.containers(service):
            status = container["State"]["ExitCode"]
            expect(status == 0, f"{service} ended with {status} when it was asked to")
    say("stopped: every role with exit status 0")


def write_config(folder):
    text = (ROOT / "configs/pendulum_mbpo.toml").read_text()
    for key, value in (("steps", 10_000_000), ("random_steps", 200), ("updates_per_step", 1),
                       ("eval_episodes", 2)):
        text, found = re.subn(rf"(?m)^{key} = \d+", f"{key} = {value}", text)
        expect(found == 1, f"configs/pendulum_mbpo.toml has no {key}")
    (folder / "check.toml").write_text(text)
    folder.chmod(0o755)


def check(cluster, short):
    cluster.up()
    until("all healthy", lambda: healthy(cluster))
    say("all healthy")
    goes_on(cluster, 0)
    say("learns")
    if short:
        scale(cluster, [("actor", 4), ("imagination", 0), ("imagination", 2), ("actor", 1)])
        kill(cluster, ["replay-0", "learner"])
        cut(cluster, ["replay-1"])
    else:
        scale(cluster, [("actor", 1), ("actor", 8), ("actor", 2), ("imagination", 0),
                        ("imagination", 3)])
        kill(cluster, SERVICES)
        docker_kill(cluster, "replay-1")
        cut(cluster, ["replay-1", "learner", "actor", "model-server"])
    end(cluster)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--tag", default="local")
    arguments = parser.parse_args()
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode != 0:
        print("no Docker engine answers `docker info`", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        write_config(pathlib.Path(folder))
        cluster = Cluster(folder, arguments.tag)
        try:
            check(cluster, arguments.short)
        except SystemExit:
            print(cluster.compose("logs", "--tail", "20"), file=sys.stderr)
            raise
        finally:
            cluster.compose("down", "-v", "-t", "5")
    say("all held")
    return 0


STARTED = time.monotonic()
if __name__ == "__main__":
    sys.exit(main())
