"""python3 -m opendyna_bridge --bind ENDPOINT: serves until it is stopped."""

import argparse
import faulthandler
import os
import signal
import sys

EXIT_MISSING_PACKAGE = 3


def require_packages():
    """Names what is missing in one line instead of a traceback."""
    missing = []
    for module, package in (("gymnasium", "gymnasium"), ("numpy", "numpy"), ("zmq", "pyzmq")):
        try:
            __import__(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            missing.append(package)
    if missing:
        names = " ".join(missing)
        print(f"{sys.executable} lacks {names}: install with '{sys.executable} -m pip install {names}'",
              file=sys.stderr)
        sys.exit(EXIT_MISSING_PACKAGE)


def main():
    parser = argparse.ArgumentParser(prog="opendyna-bridge", description=__doc__)
    parser.add_argument("--bind", required=True, metavar="ENDPOINT",
                        help="tcp://127.0.0.1:5555 or ipc:///some/path; anyone who can connect can "
                        "run any importable class")
    parser.add_argument("--ready-fd", type=int, metavar="N",
                        help="file descriptor that gets one line when the socket is bound")
    arguments = parser.parse_args()
    # A crash, and SIGUSR1 while an environment hangs, show where.
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    require_packages()
    if os.getcwd() not in sys.path:  # a user's own module lies in the current folder
        sys.path.insert(0, os.getcwd())
    from .server import Server

    server = Server(arguments.bind)
    if arguments.ready_fd is not None:
        with os.fdopen(arguments.ready_fd, "w") as ready:
            ready.write(server.endpoint + "\n")
    else:
        print(f"serving Gymnasium environments at {server.endpoint}", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
