"""A complete run: draw mutants, try each in a free worker's copy, keep every result, and report."""

from __future__ import annotations

import json
import queue
import tempfile
import threading
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from tests.mutation.excused import EXCUSED, Excuse, excuse_for, excused_mutants
from tests.mutation.mutants import Mutant, draw
from tests.mutation.trial import Copy, Subject, Verdict

LEAST_KILLED, MAX_EXCUSED = 0.98, 0.05
PROGRESS_EVERY = 25


@dataclass
class Result:
    """A mutant and its verdict, or the excuse because of which it was not tried."""

    mutant: Mutant
    verdict: Verdict | None
    excuse: Excuse | None = None


def run(subject: Subject, options: Namespace) -> int:
    """Run the command, and return its exit code."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies = [Copy(subject, Path(folder, str(number))) for number in range(options.workers)]
        frozen = replace(subject, root=copies[0].root)  # a copy, so that no edit affects the sample
        if options.excused:
            mutants = [mutant for _, found in excused_mutants(frozen.root) for mutant in found]
            excuses: Sequence[Excuse] = ()
        else:
            mutants = draw(frozen.root, options.files or frozen.files, options.sample, options.seed)
            excuses = EXCUSED
        results = try_all(mutants, excuses, copies, Memory(options.out, digest(frozen)))
    if options.excused:
        return report_excused(results)
    return report(results)


def try_all(
    mutants: Sequence[Mutant], excuses: Sequence[Excuse], copies: Sequence[Copy], memory: Memory
) -> list[Result]:
    """Try the mutants that are not excused and have no result yet."""
    results = [Result(mutant, memory.known(mutant), excuse_for(mutant, excuses)) for mutant in mutants]
    to_do = [result for result in results if result.verdict is None and result.excuse is None]
    print(f"{len(results)} mutants, of which {len(to_do)} are to be tried", flush=True)
    if not to_do:
        return results
    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(Copy.run_unchanged, copies))
        print(f"the suite passes on the unchanged code, in {sum(copies[0].seconds.values()):.0f} s", flush=True)
        free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for copy in copies:
            free.put(copy)

        def try_out(result: Result) -> Result:
            copy = free.get()
            try:
                result.verdict = copy.try_out(result.mutant, memory.hint(result.mutant))
            finally:
                free.put(copy)
            memory.keep(result.mutant, result.verdict)
            return result

        start = perf_counter()
        futures = [pool.submit(try_out, result) for result in to_do]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                result = future.result()
                if not result.verdict.killed:
                    print(f"survived: {described(result.mutant)}", flush=True)
                if done % PROGRESS_EVERY == 0 or done == len(to_do):
                    minutes = (perf_counter() - start) / 60
                    print(f"{done} of {len(to_do)} tried, {done / minutes:.0f} a minute", flush=True)
        except BaseException:  # for example Ctrl-C: stop the running mutants, and do not start the waiting ones
            pool.shutdown(wait=False, cancel_futures=True)
            for copy in copies:
                copy.close()
            raise
    return results


class Memory:
    """The file of results, one JSON object per line. Results of another tree only say which test to run first."""

    def __init__(self, path: Path, tree: str) -> None:
        self.path = path
        self.tree = tree
        self.lock = threading.Lock()
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        # An interrupted write may have left half a line.
        self.lines = [json.loads(line) for line in lines if line.endswith("}")]
        self.verdicts = {
            line["mutant"]: Verdict(line["outcome"], line["by"]) for line in self.lines if line["tree"] == tree
        }
        self.hints = {line["mutant"]: line["by"] for line in self.lines if line["by"]}

    def known(self, mutant: Mutant) -> Verdict | None:
        return self.verdicts.get(mutant.place.name)

    def hint(self, mutant: Mutant) -> str | None:
        return self.hints.get(mutant.place.name)

    def keep(self, mutant: Mutant, verdict: Verdict) -> None:
        line = {"mutant": mutant.place.name, "tree": self.tree, "outcome": verdict.outcome, "by": verdict.by}
        with self.lock, open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def digest(subject: Subject) -> str:
    """A digest of everything that the verdicts depend on: the package, and the tests that are run."""
    paths = [subject.root / subject.package, *(subject.root / name for name in subject.tests)]
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))}
    files |= set((subject.root / "tests").glob("*.py"))
    text = sha256()
    for file in sorted(files):
        text.update(f"{file.relative_to(subject.root)}\0".encode() + file.read_bytes() + b"\0")
    return text.hexdigest()[:16]


def described(mutant: Mutant) -> str:
    """`file:line operator`, and the change below it."""
    place = mutant.place
    before, after = mutant.original.replace("\n", " "), mutant.mutated.replace("\n", " ")
    return f"{place.file}:{place.line} {place.operator}\n    - {before}\n    + {after}"


def report(results: Sequence[Result]) -> int:
    """Print the verdicts for each file, and the survivors; return 0 if there are few enough."""
    print("\n" + table(results))
    survivors = [result for result in results if result.excuse is None and not result.verdict.killed]
    if survivors:
        print("\nsurvivors")
    for result in sorted(survivors, key=lambda result: (result.mutant.place.file, result.mutant.place.line)):
        print(f"  {described(result.mutant)}")
    listed = sum(result.excuse is not None for result in results)
    tried = len(results) - listed
    killed = tried - len(survivors)
    enough, few = killed >= LEAST_KILLED * tried, listed <= MAX_EXCUSED * len(results)
    print(f"\nkilled: {share(killed, tried)} of those not excused (at least {LEAST_KILLED:.0%}: {yes_or_no(enough)})")
    print(f"excused: {share(listed, len(results))} of all (at most {MAX_EXCUSED:.0%}: {yes_or_no(few)})")
    return 0 if enough and few else 1


def report_excused(results: Sequence[Result]) -> int:
    """Print the excused mutants that a test does kill; return 0 if there are none."""
    killed = [result for result in results if result.verdict.killed]
    for result in killed:
        print(f"excused, but killed by {result.verdict.by}: {described(result.mutant)}")
    print(f"{len(results)} excused mutants, {len(killed)} of them killed")
    return 1 if killed else 0


def table(results: Iterable[Result]) -> str:
    """Per file: mutants, killed (how many by running out of time), survived, listed."""
    counts: dict[str, dict[str, int]] = {}
    for result in results:
        for name in (result.mutant.place.file, "together"):
            row = counts.setdefault(name, dict.fromkeys(("mutants", "killed", "timed out", "survived", "listed"), 0))
            row["mutants"] += 1
            row["listed" if result.excuse else result.verdict.outcome] += 1
            row["killed"] += result.excuse is None and result.verdict.outcome == "timed out"
    together = counts.pop("together", {})
    rows: list[tuple[str, Mapping[str, int]]] = [*sorted(counts.items()), ("together", together)]
    width = max(len(name) for name, _ in rows)
    head = f"{'file':{width}}" + "".join(f"{column:>11}" for column in together)
    return "\n".join([head, *(f"{name:{width}}" + "".join(f"{n:11}" for n in row.values()) for name, row in rows)])


def share(part: int, whole: int) -> str:
    return f"{part} of {whole}, {part / whole:.1%}," if whole else "0 of 0"


def yes_or_no(holds: bool) -> str:
    return "yes" if holds else "NO"
