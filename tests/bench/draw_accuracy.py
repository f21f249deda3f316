#!/usr/bin/python3
"""Draws the accuracy bench's pictures from FOLDER/accuracy.json: reps with their phases, errors, and whether the stated
uncertainties hold. Computes nothing that the bench's table says; it counts only what it draws."""
import json
import math
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.patches import Patch

INK, QUIET, GRID = "#1b2430", "#6b7684", "#e3e7ec"
LEFT, RIGHT, TOTAL = "#0072b2", "#d55e00", "#9aa4b0"
FOUND, TRUE = "#cc3311", "#1b2430"
PHASES = {"rise": ("rise", "#a6cee3"), "top": ("top", "#dfe7ee"), "transfer": ("transfer", "#fdd49e"),
          "drop": ("drop", "#8fcf9f"), "bottom": ("bottom", "#dcd3ea"), "return": ("return", "#f3c6d3")}
STRIPS = [("truth", "truth"), ("found", "final"), ("live", "live")]
CLASSES = [("2 s and longer", lambda d: d >= 2.0, "#0072b2"), ("1 to 2 s", lambda d: 1.0 <= d < 2.0, "#009e73"),
           ("under 1 s", lambda d: d < 1.0, "#d55e00")]

plt.rcParams.update({
    "font.family": ["Inter", "DejaVu Sans"], "font.size": 10, "axes.edgecolor": QUIET, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": QUIET, "ytick.color": QUIET, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True, "figure.dpi": 130,
    "legend.frameon": False, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left"})


def phases_of(times, end):
    """(phase, from, to) of an account, as far as it has the times."""
    t = {k: v for k, v in times.items() if v is not None}
    spans = []
    if "rise_start" in t and "rise_end" in t:
        spans.append(("rise", t["rise_start"], t["rise_end"]))
        spans.append(("top", t["rise_end"], t.get("transfer_start", t.get("drop_start", t["rise_end"]))))
    if "transfer_start" in t and "transfer_end" in t:
        spans.append(("transfer", t["transfer_start"], t["transfer_end"]))
    if "drop_start" in t and "drop_end" in t:
        spans.append(("drop", t["drop_start"], t["drop_end"]))
        spans.append(("bottom", t["drop_end"], t.get("return_end", t["drop_end"])))
    return [(p, a, min(b, end)) for p, a, b in spans if b > a]


def live_phases(changes, start, end):
    spans = []
    for (t, phase), (until, _) in zip(changes, changes[1:] + [[end, ""]]):
        if phase in PHASES and until > start and t < end:
            spans.append((phase, max(t, start), min(until, end)))
    return spans


def draw_strips(axis, rep, start, end):
    spans = {"truth": phases_of(rep["truth"]["times"], end), "found": phases_of(rep["found"]["times"], end),
             "live": live_phases(rep["live_phases"], start, end)}
    for row, (key, _) in enumerate(STRIPS):
        for phase, a, b in spans[key]:
            axis.barh(-row, b - a, left=a, height=0.72, color=PHASES[phase][1], edgecolor="white", linewidth=0.8)
            if b - a > 0.055 * (end - start):
                axis.text((a + b) / 2, -row, PHASES[phase][0], ha="center", va="center", fontsize=8.5)
    axis.set_yticks([0, -1, -2], [label for _, label in STRIPS])
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.grid(False)
    axis.spines["left"].set_visible(False)
    axis.legend(handles=[Patch(color=colour, label=name) for name, colour in PHASES.values()], loc="upper left",
                bbox_to_anchor=(1.0, 1.12), ncol=2, fontsize=8, handlelength=1.0, columnspacing=0.8, handletextpad=0.5)


def in_words(value, u, digits, unit):
    return "not told" if value is None else f"{value:.{digits}f} ± {u:.{digits}f} {unit}"


def faults_in_words(account):
    return "none" if account["faults"] == "-" else account["faults"].replace(" ", ", ").replace("_", " ")


def draw_rep(rep, path):
    samples, body = rep["samples"], rep["body"]
    start, end = body[0][0], body[-1][0]
    t = [s[0] for s in samples]
    left_works = rep["side"] == "left"
    figure, axes = plt.subplots(5, 1, figsize=(10, 10.2), sharex=True, height_ratios=[0.75, 1.5, 1, 1.3, 1.3])
    strips, force, share, height, speed = axes
    true_t, found_t = rep["truth"]["times"], rep["found"]["times"]
    draw_strips(strips, rep, start, end)
    for axis in axes[1:]:
        axis.axvspan(true_t["drop_start"], true_t["drop_end"], color=PHASES["drop"][1], alpha=0.25, linewidth=0)
        for at in ("drop_start", "drop_end"):
            axis.axvline(found_t[at], color=FOUND, linewidth=1.2, linestyle=(0, (4, 3)))

    force.plot(t, [s[1] + s[2] for s in samples], color=TOTAL, linewidth=1.0, label="both")
    force.plot(t, [s[1] for s in samples], color=LEFT, linewidth=1.2, label="left")
    force.plot(t, [s[2] for s in samples], color=RIGHT, linewidth=1.2, label="right")
    force.set_ylabel("force, N")
    force.set_ylim(bottom=min(0, force.get_ylim()[0]))
    force.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))

    working = [100 * (p[3] if left_works else 1 - p[3]) for p in body]
    share.plot([p[0] for p in body], working, color=LEFT if left_works else RIGHT, linewidth=1.4)
    share.set_ylabel("working leg, %" if rep["side"] else "right leg, %")
    share.set_ylim(-3, 103)
    share.set_yticks([0, 50, 85, 100])

    bottom = min(p[1] for p in body)
    height.plot([p[0] for p in body], [1000 * (p[1] - bottom) for p in body], color=TRUE, linewidth=1.6, label="truth")
    height.set_ylabel("height, mm")
    depth = rep["found"]["depth"]
    if depth is not None:
        # The estimate is a way between two times: hung at the true height of its start.
        at_start = min(body, key=lambda p: abs(p[0] - found_t["drop_start"]))[1] - bottom
        ends = [1000 * at_start, 1000 * (at_start - depth)]
        height.plot([found_t["drop_start"], found_t["drop_end"]], ends, color=FOUND, marker="o", markersize=5,
                    linestyle=":", linewidth=1.2, label="found")
        height.errorbar(found_t["drop_end"], ends[1], yerr=2000 * rep["found"]["depth_u"],
                        xerr=2 * rep["found"]["duration_u"], color=FOUND, capsize=3, linewidth=1.2)
    height.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))

    speed.plot([p[0] for p in body], [1000 * p[2] for p in body], color=TRUE, linewidth=1.6, label="truth")
    if depth is not None and rep["found"]["duration"]:
        mean = -1000 * depth / rep["found"]["duration"]
        speed.plot([found_t["drop_start"], found_t["drop_end"]], [mean, mean], color=FOUND, linewidth=1.2,
                   linestyle=":", label="mean found")
    speed.axhline(0, color=QUIET, linewidth=0.8)
    speed.set_ylabel("speed, mm/s")
    speed.set_xlabel("s")
    speed.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    speed.set_xlim(start, end)

    found = rep["found"]
    true_s = true_t["drop_end"] - true_t["drop_start"]
    name = rep["element"].replace("_", " ").capitalize()
    title = f"{'Furthest off: ' if rep['why'] == 'worst' else ''}{name}, a {rep['profile']} descent"
    figure.suptitle(title, x=0.075, y=0.985, ha="left", fontsize=15, fontweight="bold")
    figure.text(0.075, 0.948, f"drop {true_s:.2f} s, "
                f"found {in_words(found['duration'], found['duration_u'], 2, 's')}      depth {1000 * rep['truth']['depth']:.0f} mm, found "
                f"{in_words(found['depth'] and 1000 * found['depth'], 1000 * (found['depth_u'] or 0), 0, 'mm')}")
    figure.text(0.075, 0.928, f"faults: {faults_in_words(rep['truth'])}, "
                f"found: {faults_in_words(found)} ({found['verdict']})", color=QUIET)
    figure.text(0.985, 0.948, f"{rep['mass_kg']:.0f} kg, {rep['rate']:g} samples/s, seed {rep['seed']}, {rep['kind']}",
                color=QUIET, ha="right")
    figure.legend(handles=[Patch(color=PHASES["drop"][1], alpha=0.5, label="true drop"),
                           plt.Line2D([], [], color=FOUND, linestyle=(0, (4, 3)), label="drop found")],
                  loc="upper right", bbox_to_anchor=(0.99, 0.945), ncol=2)
    figure.align_ylabels(axes)
    figure.subplots_adjust(left=0.075, right=0.86, top=0.90, bottom=0.05, hspace=0.14)
    figure.savefig(path)
    plt.close(figure)


