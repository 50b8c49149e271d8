"""Runs programs and says what they took: wall time, processor time and peak memory of whole processes."""
import os
import pathlib
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def build_spawn(folder):
    """The program that runs the others: Python's own memory would count as its children's."""
    Row.spawn = folder / "spawn"
    subprocess.run(["cc", "-O2", HERE / "spawn.c", "-o", Row.spawn], check=True)


class Row:
    """One line of the table: a command that is run again and again, between the others."""

    spawn = None

    def __init__(self, name, command, note="", codes=(0,), env=None):
        self.name, self.command, self.note, self.codes, self.env = name, command, note, codes, env
        self.walls, self.cpus, self.peaks = [], [], []

    def run(self):
        env = None if self.env is None else {**os.environ, **self.env}
        done = subprocess.run([self.spawn, *self.command], stdout=subprocess.PIPE, env=env, check=True)
        code, wall, cpu, peak = (int(word) for word in done.stdout.split())
        if code not in self.codes:
            raise SystemExit(f"{self.name}: exit code {code}: {' '.join(map(str, self.command))}")
        self.walls.append(wall / 1e6)
        self.cpus.append(cpu / 1e6)
        self.peaks.append(peak / 1024)

    @property
    def wall(self):
        return statistics.median(self.walls)

    @property
    def cpu(self):
        return statistics.median(self.cpus)

    @property
    def peak(self):
        return statistics.median(self.peaks)


def run_all(rows, rounds):
    """Every row once a round, so that a busy moment of the machine meets them all."""
    for _ in range(rounds):
        for row in rows:
            row.run()


def table(rows, base=None):
    """The rows as Markdown; BASE is the row that the ratios are to."""
    lines = ["| what | wall: median (least) | processor time | peak memory | ratio | |", "|---|---|---|---|---|---|"]
    for row in rows:
        ratio = "" if base is None else f"{row.wall / base.wall:.2f}"
        lines.append(f"| {row.name} | {row.wall * 1000:,.1f} ms ({min(row.walls) * 1000:,.1f}) | {row.cpu * 1000:,.0f} ms "
                     f"| {row.peak:,.0f} MB | {ratio} | {row.note} |")
    return "\n".join(lines)
