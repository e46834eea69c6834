#!/usr/bin/env python3
"""Puts the tables of README.md, mbpo.md and cluster.md in place again: each stands between
`<!-- SCRIPT -->` and `<!-- end -->` and is what that script of this folder prints."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PAGES = (HERE / "README.md", HERE / "mbpo.md", HERE / "cluster.md")


def table(match):
    script = match.group(1)
    printed = subprocess.run([sys.executable, HERE / script], check=True, capture_output=True,
                             text=True).stdout
    return f"<!-- {script} -->\n{printed.strip()}\n<!-- end -->"


def main():
    for page in PAGES:
        page.write_text(re.sub(r"<!-- (\w+\.py) -->\n.*?<!-- end -->", table, page.read_text(),
                               flags=re.DOTALL))


if __name__ == "__main__":
    main()