def quantile(values, q):
    v = sorted(values)
    at = q * (len(v) - 1)
    i = int(at)
    return v[i] if i + 1 >= len(v) else v[i] + (at - i) * (v[i + 1] - v[i])


def histogram(axis, errors, scale, unit, title, target):
    """Errors beyond what the axis shows are counted at its ends."""
    axis.set_title(title, pad=22)
    if not errors:
        axis.text(0.5, 0.5, "none", transform=axis.transAxes, ha="center", color=QUIET)
        return
    e = [scale * x for x in errors]
    digits = 1 if unit == "mm" else 3
    p95 = quantile([abs(x) for x in e], 0.95)
    reach = max(1.6 * p95, 1.25 * target)
    axis.hist([min(max(x, -reach), reach) for x in e], bins=41, range=(-reach, reach), color=LEFT, alpha=0.85)
    axis.axvspan(-target, target, color=PHASES["drop"][1], alpha=0.28, linewidth=0, zorder=0)
    for x in (-p95, p95):
        axis.axvline(x, color=FOUND, linewidth=1.3, linestyle=(0, (4, 3)))
    axis.set_xlabel(f"found - true, {unit}")
    axis.set_ylabel("reps")
    beyond = sum(abs(x) > reach for x in e)
    axis.text(0.0, 1.025, f"n {len(e)}, median {quantile(e, 0.5):+.{digits}f} {unit}, p95 {p95:.{digits}f} {unit}, "
              f"target {target:g} {unit}" + (f"; {beyond} off the axis" if beyond else ""),
              transform=axis.transAxes, ha="left", va="bottom", fontsize=9, color=QUIET)
    axis.set_xlim(-reach, reach)


