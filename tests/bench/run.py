#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays each scenario on the floor and on the server, in turn, and prints what the server costs as a multiple of the
floor.  A missed budget is a line in the table, never a failure; the exit status tells only whether everything worked,
and whether everything that users held was given back after they had gone."""
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
DESCRIPTORS_SPARE = 200
KIB = 1024.0
# A subscription is told at most each half second, so the next change comes later than that.
CHANGE_PAUSE_MS = 550

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
    ("message in a session, Lync family, signed", "signed-message", 4, None),
    ("complete call, INVITE to BYE, many users", "calls", 16, None),
]
# On a server where everybody has contacts: three REGISTERs, four subscriptions (a batch of 50 people) and a publication.
STORM = ("complete sign-in of the Lync family, batch of 50", "storm", 8, None)
WATCHERS = [100, 1000]
MEMBERS = [(50, 1.5), (250, None)]      # of a conference, and the budget for each copy
PRESENCE_BUDGET = 1.5        # of the floor, for each notification
SIGN_INS_AT_ONCE = 8
CONTACTS = 50
PIECES = 5                   # of presence: what the scenario "published" publishes
IDLE_BUDGET_KIB, USER_BUDGET_KIB = 16.0, 24.0
ROUNDS, ROUNDS_MAX = 5, 15   # everybody comes and goes so often, and more often while memory has not settled
SETTLED = 4                  # rounds over which it must have
GROWTH_MAX = 0.02            # of resident memory in them: room for the allocator's mood
SCENARIOS = [row[1] for row in ROWS] + ["storm", "conference", "conference-storm", "presence", "morning", "idle", "published", "come-and-go"]
# What must be as at the start when everybody has gone: of `tertulia status`, and of /metrics.
FACTS = ["users_signed_in", "endpoints", "connections", "conversations", "calls", "presence_watches"]
METRICS = ["tertulia_" + name for name in ("sip_connections", "sip_subscriptions", "presence_users", "presence_watches",
                                           "calls", "envelopes_waiting", "bytes_queued")]


class Settings:
    """How much is measured."""

    def __init__(self, short):
        self.users = 200 if short else 1000
        self.idle_endpoints = 500 if short else 10000
        self.changes = 8 if short else 60
        self.mornings = [200] if short else [5000, 20000]
        self.milliseconds = 800 if short else 4000
        self.warm_up_milliseconds = 200 if short else 1000
        self.order = "SF" if short else "SFFS"      # S: server, F: floor
        self.patience = 120 if short else 1800


# Octets of what the server sends, which the floor sends in its place.
SIZES = ["answer_bytes", "challenge_bytes", "trying_bytes", "notify_bytes", "notify_answer_bytes"]


class Floor:
    """A floor program of its own for each measurement."""

    def __init__(self, programs, server, sizes):
        tls = os.path.join(server.folder, "tls")
        self.process = subprocess.Popen(
            [os.path.join(programs, "tertulia-floor"), "--gather", "yes", "--certificate", os.path.join(tls, "server.pem"),
             "--key", os.path.join(tls, "server-key.pem"),
             *(word for name, size in sizes.items() for word in ("--" + name.replace("_", "-"), str(size)))],
            stdout=subprocess.PIPE, text=True)
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
        self.failures = []
        self.server_us = {}   # by scenario

    def start_server(self, users, contacts=0):
        import server as live
        one = live.Server(users=(), folder=tempfile.mkdtemp(prefix="tertulia-bench-"), settings={
            "limits.connections_max": "30000", "limits.connections_per_address_max": "30000",
            "sip.nonce_lifetime": "3600", "sip.registration_max": "3600", "policy.inactive_after": "0",
            "server.shards": str(self.shards)})
        subprocess.run([os.path.join(self.programs, "tertulia-bench-users"), "--data", one.folder, "--count", str(users),
                        "--contacts", str(contacts)], check=True, stdout=subprocess.DEVNULL, timeout=600)
        return one.start(tls=True, tcp=False)

    def load(self, scenario, port, pid, users, window, pretend=()):
        words = [os.path.join(self.programs, "tertulia-load"), "--scenario", scenario, "--port", str(port), "--pid",
                 str(pid), "--users", str(users), "--window", str(window), "--milliseconds",
                 str(self.settings.milliseconds), "--warm-up-milliseconds", str(self.settings.warm_up_milliseconds),
                 "--changes", str(self.settings.changes), "--change-pause-milliseconds", str(CHANGE_PAUSE_MS),
                 "--pretend", ",".join(map(str, pretend))]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=self.settings.patience)
        result = json.loads(done.stdout) if done.stdout else {"good": False, "first_failure": "no output"}
        if done.returncode != 0 or not result["good"]:
            self.failures.append("%s: %s" % (scenario, result.get("first_failure")))
        time.sleep(0.3)      # the other side still ends the connections
        return result

    def measure(self, server, title, scenario, window, budget, users):
        """One row of the table, or None when something did not work."""
        runs, sizes, pretend = {"S": [], "F": []}, {}, ()
        for which in self.settings.order:
            if which == "S":
                result = self.load(scenario, server.tls_port, server.process.pid, users, window)
                sizes = {name: result.get(name, 0) for name in SIZES}
                pretend = result.get("lync_answer_bytes", ())
            else:
                with Floor(self.programs, server, sizes) as floor:
                    result = self.load(scenario, floor.port, floor.process.pid, users, window, pretend)
            if not result["good"]:
                return None
            runs[which].append(result)

        def mean(which, value):
            return sum(value(run) for run in runs[which]) / len(runs[which])
        cost = {which: mean(which, lambda run: run["cpu_us"]) for which in runs}
        rate = {which: mean(which, lambda run: run["operations"] / run["seconds"]) for which in runs}
        multiple = cost["S"] / cost["F"]
        row = {"operation": title, "scenario": scenario, "window": window, "users": users,
               "floor_us": round(cost["F"], 2), "server_us": round(cost["S"], 2), "multiple": round(multiple, 2),
               "budget": budget, "met": None if budget is None else multiple <= budget,
               "floor_per_second": round(rate["F"]), "server_per_second": round(rate["S"])}
        self.server_us[scenario] = cost["S"]
        if scenario == "signed-message" and "session-pair" in self.server_us:
            row["multiple_of_unsigned"] = round(cost["S"] / self.server_us["session-pair"], 2)
        if scenario == "storm":
            row["notifications_each"] = round(mean("S", lambda run: run["notifications_each"]), 1)
            row["answer_bytes"] = sum(pretend)
        if scenario == "presence":
            row.update({"notify_bytes": sizes["notify_bytes"], "changes": self.settings.changes})
            for which, name in (("S", "server"), ("F", "floor")):
                times = sorted(time for run in runs[which] for time in run["last_ms"])
                row[name + "_last_median_ms"] = times[len(times) // 2]
                row[name + "_last_p99_ms"] = times[min(len(times) - 1, len(times) * 99 // 100)]
        return row

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

    def published(self):
        """What a user has apart from his endpoint: his contacts, which are in memory from the start on, so they are what a
        server with them has more at its start; and what an endpoint that has published has more than an idle one."""
        users = self.settings.idle_endpoints
        server = self.start_server(users)
        try:
            bare = resident_bytes(server)
            idle = self.load("idle", server.tls_port, server.process.pid, users, 1)
        finally:
            server.close()
        server = self.start_server(users, CONTACTS)
        try:
            listed = resident_bytes(server)
            result = self.load("published", server.tls_port, server.process.pid, users, 1)
        finally:
            server.close()
        if not idle["good"] or not result["good"]:
            return None
        endpoint, contacts = idle["bytes_per_endpoint"] / KIB, (listed - bare) / KIB / users
        both = result["bytes_per_endpoint"] / KIB + contacts
        return {"operation": "user with %d contacts and %d publications" % (CONTACTS, PIECES),
                "scenario": "published", "endpoints": users, "kib": round(both - endpoint, 1),
                "kib_contacts": round(contacts, 1), "kib_with_endpoint": round(both, 1),
                "kib_first_half": round(result["bytes_first_half"] / KIB, 1),
                "kib_second_half": round(result["bytes_second_half"] / KIB, 1), "budget_kib": USER_BUDGET_KIB,
                "met": both - endpoint <= USER_BUDGET_KIB}

    def morning(self, users):
        server = self.start_server(users, CONTACTS)
        try:
            plain = self.load("sign-in", server.tls_port, server.process.pid, self.settings.users, SIGN_INS_AT_ONCE)
            result = self.load("morning", server.tls_port, server.process.pid, users, SIGN_INS_AT_ONCE)
        finally:
            server.close()
        if not plain["good"] or not result["good"]:
            return None
        return {"operation": "a morning: sign-in, list of %d, publication" % min(CONTACTS, users - 1),
                "scenario": "morning", "users": users, "server_us": result["cpu_us"], "plain_us": plain["cpu_us"],
                "multiple_of_plain": round(result["cpu_us"] / plain["cpu_us"], 2), "crowded_us": result["crowded_us"],
                "notifications_each": result["notifications_each"], "notified_kib_each":
                round(result["notified_bytes_each"] / KIB, 1), "kib_each": round(result["bytes_each"] / KIB, 1),
                "server_per_second": round(result["operations"] / result["seconds"], 1)}

    def come_and_go(self):
        """Everybody comes and goes, several times.  Then all must be as before, and memory has settled: what leaks never
        does, while an allocator may take some rounds more to warm up."""
        users = self.settings.users
        server = self.start_server(users, min(CONTACTS, 20))
        try:
            start, resident, growth = facts_of(server), [], 1.0
            while growth > GROWTH_MAX and len(resident) < ROUNDS_MAX:
                if not self.load("come-and-go", server.tls_port, server.process.pid, users, 1)["good"]:
                    return None
                left = differences_from(start, server)
                if left:
                    self.failures.append("come-and-go: after round %d there is left: %s" % (len(resident) + 1, left))
                resident.append(resident_bytes(server))
                if len(resident) >= ROUNDS:
                    growth = resident[-1] / resident[-SETTLED] - 1
        finally:
            server.close()
        if growth > GROWTH_MAX:
            self.failures.append("come-and-go: memory still grew by %.1f %% in the last %d of %d rounds" % (
                growth * 100, SETTLED - 1, len(resident)))
        return {"operation": "everybody comes and goes, %d times" % len(resident), "scenario": "come-and-go", "users": users,
                "resident_mib": [round(one / KIB / KIB, 1) for one in resident], "growth": round(growth, 4),
                "met": growth <= GROWTH_MAX}

    def rows(self, scenarios):
        """All rows, one after the other; None for one that did not work."""
        against_floor = [(*row, self.settings.users) for row in ROWS] + [
            ("presence notification, %s watchers" % format(watchers, ","), "presence", watchers, PRESENCE_BUDGET,
             watchers + 1) for watchers in WATCHERS] + [
            ("message copy in a conference of %d" % members, "conference", 1, budget, members)
            for members, budget in MEMBERS] + [
            ("storm into a conference, 250 at once, in and out", "conference-storm", 1, None, 250)]
        chosen = [row for row in against_floor if row[1] in scenarios]
        if chosen:
            server = self.start_server(max(row[4] for row in chosen))
            try:
                for row in chosen:
                    yield self.measure(server, *row)
            finally:
                server.close()
        if "storm" in scenarios:
            users = self.settings.users
            server = self.start_server(users, CONTACTS)
            try:
                yield self.measure(server, *STORM, users)
            finally:
                server.close()
        if "morning" in scenarios:
            for users in self.settings.mornings:
                yield self.morning(users)
        if "idle" in scenarios:
            yield self.idle()
        if "published" in scenarios:
            yield self.published()
        if "come-and-go" in scenarios:
            yield self.come_and_go()

    def run(self, scenarios):
        good = []
        for row in self.rows(scenarios):
            show(row)
            good += [row] if row else []
        return good


def resident_bytes(server):
    with open("/proc/%d/smaps_rollup" % server.process.pid, encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Rss:"))


def facts_of(server):
    status, page = server.run("status"), server.get("/metrics")[1]
    absent = [name for name in METRICS if "# TYPE %s gauge" % name not in page]
    if absent:
        raise AssertionError("not on the metrics page: %s" % absent)
    return {**{name: status[name] for name in FACTS}, **{name: server.metric(name) for name in METRICS}}


def differences_from(start, server, patience=15.0):
    """What is not as at the start, when it does not become so."""
    end = time.monotonic() + patience
    while True:
        now = facts_of(server)
        left = {name: now[name] for name in now if now[name] != start[name]}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.2)


def verdict(met):
    return "" if met is None else "met" if met else "MISSED"


def show(row):
    if row is None:
        print("  did not work")
    elif row["scenario"] in ("idle", "published"):
        user = "; without the endpoint; %.1f KiB are contacts, %.1f KiB with the endpoint" % (
            row["kib_contacts"], row["kib_with_endpoint"]) if row["scenario"] == "published" else ""
        print("%-47s %8s %8.1f KiB %9s %6.1f KiB  %s   (%d endpoints; halves %.1f and %.1f%s)" % (
            row["operation"], "", row["kib"], "", row["budget_kib"], verdict(row["met"]), row["endpoints"],
            row["kib_first_half"], row["kib_second_half"], user))
    elif row["scenario"] == "morning":
        print("%-47s %11s %8.1f us   (%d users; %.2f x the plain sign-in of %.1f us; the last tenth %.1f us; each %.1f "
              "notifications, %.1f KiB; %.1f KiB of memory)" % (
                  row["operation"], "", row["server_us"], row["users"], row["multiple_of_plain"], row["plain_us"],
                  row["crowded_us"], row["notifications_each"], row["notified_kib_each"], row["kib_each"]))
    elif row["scenario"] == "come-and-go":
        print("%-47s %s   (%d users; resident MiB after each: %s; %+.1f %% in the last three)" % (
            row["operation"], "as before" if row["met"] else "GREW", row["users"],
            ", ".join("%.1f" % one for one in row["resident_mib"]), row["growth"] * 100))
    else:
        budget = "%5.1f x" % row["budget"] if row["budget"] else "    -  "
        last = "   (%d octets; the last watcher has it after %.1f ms, p99 %.1f; floor %.1f, %.1f)" % (
            row["notify_bytes"], row["server_last_median_ms"], row["server_last_p99_ms"], row["floor_last_median_ms"],
            row["floor_last_p99_ms"]) if row["scenario"] == "presence" else ""
        if "multiple_of_unsigned" in row:
            last = "   (%.2f x the unsigned)" % row["multiple_of_unsigned"]
        if row["scenario"] == "storm":
            last = "   (8 requests, %d octets in answers, %.1f notifications)" % (
                row["answer_bytes"], row["notifications_each"])
        print("%-47s %8.1f us %8.1f us %6.2f x %s  %s%s" % (row["operation"], row["floor_us"], row["server_us"],
                                                            row["multiple"], budget, verdict(row["met"]), last))
    sys.stdout.flush()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="build/release/bin", help="folder of tertulia and the benchmark programs")
    parser.add_argument("--short", action="store_true", help="little of everything, about two minutes: does it work?")
    parser.add_argument("--shards", type=int, default=1, help="of the server; the floor has one thread")
    parser.add_argument("--only", nargs="*", choices=SCENARIOS, help="scenarios")
    parser.add_argument("--users", type=int)
    parser.add_argument("--endpoints", type=int, help="idle ones, and users with publications")
    parser.add_argument("--mornings", type=int, nargs="*", help="users of each morning")
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
    # Both the server and the load generator hold one for each user.
    settings.mornings = [min(users, most - DESCRIPTORS_SPARE) for users in given.mornings or settings.mornings]
    bench = Bench(programs, settings, given.shards)
    print("%-47s %11s %11s %8s %7s" % ("operation (CPU of the server for each)", "floor", "server", "multiple", "budget"))
    rows = bench.run(given.only or SCENARIOS)
    print("load average of the machine at the end: %.1f %.1f %.1f" % os.getloadavg())
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump({"machine": platform.processor() or platform.machine(), "shards": given.shards,
                       "load_average": os.getloadavg(), "users": settings.users, "rows": rows, "failures": bench.failures}, file, indent=2)
    for failure in bench.failures:
        print("FAILED " + failure, file=sys.stderr)
    return 1 if bench.failures or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
