"""The window's server with no window, for the tests of its screens: `python -m client.desktop.headless --home DIR`.

Prints one line of JSON, `{"url": …}`, which lets one client in, once; and serves until its standard input ends.
"""

import argparse
import json
import sys
import threading
from pathlib import Path

from client.desktop.server import Bridge
from client.vault import Profiles


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m client.desktop.headless", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the folder of the profiles")
    parser.add_argument("--port", type=int, default=0, help="instead of one that the system gives")
    given = parser.parse_args()
    bridge = Bridge(Profiles(given.home), port=given.port)
    bridge.start()
    print(json.dumps({"url": bridge.door.address()}), flush=True)
    threading.Thread(target=_until_the_end, args=[bridge.over], daemon=True).start()
    bridge.over.wait()
    bridge.close()


def _until_the_end(over: threading.Event) -> None:
    while sys.stdin.read(4096):
        pass
    over.set()


if __name__ == "__main__":
    main()
