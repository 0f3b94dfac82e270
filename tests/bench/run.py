#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays each scenario on the floor and on the server, in turn, and prints what the server costs as a multiple of the
floor.  A missed budget is a line in the table, never a failure; the exit status tells only whether everything worked."""
import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DESCRIPTORS = 65536
KIB = 1024.0

# Operation, scenario, window (requests under way at once), budget as a multiple of the floor (None: only shown).
# A pair talks in bursts of 4: there the floor gathers as much as the one that the budgets were set against (11 us).
ROWS = [
    ("registration refresh on a live connection", "refresh", 16, 2.0),
    ("complete sign-in, TLS handshake included", "sign-in", 8, 1.2),
    ("two-party message, one busy pair, bursts of 4", "page-pair", 4, 3.0),
    ("two-party message, one pair, bursts of 16", "page-pair", 16, None),
    ("two-party message, many users, partners of old", "page-many", 16, 1.5),
    ("two-party message, many users, each time new", "page-random", 16, None),
    ("message in a session, one pair, bursts of 4", "session-pair", 4, 3.0),
]
IDLE_BUDGET_KIB = 16.0


class Settings:
    """How much is measured."""

    def __init__(self, short):
        self.users = 200 if short else 1000
        self.idle_endpoints = 500 if short else 10000
        self.milliseconds = 800 if short else 4000
        self.warm_up_milliseconds = 200 if short else 1000
        self.order = "SF" if short else "SFFS"      # S: server, F: floor
        self.patience = 120 if short else 1800


class Floor:
    """A floor program of its own for each measurement."""

    def __init__(self, programs, server, answer_bytes, challenge_bytes):
        tls = os.path.join(server.folder, "tls")
        self.process = subprocess.Popen(
            [os.path.join(programs, "tertulia-floor"), "--gather", "yes", "--certificate", os.path.join(tls, "server.pem"),
             "--key", os.path.join(tls, "server-key.pem"), "--answer-bytes", str(answer_bytes), "--challenge-bytes",
             str(challenge_bytes)], stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Bench:
    def __init__(self, programs, settings, shards):
        self.programs, self.settings, self.shards = programs, settings, shards
        self.sizes = {}      # scenario -> (answer, challenge) octets of the real server
        self.failures = []

    def start_server(self, users):
        import server as live
        one = live.Server(users=(), folder=tempfile.mkdtemp(prefix="tertulia-bench-"), settings={
            "limits.connections_max": "30000", "limits.connections_per_address_max": "30000",
            "sip.nonce_lifetime": "3600", "server.shards": str(self.shards)})
        subprocess.run([os.path.join(self.programs, "tertulia-bench-users"), "--data", one.folder, "--count", str(users)],
                       check=True, stdout=subprocess.DEVNULL, timeout=600)
        return one.start(tls=True, tcp=False)

    def load(self, scenario, port, pid, users, window):
        words = [os.path.join(self.programs, "tertulia-load"), "--scenario", scenario, "--port", str(port), "--pid",
                 str(pid), "--users", str(users), "--window", str(window), "--milliseconds",
                 str(self.settings.milliseconds), "--warm-up-milliseconds", str(self.settings.warm_up_milliseconds)]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=self.settings.patience)
        result = json.loads(done.stdout) if done.stdout else {"good": False, "first_failure": "no output"}
        if done.returncode != 0 or not result["good"]:
            self.failures.append("%s: %s" % (scenario, result.get("first_failure")))
        time.sleep(0.3)      # the other side still ends the connections
        return result

    def measure(self, server, title, scenario, window, budget):
        """One row of the table, or None when something did not work."""
        runs = {"S": [], "F": []}
        for which in self.settings.order:
            if which == "S":
                result = self.load(scenario, server.tls_port, server.process.pid, self.settings.users, window)
                self.sizes[scenario] = (result.get("answer_bytes", 0), result.get("challenge_bytes", 0))
            else:
                with Floor(self.programs, server, *self.sizes[scenario]) as floor:
                    result = self.load(scenario, floor.port, floor.process.pid, self.settings.users, window)
            if not result["good"]:
                return None
            runs[which].append(result)
        mean = {which: sum(run["cpu_us"] for run in of) / len(of) for which, of in runs.items()}
        rate = {which: sum(run["operations"] / run["seconds"] for run in of) / len(of) for which, of in runs.items()}
        multiple = mean["S"] / mean["F"]
        return {"operation": title, "scenario": scenario, "window": window, "floor_us": round(mean["F"], 2),
                "server_us": round(mean["S"], 2), "multiple": round(multiple, 2), "budget": budget,
                "met": None if budget is None else multiple <= budget, "floor_per_second": round(rate["F"]),
                "server_per_second": round(rate["S"])}

    def idle(self):
        endpoints = self.settings.idle_endpoints
        server = self.start_server(endpoints)
        try:
            result = self.load("idle", server.tls_port, server.process.pid, endpoints, 1)
        finally:
            server.close()
        if not result["good"]:
            return None
        kib = {name: result[name] / KIB for name in ("bytes_per_endpoint", "bytes_first_half", "bytes_second_half")}
        return {"operation": "idle signed-in TLS endpoint, memory", "scenario": "idle", "endpoints": endpoints,
                "kib": round(kib["bytes_per_endpoint"], 1), "kib_first_half": round(kib["bytes_first_half"], 1),
                "kib_second_half": round(kib["bytes_second_half"], 1), "budget_kib": IDLE_BUDGET_KIB,
                "met": kib["bytes_per_endpoint"] <= IDLE_BUDGET_KIB}

    def run(self, scenarios):
        rows = []
        server = self.start_server(self.settings.users)
        try:
            for title, scenario, window, budget in ROWS:
                if scenario in scenarios:
                    rows.append(self.measure(server, title, scenario, window, budget))
                    show(rows[-1])
        finally:
            server.close()
        if "idle" in scenarios:
            rows.append(self.idle())
            show(rows[-1])
        return [row for row in rows if row is not None]


def verdict(met):
    return "" if met is None else "met" if met else "MISSED"


def show(row):
    if row is None:
        print("  did not work")
    elif row["scenario"] == "idle":
        print("%-47s %8s %8.1f KiB %9s %6.1f KiB  %s   (%d endpoints; halves %.1f and %.1f)" % (
            row["operation"], "", row["kib"], "", row["budget_kib"], verdict(row["met"]), row["endpoints"],
            row["kib_first_half"], row["kib_second_half"]))
    else:
        budget = "%5.1f x" % row["budget"] if row["budget"] else "    -  "
        print("%-47s %8.1f us %8.1f us %6.2f x %s  %s" % (row["operation"], row["floor_us"], row["server_us"],
                                                          row["multiple"], budget, verdict(row["met"])))
    sys.stdout.flush()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="build/release/bin", help="folder of tertulia and the benchmark programs")
    parser.add_argument("--short", action="store_true", help="little of everything, about 40 s: does it work?")
    parser.add_argument("--shards", type=int, default=1, help="of the server; the floor has one thread")
    parser.add_argument("--only", nargs="*", help="scenarios")
    parser.add_argument("--users", type=int)
    parser.add_argument("--endpoints", type=int, help="idle ones")
    parser.add_argument("--json", help="file for the figures")
    return parser.parse_args()


def main():
    given = arguments()
    programs = os.path.abspath(given.programs)
    os.environ["TERTULIA"] = os.path.join(programs, "tertulia")
    sys.path.insert(0, os.path.join(HERE, "..", "live"))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    settings = Settings(given.short)
    settings.users = given.users or settings.users
    settings.idle_endpoints = given.endpoints or settings.idle_endpoints
    bench = Bench(programs, settings, given.shards)
    print("%-47s %11s %11s %8s %7s" % ("operation (CPU of the server for each)", "floor", "server", "multiple", "budget"))
    rows = bench.run(given.only or [row[1] for row in ROWS] + ["idle"])
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump({"machine": platform.processor() or platform.machine(), "shards": given.shards,
                       "users": settings.users, "rows": rows, "failures": bench.failures}, file, indent=2)
    for failure in bench.failures:
        print("FAILED " + failure, file=sys.stderr)
    return 1 if bench.failures or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
