#!/usr/bin/env python3
"""How long a durable dyna-replay needs to come back with a million rows of Hopper's size.

    docs/results/recovery.py [--bin DIR] [--rows N] [--rounds N] [--snapshot-mib N] [--cold]

Fills a shard (one row per message, as actors send them), kills it with SIGKILL and starts it again:
seconds from the start of the program until it listens, and what it found. --cold empties the
kernel's cache of files before each start, which needs root.
"""

import argparse
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

from append_versus_redis import ROOT, await_port, free_port

HOPPER = ["--obs", "11", "--action", "3"]


def start(programs, config, port):
    begin = time.monotonic()
    process = subprocess.Popen([programs / "dyna-replay", "--config", config],
                               stderr=subprocess.PIPE, text=True)
    await_port(port, seconds=120)
    return process, time.monotonic() - begin


def kill(process):
    process.send_signal(signal.SIGKILL)
    return process.communicate()[1]


def drop_caches():
    subprocess.run(["sync"], check=True)
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--snapshot-mib", type=int, default=100,
                        help="so that there is a snapshot of most rows and a log of the rest")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="recovery_", dir=ROOT / "build"))
    try:
        port = free_port()
        config = work / "config.toml"
        config.write_text('[env]\nname = "benchmark"\n[cluster]\nrun = "benchmark"\n'
                          f'[replay]\nbind = "tcp://127.0.0.1:{port}"\nfolder = "{work}/rows"\n'
                          f'snapshot_mib = {arguments.snapshot_mib}\n'
                          '[log]\nlevel = "info"\n')
        process, _ = start(arguments.bin, config, port)
        subprocess.run([arguments.bin / "append_benchmark", f"tcp://127.0.0.1:{port}", "--depth",
                        "2048", "--rows", str(arguments.rows), *HOPPER], check=True,
                       stdout=subprocess.DEVNULL)
        kill(process)
        megabytes = {kind: sum(f.stat().st_size for f in (work / "rows").glob(f"*.{kind}")) / 1e6
                     for kind in ("seg", "state")}
        took = []
        for _ in range(arguments.rounds):
            if arguments.cold:
                drop_caches()
            process, seconds = start(arguments.bin, config, port)
            took.append(seconds)
            found = dict(re.findall(r"(\w+)=(\S+)", re.search("event=restored.*",
                                                              kill(process))[0]))
        print(f"{found['rows']} rows: a snapshot ({megabytes['state']:.0f} MB with the one before) "
              f"and {found['messages']} messages (segments {megabytes['seg']:.0f} MB)")
        print(f"seconds until it listens: median {statistics.median(took):.2f}, "
              f"{min(took):.2f} to {max(took):.2f}, {arguments.rounds} rounds, "
              f"files {'not ' if arguments.cold else ''}in memory")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
