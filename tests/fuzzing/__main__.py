"""The command line of the fuzzer."""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

from fuzzing.drive import Budget, Settings, run
from fuzzing.tally import Records, Tally, dump, table
from fuzzing.targets import BY_NAME, TARGETS
from fuzzing.trial import give

NO_LIMIT = 10**12


def main(arguments: list[str]) -> int:
    """Runs what the arguments say; 1 where something crashed."""
    parser = argparse.ArgumentParser("fuzzing", description="Give made and mutated inputs to every parser and printer.")
    parser.add_argument("targets", nargs="*", help=f"which to run (default: all): {', '.join(BY_NAME)}")
    parser.add_argument("--inputs", type=int, help="inputs for each target, those of the tally included")
    parser.add_argument("--seconds", type=float, help="seconds of processor time for each target, in this round")
    parser.add_argument("--seed", default="0", help="another one makes other inputs (default: 0)")
    parser.add_argument("--seeds", type=Path, help="a folder of real files to mutate as well")
    parser.add_argument("--turn", type=float, default=math.inf, help="seconds after which another target has its turn")
    parser.add_argument("--tally", type=Path, help="a folder that remembers what was tried, and what for, from round to round")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument(
        "--crashes", type=Path, default=Path("build/fuzz"), help="where crashes are written (default: build/fuzz)"
    )
    parser.add_argument("--json", type=Path, help="also write the table here")
    parser.add_argument("--reproduce", type=Path, help="give this one file to the target that its name begins with")
    chosen = parser.parse_args(arguments)
    if chosen.reproduce is not None:
        return reproduce(chosen.reproduce, chosen.targets)
    unknown = [name for name in chosen.targets if name not in BY_NAME]
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; expected one of {', '.join(BY_NAME)}")
    seconds = chosen.seconds if chosen.seconds is not None else NO_LIMIT if chosen.inputs else 60.0
    settings = Settings(
        Budget(chosen.inputs or NO_LIMIT, seconds),
        chosen.seed,
        chosen.crashes,
        chosen.seeds,
        chosen.jobs,
        turn_seconds=chosen.turn,
        records=Records(chosen.tally),
    )
    targets = [BY_NAME[name] for name in chosen.targets] or list(TARGETS)
    tallies: dict[str, Tally] = {}
    told = 0.0
    for tally in run(targets, settings):
        tallies[tally.target] = tally
        if time.monotonic() - told > 30:
            told = time.monotonic()
            print(f"{tally.target}: {tally.inputs:,} inputs, {len(tally.crashes)} crashes", file=sys.stderr, flush=True)
            if chosen.json is not None:
                chosen.json.write_text(dump(list(tallies.values())), "utf-8")
    print(table(list(tallies.values())))
    if chosen.json is not None:
        chosen.json.write_text(dump(list(tallies.values())), "utf-8")
    written = [chosen.crashes / f"{name}.txt" for tally in tallies.values() for name in tally.crashes]
    # Those of earlier rounds may have been mended.
    crashes = [path for path in written if path.exists()]
    for path in crashes:
        print(path.read_text("utf-8"), file=sys.stderr)
    return 1 if crashes else 0


def reproduce(file: Path, names: list[str]) -> int:
    """Gives one input to a target; 1 where it crashes."""
    name = names[0] if names else file.name.rpartition("-")[0]
    trial = give(BY_NAME[name], file.read_bytes(), twice=True)
    print(f"{name}: {trial.seconds:.2f} s of processor time")
    if trial.crash is not None:
        print(f"{trial.crash.key}\n{trial.crash.told}")
    return 1 if trial.crash is not None else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
