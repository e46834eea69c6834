#!/usr/bin/env python3
"""Makes the alerts of deploy/prometheus fire on a real cluster, each by its fault, and clear again.

    check_alerts.py DYNA [ALERT...]

Every duration of the rules is divided by 20, and Prometheus looks every second. A library loaded
into the processes makes a shard's disk slow or full, lets it leak and breaks the actors' sensors.
One alert is fired by a false witness: PacingBroken needs a defect that we do not have, so a learner
that is none reports it. Needs gcc; takes about 25 minutes; not part of the gate, whose unit tests of
the rules (alerts.test.yml) take a second.

Exit status: 0 if every alert fired and cleared, 1 if one did not (named), 2 if it cannot be tried.
"""

import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.error
import urllib.request

from check_queries import CONFIGS, DEPLOY, free_port

CONFIG = CONFIGS / "pendulum_mbpo.toml"
# Settings of actors in real time, which drop rather than wait.
DRIVEN = ("env.step_period_ms=10", "actor.buffer_mib=1", "actor.when_full=drop")
SPEED = 20
PATIENCE_S = 240

FAULTS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int wished(const char* fault) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("FAULTS_FOLDER"), fault);
  return access(path, F_OK) == 0;
}
static int of_log(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path);
  return size > 4 && memcmp(path + size - 4, ".seg", 4) == 0;
}
int fdatasync(int fd) {
  if (of_log(fd) && wished("slow")) usleep(700000);
  if (of_log(fd) && wished("leak")) memset(malloc(1 << 20), 1, 1 << 20);
  return syscall(SYS_fdatasync, fd);
}
ssize_t write(int fd, const void* bytes, size_t count) {
  if (of_log(fd) && wished("full")) {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_write, fd, bytes, count);
}
static double sensed(const char* function, double angle) {
  if (wished("noise")) return 2.0 * rand() / RAND_MAX - 1.0;
  return ((double (*)(double))dlsym(RTLD_NEXT, function))(angle);
}
double sin(double angle) { return sensed("sin", angle); }
double cos(double angle) { return sensed("cos", angle); }
void sincos(double angle, double* s, double* c) {
  *s = sensed("sin", angle);
  *c = sensed("cos", angle);
}
"""


def faster(text):
    """Rules with every duration a twentieth, and the seconds that expressions compare with."""
    def shorter(match):
        seconds = int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]] / SPEED
        return f"{max(1 if match[0] == '30s' else 4, round(seconds))}s"

    text = re.sub(r"\b(\d+)([smh])\b", shorter, text)
    for seconds in (300, 7200):
        text = text.replace(f"> {seconds}", f"> {seconds // SPEED}")
    return text


class Forwarder:
    """Passes on what comes over TCP, both ways, until it is told to hold."""

    def __init__(self, port):
        self.target, self.flowing = port, threading.Event()
        self.flowing.set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.door.accept()
            far = socket.create_connection(("127.0.0.1", self.target))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=ends, daemon=True).start()

    def copy(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.flowing.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class FalseLearner(http.server.BaseHTTPRequestHandler):
    """Reports more rows than it has granted."""

    def do_GET(self):  # noqa: N802: the library's name
        body = (b'dyna_learner_replay_items{table="real"} 1e12\n'
                b'dyna_learner_allowed_items{table="real"} 1\n')
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Machine:
    """A cluster and its Prometheus, in a folder of their own."""

    def __init__(self, dyna, folder, stack):
        self.dyna, self.folder, self.run = dyna, folder, folder / "run"
        (folder / "faults.c").write_text(FAULTS)
        subprocess.run(["gcc", "-shared", "-fPIC", "-fno-builtin", "-o", folder / "faults.so",
                        folder / "faults.c"], check=True)
        for name in ("keys", "other_keys"):
            subprocess.run([dyna, "keygen", folder / name], check=True, capture_output=True)
        self.allowlist = folder / "keys/allowlist"
        self.log = open(folder / "cluster.log", "w+")
        self.cluster = self.start(stack, self.log, {
            "LD_PRELOAD": str(folder / "faults.so"), "FAULTS_FOLDER": str(folder)},
            dyna, "launch", "--config", CONFIG, "--actors", "2",
            "--imagination", "1", "--shards", "1", "--keys", folder / "keys", "--out", self.run,
            "--set", "run.steps=1000000", "--set", "actor.random_steps=200",
            "--set", "learner.updates_per_step=1", "--set", "model.train_every=100",
            "--set", "model.steps_max=50", *(word for key in DRIVEN for word in ("--set", key)),
            "--set", "run.eval_every=500", "--set", "run.eval_episodes=2")
        self.await_file(self.run / "cluster.toml")
        self.rules = folder / "prometheus"
        shutil.copytree(DEPLOY / "prometheus", self.rules)
        for name in ("rules.yml", "alerts.rules.yml"):
            (self.rules / name).write_text(faster((self.rules / name).read_text()))
        (self.rules / "targets").mkdir(exist_ok=True)
        targets = subprocess.run([sys.executable, DEPLOY / "prometheus/local_targets.py", self.run],
                                 check=True, capture_output=True).stdout
        (self.rules / "targets/run.json").write_bytes(targets)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        text = (self.rules / "prometheus.yml").read_text().replace(":9090", f":{port}")
        text = text.replace("[rules.yml, alerts.rules.yml]", "['*rules.yml']")
        text = re.sub(r"(scrape|evaluation)_interval: \d+s", r"\1_interval: 1s", text)
        (self.rules / "prometheus.yml").write_text(text)
        self.prometheus = self.start(stack, open(folder / "prometheus.log", "w"), {}, "prometheus",
                                     f"--config.file={self.rules / 'prometheus.yml'}",
                                     f"--storage.tsdb.path={folder / 'data'}",
                                     f"--web.listen-address=127.0.0.1:{port}")

    def start(self, stack, log, environment, *command):
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, cwd=self.folder,
                                   env={**os.environ, **environment})

        def stop():
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()

        stack.callback(stop)
        return process

    def watch(self, service, port):
        """Prometheus scrapes one more process."""
        (self.rules / "targets/other.json").write_text(
            json.dumps([{"targets": [f"127.0.0.1:{port}"], "labels": {"service": service}}]))

    def forget(self):
        (self.rules / "targets/other.json").unlink()

    def await_file(self, path):
        while not path.exists():
            if self.cluster.poll() is not None:
                self.log.seek(0)
                raise SystemExit(f"the cluster ended:\n{self.log.read()}")
            time.sleep(0.1)

    def pids(self, instance):
        """Of the processes of the cluster with that cluster.instance."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) != self.cluster.pid:
                    continue
                if f"cluster.instance={instance}".encode() in words:
                    found.append(int(entry.name))
        return found

    def signal(self, number, *instances):
        for instance in instances:
            for pid in self.pids(instance):
                os.kill(pid, number)

    def firing(self):
        with urllib.request.urlopen(f"{self.url}/api/v1/alerts", timeout=10) as reply:
            alerts = json.load(reply)["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def wait(self, alert, fires, again=lambda: None):
        """Seconds until the alert fires or has cleared; None if it does not."""
        begin = time.monotonic()
        while time.monotonic() - begin < PATIENCE_S:
            again()
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                if (alert in self.firing()) == fires:
                    return time.monotonic() - begin
            time.sleep(0.5)
        return None


def nothing():
    pass


def faults(m):
    """({alert: (fault, what is done again and again until it fires, cure)}, what ends the rest)"""
    def disk(fault):
        return (m.folder / fault).touch, nothing, (m.folder / fault).unlink

    def stopped(*instances):
        return (lambda: m.signal(signal.SIGSTOP, *instances), nothing,
                lambda: m.signal(signal.SIGCONT, *instances))

    def halting(instance, seconds):
        def once():
            m.signal(signal.SIGSTOP, instance)
            time.sleep(seconds)
            m.signal(signal.SIGCONT, instance)

        return nothing, once, nothing

    good = m.allowlist.read_text()

    def wrong_allowlist():
        m.allowlist.write_text(good + "nobody has-this-key\n")
        m.signal(signal.SIGHUP, "replay-0")

    def right_allowlist():
        m.allowlist.write_text(good)
        m.signal(signal.SIGHUP, "replay-0")

    others = []

    def process(program, instance, *settings):
        command = [m.dyna.with_name(program), "--config", CONFIG]
        cluster = tomllib.loads((m.run / "cluster.toml").read_text())["cluster"]
        addresses = [f"cluster.{key}={json.dumps(value)}" for key, value in cluster.items()]
        for setting in (f"cluster.instance={instance}", *addresses, *settings):
            command += ["--set", setting]
        others.append(subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL))

    def actor(instance, keys):
        return lambda: process("dyna-actor", instance, f"keys.folder={m.folder / keys}")

    def twins():
        actor("actor-7", "keys")()
        time.sleep(4)
        actor("actor-7", "keys")()

    def no_others():
        while others:
            others[-1].kill()
            others.pop().wait()

    def forgetful_shard():
        port = free_port()
        process("dyna-replay", "replay-9", "replay.bind=tcp://127.0.0.1:0",
                f"metrics.port={port}", f"keys.folder={m.folder / 'keys'}")
        m.watch("replay", port)

    def no_forgetful_shard():
        no_others()
        m.forget()

    witness = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FalseLearner)

    def false_learner():
        threading.Thread(target=witness.serve_forever, daemon=True).start()
        m.watch("learner", witness.server_port)

    def no_false_learner():
        m.forget()
        witness.shutdown()

    lines = []  # between an actor and the learner

    def deaf_actor():
        cluster = tomllib.loads((m.run / "cluster.toml").read_text())["cluster"]
        lines.append(Forwarder(int(cluster["learner"].rpartition(":")[2])))
        port = free_port()
        process("dyna-actor", "actor-8", f"keys.folder={m.folder / 'keys'}",
                f"cluster.learner=tcp://127.0.0.1:{lines[0].port}", f"metrics.port={port}",
                *DRIVEN)
        m.watch("actor", port)
        time.sleep(10)  # it has a policy by now
        lines[0].flowing.clear()

    def broken_rule():
        (m.rules / "broken.rules.yml").write_text(
            "groups:\n  - name: broken\n    rules:\n      - {record: a, expr: up * on () up}\n")
        m.prometheus.send_signal(signal.SIGHUP)

    def no_broken_rule():
        (m.rules / "broken.rules.yml").unlink()
        m.prometheus.send_signal(signal.SIGHUP)

    table = {
        "RoleDown": stopped("actor-1"),
        "RestartLoop": (nothing, lambda: (m.signal(signal.SIGKILL, "actor-1"), time.sleep(3)),
                        nothing),
        "ReplayDiskRefuses": disk("full"),
        "RealRowsNotDurable": (forgetful_shard, nothing, no_forgetful_shard),
        "ReplayLogSlow": disk("slow"),
        "RowsRefused": (twins, nothing, no_others),
        "StrangersKnock": (actor("actor-9", "other_keys"), nothing, no_others),
        "AllowlistRefused": (wrong_allowlist, nothing, right_allowlist),
        "RowsDropped": stopped("replay-0"),
        "NoUpdates": stopped("replay-0"),
        "LearnerStarved": halting("replay-0", 2.0),
        "RoleBlocked": stopped("replay-0"),
        "NoRealSteps": stopped("actor-0", "actor-1"),
        "DeadlinesMissed": halting("actor-0", 0.3),
        "ModelStale": stopped("imagination-0"),
        "RulesFail": (broken_rule, nothing, no_broken_rule),
        "PacingBroken": (false_learner, nothing, no_false_learner),
        "MemoryGrows": disk("leak"),
        # The last two leave something behind: rows that teach nothing, and one actor more.
        "ModelLossDiverges": disk("noise"),
        "PolicyStale": (deaf_actor, nothing, lambda: lines[0].flowing.set()),
    }
    return table, no_others


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    dyna = pathlib.Path(sys.argv[1]).resolve()
    for program in (str(dyna), "prometheus", "gcc"):
        if shutil.which(program) is None:
            print(f"'{program}' is not there", file=sys.stderr)
            return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # what was started is stopped
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        machine = Machine(dyna, pathlib.Path(temporary), stack)
        table, end_others = faults(machine)
        stack.callback(end_others)
        for name in sys.argv[2:]:
            if name not in table:
                print(f"no fault for '{name}'; there are {', '.join(table)}", file=sys.stderr)
                return 2
        time.sleep(20)  # until everybody works
        for alert in sys.argv[2:] or table:
            fault, again, cure = table[alert]
            before = machine.wait(alert, fires=False)
            fault()
            fired = machine.wait(alert, True, again) if before is not None else None
            cure()
            cleared = machine.wait(alert, False) if fired is not None else None
            said = (f"fired after {fired:.0f} s" if fired is not None else "did not fire") + (
                f", cleared after {cleared:.0f} s" if cleared is not None else ", did not clear")
            print(f"{alert:20} {said}", flush=True)
            wrong += cleared is None
        if machine.cluster.poll() is not None:
            print("the cluster ended on the way")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
