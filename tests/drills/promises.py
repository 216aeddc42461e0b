"""The sentences of a task, and the checks that its promises.md names for each of them.

`python -m tests.drills.promises 11` prints promises.md of exercise 11 as it should be: it keeps the checks that are
there, marks new sentences with TO DO, and lists the claims to choose from at the end. With `build 3`, it prints that of
stage 3.
"""

import re
import sys

from tests.drills.alone import Alone
from tests.drills.derived import derived
from tests.drills.graded import graded
from tests.drills.odd_dropout import odd_answers
from tinygrad_dropout.drills.exercise import find
from tinygrad_dropout.drills.stage import find_stage

TITLE = "# What enforces each sentence of the task"
NOTHING = "nothing to check"

#: the space between two sentences: after an end mark and closing marks, before a character that can begin a sentence
BETWEEN_SENTENCES = re.compile(r"(?<=[.?!])(?:\*\*|[)\"])*\s+(?=[A-Z0-9`(\"*])")


def sentences(task):
    """The sentences of a task, in their order, without its headings, examples and table headers."""
    found = []
    for block in blocks(task):
        if block[0].startswith("```"):
            found += [" ".join(line.split()) for line in block[1:-1] if line.strip()]
        elif block[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block[2:]]
            found += [" | ".join(filter(None, row)) for row in rows]
        else:
            found += in_sentences(" ".join(" ".join(block).split()))
    return found


def blocks(task):
    """Paragraphs, items of lists, tables and fences, as lists of lines."""
    found, block, in_example = [], [], False
    for line in [*task.splitlines(), ""]:
        in_fence = bool(block) and block[0].startswith("```")
        if in_fence:
            block.append(line)
        if in_fence and line != "```":
            continue
        if not in_fence and (not line.strip() or line.startswith(("#", "```", "- "))):
            found += [block] * bool(block)
            block = [line.removeprefix("- ")] if line.strip() and not line.startswith("#") else []
        elif in_fence:
            found += [block] * (not in_example and block[0] == "```")
            block = []
        else:
            block.append(line)
        if line.startswith("#"):
            in_example = line == "## Example"
    return found


def in_sentences(text):
    """The sentences of a paragraph; a period inside `code` does not end one."""
    masked = re.sub(r"`[^`]*`", lambda code: f"`{'x' * (len(code[0]) - 2)}`", text)
    ends = [re.search(r"\s+$", match[0]).start() + match.start() for match in BETWEEN_SENTENCES.finditer(masked)]
    return [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def promises(text):
    """The pairs in a promises.md: a sentence, and the list of its checks."""
    found = []
    for line in text.splitlines():
        if line.startswith("- "):
            found.append((line.removeprefix("- "), []))
        elif line.startswith("  - "):
            found[-1][1].append(line.removeprefix("  - "))
        elif line.strip() and line != TITLE:
            raise ValueError(f"a line that is neither a sentence nor its check: {line!r}")
    return found


def names_claim(name, claim):
    """Whether a line names a claim: all of it, or the part before its colon."""
    return name in (claim, claim.partition(":")[0])


def kept_claims(exercise):
    """The claims that the solution satisfies."""
    return set(graded(exercise, exercise.solution).right)


def broken_claims(exercise):
    """Claim -> the codes of the wrong answers, written out or derived, that it rejects; "" -> those that pass."""
    found = {}
    for sample in exercise.wrong:
        rejection = graded(exercise, sample.source).rejection
        found.setdefault(rejection.claim if rejection else "", set()).add(sample.name)
    for one in derived(exercise):
        found.setdefault(one.claim, set()).add(one.code)
    for code, source in odd_answers(exercise):
        rejection = graded(exercise, source).rejection
        found.setdefault(rejection.claim if rejection else "", set()).add(code)
    return found


def skeleton(exercise):
    """A promises.md with every sentence of the task, and the checks that are known for it."""
    path = exercise.folder / "promises.md"
    known = dict(promises(path.read_text(encoding="utf-8"))) if path.exists() else {}
    lines = [TITLE, ""]
    for sentence in sentences(exercise.task):
        lines += [f"- {sentence}", *(f"  - {name}" for name in known.get(sentence, ["TO DO"]))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    chosen = Alone(find_stage(sys.argv[2]).folder) if sys.argv[1] == "build" else find(sys.argv[1])
    print(skeleton(chosen))
    broken = broken_claims(chosen)
    for claim in sorted(kept_claims(chosen)):
        print(f"{claim}   <- {', '.join(sorted(broken.get(claim, ()))) or 'BROKEN BY NO WRONG ANSWER'}")
    print(f"outside of any claim: {', '.join(sorted(broken.get('', ())))}")
