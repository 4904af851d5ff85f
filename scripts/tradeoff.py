#!/usr/bin/env python3
"""Measures quick replies against false cut-offs over the end-of-turn setting; writes bench/tradeoff.svg and prints markdown.

usage: tradeoff.py BISEO [--script bench/pauses.toml] [--dry] [--calls 8] [--rounds 1] [--patience 50,65,80,100,125,160,200]
BISEO is the program (release build). Each point is `biseo bench voice --only answers` with all waits for the end of a turn
multiplied by so many percent; with --dry it is `biseo bench turns`, which takes minutes for all and tells the wait until the
turn's end in place of the response. Only the standard library is used.
"""

import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIVE = "말끝에서 응답까지 / last speech to first reply (ms)"
DRY = "말끝에서 차례가 끝날 때까지 / last speech to the turn's end (ms)"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 64, 24, 24, 56


def measure(options, patience):
    order = [options.biseo, "bench", "voice", "--only", "answers", "--json", "--script", options.script,
             "--model", ROOT / "models/demo-ko", "--patience", str(patience),
             "--calls", str(options.calls), "--rounds", str(options.rounds)]
    done = subprocess.run(order, stdout=subprocess.PIPE, text=True, check=True)
    report = json.loads(done.stdout)
    median, p95, _ = report["response_ms"]
    cut, asked = report["false_cut_offs"]
    return {"patience": patience, "median": median, "p95": p95, "cut": cut, "asked": asked,
            "unanswered": report["unanswered"]}


def measure_dry(options, patience):
    order = [options.biseo, "bench", "turns", "--json", "--script", options.script, "--model", ROOT / "models/demo-ko",
             "--patience", str(patience)]
    row = json.loads(subprocess.run(order, stdout=subprocess.PIPE, text=True, check=True).stdout)
    median, p95, _ = row["wait_ms"]
    return {"patience": patience, "median": median, "p95": p95, "cut": row["false_cut_offs"], "asked": row["utterances"],
            "unanswered": row["not_heard"]}


def plot(rows, axis):
    """An SVG: response time to the right, false cut-offs upwards, a point for each setting."""
    most_ms = max(100 * (int(r["p95"]) // 100 + 1) for r in rows)
    most_cut = max(5, 5 * (int(max(100 * r["cut"] / r["asked"] for r in rows)) // 5 + 1))
    x = lambda ms: LEFT + (WIDTH - LEFT - RIGHT) * ms / most_ms
    y = lambda percent: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * percent / most_cut
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for ms in range(0, most_ms + 1, 100):
        out.append(f'<path d="M{x(ms):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>'
                   f'<text x="{x(ms):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{ms}</text>')
    for percent in range(0, most_cut + 1, 5):
        out.append(f'<path d="M{LEFT} {y(percent):.1f}H{WIDTH - RIGHT}" stroke="#eee"/>'
                   f'<text x="{LEFT - 8}" y="{y(percent) + 4:.1f}" text-anchor="end">{percent} %</text>')
    for key, colour, name in (("median", "#0a6", "median"), ("p95", "#c40", "p95")):
        points = " ".join(f'{x(r[key]):.1f},{y(100 * r["cut"] / r["asked"]):.1f}' for r in rows)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for r in rows:
            at = (x(r[key]), y(100 * r["cut"] / r["asked"]))
            out.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3.5" fill="{colour}"/>'
                       f'<text x="{at[0] + 6:.1f}" y="{at[1] - 6:.1f}" fill="{colour}">{r["patience"]}</text>')
        out.append(f'<text x="{WIDTH - RIGHT - 60}" y="{TOP + (14 if key == "median" else 30)}" fill="{colour}">{name}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 16}" text-anchor="middle">'
               f'{axis}</text>'
               f'<text x="12" y="14">말을 끊은 비율 / false cut-offs; 점 옆은 기다림(%) / beside the points: waits in %</text></svg>')
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("biseo")
    parser.add_argument("--script", type=pathlib.Path, default=ROOT / "bench/pauses.toml")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--patience", default="50,65,80,100,125,160,200")
    options = parser.parse_args()
    print("| waits | replies | median / p95 ms | false cut-offs | unanswered |\n| --- | --- | --- | --- | --- |", flush=True)
    rows = []
    for patience in options.patience.split(","):
        row = (measure_dry if options.dry else measure)(options, int(patience))
        rows.append(row)
        share = 100 * row["cut"] / row["asked"]
        print(f'| {patience} % | {row["asked"]} | {row["median"]:.0f} / {row["p95"]:.0f} | {row["cut"]} ({share:.1f} %) '
              f'| {row["unanswered"]} |', flush=True)
    (ROOT / "bench/tradeoff.svg").write_text(plot(rows, DRY if options.dry else LIVE))


main()