def draw_errors(estimates, path):
    durations = [e["drop_duration"] for e in estimates if e["drop_duration"]]
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.6))
    histogram(axes[0][0], [d["error"] for d in durations if d["truth"] >= 2], 1, "s", "Drops of 2 s and longer", 0.30)
    histogram(axes[0][1], [d["error"] for d in durations if d["truth"] < 1], 1, "s", "Drops under 1 s", 0.06)
    histogram(axes[1][0], [e["drop_depth"]["error"] for e in estimates if e["drop_depth"]], 1000, "mm", "Depth", 12)
    histogram(axes[1][1], [e["transfer_start"]["error"] for e in estimates if e["transfer_start"]], 1, "s",
              "Start of the transfer", 0.15)
    figure.suptitle("Errors", x=0.07, y=0.985, ha="left", fontsize=15, fontweight="bold")
    figure.text(0.985, 0.965, "green: the target for 95 %; red dashes: where 95 % lie; what is off an axis is counted at its ends",
                ha="right", color=QUIET)
    figure.subplots_adjust(left=0.07, right=0.985, top=0.875, bottom=0.07, hspace=0.42, wspace=0.18)
    figure.savefig(path)
    plt.close(figure)


def draw_coverage(estimates, path):
    figure, (durations, depths, wedge) = plt.subplots(1, 3, figsize=(14.5, 5.2))
    ks = [i / 50 for i in range(0, 201)]
    for axis, key, title in ((durations, "drop_duration", "Duration"), (depths, "drop_depth", "Depth")):
        axis.plot(ks, [100 * math.erf(k / math.sqrt(2)) for k in ks], color=QUIET, linewidth=1.4, linestyle=(0, (4, 3)),
                  label="an honest normal one")
        for name, belongs, colour in CLASSES:
            ratios = [abs(e[key]["error"]) / e[key]["u"] for e in estimates
                      if e[key] and e[key]["u"] > 0 and e["drop_duration"] and belongs(e["drop_duration"]["truth"])]
            if ratios:
                within = [100 * sum(r <= k for r in ratios) / len(ratios) for k in ks]
                axis.plot(ks, within, color=colour, linewidth=1.8, label=f"{name} (n {len(ratios)})")
        axis.plot(2, 95, marker="D", color=FOUND, markersize=7, linestyle="none", zorder=5,
                  label="target: 95 % within 2 u")
        axis.set_title(title)
        axis.set_xlabel("k, times the stated uncertainty u")
        axis.set_ylabel("errors within k u, %")
        axis.set_xlim(0, 4)
        axis.set_ylim(0, 102)
        axis.legend(loc="lower right")
    slow = [e["drop_duration"] for e in estimates if e["drop_duration"] and e["drop_duration"]["truth"] >= 2]
    wedge.set_title("Drops of 2 s and longer")
    if slow:
        reach_u = quantile([d["u"] for d in slow], 0.97) * 1.1
        reach = 2.4 * reach_u
        wedge.fill_between([0, reach_u], [0, 2 * reach_u], [0, -2 * reach_u], color=PHASES["drop"][1], alpha=0.35,
                           linewidth=0, label="within 2 u")
        inside = [d for d in slow if abs(d["error"]) <= 2 * d["u"]]
        outside = [d for d in slow if abs(d["error"]) > 2 * d["u"]]
        for group, colour, name in ((inside, LEFT, None), (outside, FOUND, f"{len(outside)} of {len(slow)} outside")):
            wedge.scatter([min(d["u"], reach_u) for d in group], [min(max(d["error"], -reach), reach) for d in group],
                          s=12, color=colour, alpha=0.6, linewidths=0, label=name)
        wedge.set_xlim(0, reach_u * 1.02)
        wedge.set_ylim(-reach * 1.03, reach * 1.03)
        wedge.legend(loc="upper left")
    wedge.set_xlabel("stated uncertainty u, s")
    wedge.set_ylabel("error, s")
    figure.suptitle("Do the stated uncertainties hold?", x=0.05, y=0.985, ha="left", fontsize=15, fontweight="bold")
    figure.subplots_adjust(left=0.05, right=0.99, top=0.86, bottom=0.11, wspace=0.2)
    figure.savefig(path)
    plt.close(figure)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: draw_accuracy.py FOLDER, which holds the bench's accuracy.json")
    folder = Path(sys.argv[1])
    try:
        data = json.loads((folder / "accuracy.json").read_text())
    except OSError as e:
        sys.exit(f"draw_accuracy.py: {e}; make it with ./station accuracy --pictures {folder}")
    drawn = [folder / "errors.png", folder / "coverage.png"]
    draw_errors(data["estimates"], drawn[0])
    draw_coverage(data["estimates"], drawn[1])
    for rep in data["reps"]:
        path = folder / f"rep-{'furthest-off' if rep['why'] == 'worst' else rep['element'].replace('_', '-')}.png"
        draw_rep(rep, path)
        drawn.append(path)
    print(f"{len(drawn)} pictures in {folder}")


if __name__ == "__main__":
    main()
