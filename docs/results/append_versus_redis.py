#!/usr/bin/env python3
"""Acknowledged appends of 1 kB: a dyna-replay beside a Redis stream (needs Debian's redis-server).

    docs/results/append_versus_redis.py [--bin DIR] [--rounds N] [--seconds S] [--depths 1,16,...]

Durable: rows acknowledged after fdatasync against XADD with `appendfsync always`. Memory: rows
acknowledged from memory against XADD without the append-only file. The same number of rows in
flight, one client each, rounds in turn; medians and the least and greatest round. Ours twice: one
row per message, as an actor with one environment sends them, and sixteen (an actor with as many
environments; Redis' client always sends all that may be in flight with one write).
"""

import argparse
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW_BYTES = 1024


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def await_port(port, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise SystemExit(f"nothing listens on port {port}")


class Redis:
    def __init__(self, folder, durable):
        self.port = free_port()
        folder.mkdir()
        aof = ["--appendonly", "yes", "--appendfsync", "always"] if durable else \
            ["--appendonly", "no"]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--dir", str(folder), "--save", "",
             "--bind", "127.0.0.1", *aof], stdout=subprocess.DEVNULL)
        await_port(self.port)

    def rows_per_second(self, depth, seconds):
        rows = 2000
        while True:  # redis-benchmark takes a count, not a time
            begin = time.monotonic()
            out = subprocess.run(
                ["redis-benchmark", "-p", str(self.port), "-c", "1", "-P", str(depth), "-n",
                 str(rows), "-q", "XADD", "rows", "MAXLEN", "~", "100000", "*", "row",
                 "x" * ROW_BYTES], capture_output=True, text=True, check=True).stdout
            took = time.monotonic() - begin
            if took >= seconds / 2:
                return float(re.findall(r"([\d.]+) requests per second", out)[-1])
            rows = int(rows * min(50, seconds / max(took, 0.01)))


class Replay:
    def __init__(self, folder, durable, programs):
        self.programs = programs
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        folder.mkdir()
        config = folder / "config.toml"
        config.write_text('[env]\nname = "benchmark"\n[cluster]\nrun = "benchmark"\n'
                          f'[replay]\nbind = "{self.endpoint}"\nreal_capacity = 100000\n'
                          + (f'folder = "{folder}/rows"\n' if durable else "")
                          + '[log]\nlevel = "error"\n')
        self.process = subprocess.Popen([programs / "dyna-replay", "--config", config])
        await_port(int(self.endpoint.rsplit(":", 1)[1]))

    def rows_per_second(self, depth, seconds, batch=1):
        return float(subprocess.run(
            [self.programs / "append_benchmark", self.endpoint, "--depth", str(depth),
             "--seconds", str(seconds), "--batch", str(batch)],
            capture_output=True, text=True, check=True).stdout)


def spread(rates):
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--depths", default="1,16,64,256,1024")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="append_", dir=ROOT / "build"))
    print("| acknowledged | rows in flight | Redis rows/s | ours rows/s | ratio "
          "| ours, 16 rows a message | ratio |\n|---|---|---|---|---|---|---|")
    try:
        for level in ("durable", "memory"):
            redis = Redis(work / f"redis_{level}", level == "durable")
            replay = Replay(work / f"replay_{level}", level == "durable", arguments.bin)
            for depth in map(int, arguments.depths.split(",")):
                rounds = []
                for _ in range(arguments.rounds):
                    rounds.append([redis.rows_per_second(depth, arguments.seconds)]
                                  + [replay.rows_per_second(depth, arguments.seconds, batch)
                                     for batch in (1, 16) if batch <= depth])
                cells = [spread([r[0] for r in rounds])]
                for ours in range(1, len(rounds[0])):
                    cells += [spread([r[ours] for r in rounds]),
                              f"{statistics.median(r[ours] / r[0] for r in rounds):.2f}"]
                cells += [""] * (5 - len(cells))
                print(f"| {level} | {depth} | {' | '.join(cells)} |", flush=True)
            servers = (redis, replay)
            for server in servers:
                server.process.terminate()
                server.process.wait()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
