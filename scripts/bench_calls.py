#!/usr/bin/env python3
"""Measures whole calls against a `biseo serve` of its own; prints markdown. bench/README.md says what each figure means.

usage: bench_calls.py BISEO FOLDER [--minutes M] [--calls 1,5,10,20,40]
BISEO is the program (release build), FOLDER is where the temporary installation goes. Only the standard library is used.
"""

import argparse
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import threading
import time

PARTS = ["end_of_turn_ms", "stt_ms", "nlu_ms", "decision_ms", "tts_first_audio_ms", "pacing_ms", "total_ms"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
PORT = 15060
TARGET = f"sip:haengbok@127.0.0.1:{PORT}"
TICKS = os.sysconf("SC_CLK_TCK")


def install(biseo, folder):
    """A new installation of the example shops, reachable on loopback."""
    subprocess.run([biseo, "init", folder], check=True, stdout=subprocess.DEVNULL)
    path = folder / "biseo.toml"
    text = path.read_text()
    changes = {
        'listen = ["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"]': f'listen = ["udp:127.0.0.1:{PORT}"]',
        "accept_anyone = false": "accept_anyone = true",
        # Nothing beyond this machine is asked.
        "watch = true": "watch = false",
        'model = "models/demo-ko"': f'model = "{ROOT / "models/demo-ko"}"',
    }
    for old, new in changes.items():
        if old not in text:
            raise SystemExit(f"bench_calls.py: the configuration of `biseo init` has no line {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


class Server:
    """`biseo serve`, with what it costs."""

    def __init__(self, biseo, folder):
        order = [biseo, "serve", "--config", folder / "biseo.toml", "--clock", "2026-11-24T10:12:00+09:00"]
        self.log = open(folder / "serve.log", "ab")
        self.process = subprocess.Popen(order, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if f"127.0.0.1:{PORT}" in line:
                break
        else:
            raise SystemExit(f"bench_calls.py: biseo serve did not begin; see {folder}/serve.log")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        time.sleep(1)

    def cpu(self):
        """Seconds of CPU so far, its ended child processes (espeak-ng) included."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(fields[n]) for n in range(11, 15)) / TICKS

    def rss(self):
        """Resident memory in KiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()


def latencies(folder, after):
    """The response times of the caller's turns since an instant, from the stored records."""
    with sqlite3.connect(f"file:{folder}/data/biseo.db?mode=ro", uri=True) as db:
        rows = db.execute("SELECT call, number, latency FROM turn WHERE rowid > ?", (after,)).fetchall()
        last = db.execute("SELECT coalesce(max(rowid), 0) FROM turn").fetchone()[0]
    turns = [json.loads(latency) for _, _, latency in rows]
    return [t for t in turns if t.get("total_ms") is not None], last


def quantile(values, percent):
    """The smallest value that so many of 100 do not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def shown(values):
    if not values:
        return "– | – | –"
    return " | ".join(f"{quantile(values, p):.1f}" for p in (50, 95, 100))


def conversations(biseo, folder, seconds):
    """Whole conversations of `biseo call`, one at a time, for about so long; how many there were."""
    file = ROOT / "scenarios/calls.jsonl"
    ids = [json.loads(line)["id"] for line in file.read_text().splitlines() if line.strip()]
    ids = [i for i in ids if i != "silence"]
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        order = [biseo, "call", TARGET, "--scenario", file, "--id", ids[done % len(ids)], "--json"]
        order += ["--model", ROOT / "models/demo-ko", "--voice", ("m3", "f2", "m1")[done // len(ids) % 3]]
        subprocess.run(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
        done += 1
    time.sleep(2)
    return done


def load(biseo, server, folder, calls, after):
    """Many calls at once; a row of the table."""
    peak, over = [server.rss()], threading.Event()

    def watch():
        while not over.wait(0.25):
            peak.append(server.rss())

    watcher = threading.Thread(target=watch)
    before, began = server.cpu(), time.monotonic()
    watcher.start()
    order = [biseo, "load", TARGET, "--scenario", ROOT / "bench/load.jsonl", "--id", "questions"]
    order += ["--calls", str(calls), "--stagger", str(max(50, 5000 // calls)), "--json"]
    told = subprocess.run(order, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wall, cpu = time.monotonic() - began, server.cpu() - before
    over.set()
    watcher.join()
    time.sleep(2)
    report = json.loads(told.stdout)
    turns, after = latencies(folder, after)
    totals = [t["total_ms"] for t in turns]
    share = cpu / max(0.001, calls * report["seconds"])
    row = {
        "calls": calls,
        "failed": report["failed"],
        "replies": report["replies"],
        "unanswered": report["unanswered"],
        "seconds": report["seconds"],
        "heard": report["response_ms"],
        "stored": [quantile(totals, p) for p in (50, 95, 100)],
        "turns": len(totals),
        "share": share,
        "busy": cpu / wall,
        "memory": (max(peak) - peak[0]) / calls,
    }
    return row, after


def print_response(turns, calls):
    print(f"\nResponse time: {len(turns)} turns of {calls} conversations, one at a time (ms)\n")
    print("| part | median | p95 | longest |\n| --- | --- | --- | --- |")
    for part in PARTS:
        print(f"| {part.removesuffix('_ms')} | {shown([t[part] for t in turns if t.get(part) is not None])} |")


def print_load(rows):
    print("\nCalls at once\n")
    print("| calls | failed | turns stored | p50 / p95 / longest (ms) | heard by callers p50 / p95 / longest (ms) "
          "| core per call | cores busy | memory per call |\n" + "| --- " * 8 + "|")
    for r in rows:
        stored = " / ".join("–" if v is None else f"{v:.0f}" for v in r["stored"])
        heard = " / ".join(f"{v:.0f}" for v in r["heard"])
        print(f"| {r['calls']} | {r['failed']} | {r['turns']} | {stored} | {heard} | {100 * r['share']:.2f} % "
              f"| {r['busy']:.2f} | {r['memory']:.0f} KiB |")
    good = [r for r in rows if r["stored"][1] is not None and r["failed"] == 0]
    if not good:
        return
    limit = 2 * good[0]["stored"][1]
    within = [r for r in good if r["stored"][1] <= limit]
    last, cores = within[-1], os.cpu_count()
    beyond = [r["calls"] for r in rows if r not in within]
    print(f"\n{last['calls']} calls at once keep p95 within twice that of {good[0]['calls']} call "
          f"({limit:.0f} ms), {last['calls'] / cores:.1f} a core of {cores}, callers included; "
          + (f"{beyond[0]} do not." if beyond else "more were not tried."))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("biseo", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=10, help="of conversations one at a time")
    parser.add_argument("--calls", default="1,5,10,20,40", help="calls at once, one run each")
    options = parser.parse_args()
    biseo, folder = options.biseo.resolve(), options.folder.resolve()
    install(biseo, folder)
    server, rows = Server(biseo, folder), []
    try:
        print(f"Load of the machine before: {os.getloadavg()[0]:.2f}", flush=True)
        done = conversations(biseo, folder, 60 * options.minutes)
        turns, after = latencies(folder, 0)
        print_response(turns, done)
        print("", flush=True)
        for calls in map(int, options.calls.split(",")):
            row, after = load(biseo, server, folder, calls, after)
            rows.append(row)
            print(json.dumps(row), flush=True)
        print_load(rows)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
