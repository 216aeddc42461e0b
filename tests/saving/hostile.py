"""Files that a stranger might send, and files that a disk or a network has damaged.

`python -m tests.saving.hostile 10000` makes 10,000 damaged files from a few good ones and tries to load each, with a
limit on the memory of the process. It prints what happened to them.
"""

import io
import json
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_dropout as td
from tests.saving.objects import same

MEMORY = 200 * 2**20  # bytes that loading can use in addition to the process's memory


def structure(obj: Any, version: int = 1) -> str:
    return json.dumps({"format": "tinygrad_dropout", "version": version, "object": obj})


def nested(depth: int, kind: type) -> Any:
    """The structure of a number nested in this many lists or dicts."""
    obj: Any = 1
    for _ in range(depth):
        obj = ["list", obj] if kind is list else ["dict", {"a": obj}]
    return obj


def npy(descr: str = "'<f4'", shape: str = "(2,)", data: bytes = bytes(8), fortran: str = "False") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def npz(text: str | bytes, *arrays: bytes, others: dict[str, bytes] | None = None, **options: Any) -> bytes:
    """A file with these members and the right checksums."""
    buffer = io.BytesIO()
    members = [("structure.json", text), *((f"{n}.npy", array) for n, array in enumerate(arrays))]
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in [*members, *(others or {}).items()]:
            archive.writestr(zipfile.ZipInfo(name), data, options.get("compression", zipfile.ZIP_STORED))
    return buffer.getvalue()


def with_sizes(file: bytes, size: int) -> bytes:
    """The file, with this size declared in its directory for the last member."""
    place = file.rindex(b"PK\x01\x02") + 20
    return file[:place] + size.to_bytes(4, "little") * 2 + file[place + 8 :]


def flagged(file: bytes, flags: int) -> bytes:
    """The file with these flags set for each member, in its header and in the directory."""
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        head, *parts = file.split(signature)
        file = head + b"".join(
            signature + part[: offset - 4] + flags.to_bytes(2, "little") + part[offset - 2 :] for part in parts
        )
    return file


ONE = structure(["array", 0])
LOCAL_ONLY = npz(ONE, npy())
#: name: (the file, a part of the error message)
HOSTILE = {
    "nothing": (b"", "damage"),
    "no zip": (b"weights", "damage"),
    "a shape of terabytes": (npz(ONE, npy(shape="(1099511627776,)")), "expected 4,398,046,511,104 bytes .*found 8"),
    "a shape that overflows": (npz(ONE, npy(shape="(4294967296, 4294967296)")), "found 8"),
    "a shape of many digits": (npz(ONE, npy(shape="(" + "9" * 5000 + ",)")), "damage"),
    "a negative length": (npz(ONE, npy(shape="(-2,)")), "expected an array of numbers or booleans"),
    "two negative lengths": (npz(ONE, npy(shape="(-2, -1)")), "expected an array of numbers or booleans"),
    "no numbers, of too many": (npz(ONE, npy(shape="(0, 99999999999999999999)", data=b"")), "damage"),
    "too many axes": (npz(ONE, npy(shape=f"({', '.join('1' * 99)})", data=bytes(4))), "damage"),
    "a shape that does not fit": (npz(ONE, npy(shape="(3,)")), r"expected 12 bytes .*shape \(3,\).*found 8"),
    "too few data": (npz(ONE, npy(data=bytes(7))), "expected 8 bytes .*found 7"),
    "too many data": (npz(ONE, npy(data=bytes(12))), "expected 8 bytes .*found 12"),
    "numbers where none are declared": (npz(ONE, npy(shape="(0,)")), "expected 0 bytes .*found 8"),
    "an object": (npz(ONE, npy("'|O'", data=b"cos\nsystem\n(S'id'\ntR.")), "numbers or booleans"),
    "a pickle": (npz(ONE, b"cos\nsystem\n(S'id'\ntR."), "numbers or booleans"),
    "a structured dtype": (npz(ONE, npy("[('a', '<f4')]")), "numbers or booleans"),
    "a string dtype": (npz(ONE, npy("'<U2'")), "numbers or booleans"),
    "an unknown float": (npz(ONE, npy("'<f7'", "(1,)", bytes(7))), "damage"),
    "code in the header": (npz(ONE, npy(shape="__import__('os').abort()")), "numbers or booleans"),
    "brackets in the header": (npz(ONE, npy(shape="(" * 9000)), "numbers or booleans"),
    "a header that is longer than the file": (npz(ONE, b"\x93NUMPY\x01\x00\xff\xff{"), "numbers or booleans"),
    "npy of version 3": (npz(ONE, b"\x93NUMPY\x03\x00" + npy()[8:]), "numbers or booleans"),
    "an empty array member": (npz(ONE, b""), "numbers or booleans"),
    "a zip bomb": (npz(ONE, npy(shape="(50000000,)", data=bytes(200_000_000)), compression=zipfile.ZIP_DEFLATED),
                   "neither compressed nor encrypted"),
    "an encrypted member": (flagged(LOCAL_ONLY, 1), "neither compressed nor encrypted"),
    "a member declared too long": (with_sizes(LOCAL_ONLY, 2**31), "expected members that fit into the file"),
    "a member declared too short": (with_sizes(LOCAL_ONLY, 10), "damage"),
    "an absolute path": (npz("1", others={"/etc/passwd": b"x"}), "found other members"),
    "a parent path": (npz("1", others={"../../0.npy": b"x"}), "found other members"),
    "a folder": (npz("1", others={"0.npy/": b""}), "found other members"),
    "a number that is missing": (npz("1", others={"1.npy": npy()}), "found other members"),
    "too many members": (npz("1", *[b""] * 65_536), "found other members"),
    "no structure": (npz("", others={}).replace(b"structure.json", b"structures.jso"), "a file that td.save wrote"),
    "structure of garbage": (npz(b"\xff\xfe"), "damage"),
    "empty structure": (npz(""), "damage"),
    "another format": (npz('{"format": "torch", "version": 1, "object": 1}'), "structure.json to name the format"),
    "a list for a structure": (npz("[]"), "structure.json to name the format"),
    "a newer version": (npz(structure(1, version=2)), "version 1 or older, found version 2: .*newer tinygrad_dropout"),
    "version 0": (npz(structure(1, version=0)), "expected version 1"),
    "version true": (npz(structure(1, version=True)), "a version"),
    "deep JSON": (npz("[" * 1_000_000), "damage"),
    "deep but valid JSON": (npz(structure(1)[:-2] + '["list", ' * 400 + "1" + "]" * 400 + "}"), "damage|at most 50"),
    "a list 51 deep": (npz(structure(nested(51, list))), "at most 50 nested containers, found more"),
    "a dict 51 deep": (npz(structure(nested(51, dict))), "at most 50 nested containers, found more"),
    "a key twice": (npz(structure(1)[:-2] + '["dict", {"a": 1, "a": 2}]}'), "each key once"),
    "a huge number": (npz(structure(1)[:-2] + "9" * 5000 + "}"), "damage"),
    "an unknown kind": (npz(structure(["set", 1])), "expected an array, a dict"),
    "a bare dict": (npz(structure({"a": 1})), "expected an array, a dict"),
    "an empty list": (npz(structure([])), "expected an array, a dict"),
    "an array that is not there": (npz(structure(["array", 1]), npy()), "expected an array, a dict"),
    "an array numbered by True": (npz(structure(["array", True]), npy(), npy()), "expected an array, a dict"),
    "an array in two places": (npz(structure(["list", *[["array", 0]] * 2]), npy()), "expected an array, a dict"),
    "an array in no place": (npz(structure(1), npy()), "every array to have a place.*found 1 without one"),
    "long structure": (npz(" " * (2**22 + 1)), "at most 4,194,304 bytes"),
    "many small lists": (npz(structure(1)[:-2] + '["list"' + ",[]" * 1_300_000 + "]}"), "expected an array, a dict"),
}  # fmt: skip


def good_files(folder: Path) -> list[tuple[bytes, Any]]:
    """Some valid files, and their contents."""
    rng = np.random.default_rng(0)
    small = {"a": np.arange(3.0), "n": [1, "two", (None, True)], "rng": td.get_rng_state(np.random.default_rng(1))}
    large = {"model": {f"{n}.weight": rng.normal(size=(n + 1, 5)).astype(np.float32) for n in range(6)}, "lr": 0.1}
    files = []
    for obj in (small, large):
        td.save(obj, folder / "good")
        files.append(((folder / "good").read_bytes(), obj))
    return files


def flipped(rng: np.random.Generator, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        changed[rng.integers(len(changed))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def inside(rng: np.random.Generator, data: bytes) -> bytes:
    """Damage inside a member whose checksum is then corrected, so that deeper checks are reached."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    victim = list(members)[rng.integers(len(members))]
    text = bytearray(members[victim])
    place = int(rng.integers(min(len(text), 140)))
    piece = [b"9", b"-", b"[", b'"', b"}", b"99999999999", b"O", b"\x00", b"", b"NaN", b", "][rng.integers(11)]
    text[place : place + int(rng.integers(3))] = piece
    members[victim] = bytes(text)
    return npz(members.pop("structure.json"), others=members)


def damaged(rng: np.random.Generator, files: list[tuple[bytes, Any]]) -> tuple[str, bytes]:
    """The kind of damage, and a damaged file."""
    one, other = (files[index][0] for index in rng.integers(len(files), size=2))
    start, end = sorted(rng.integers(len(one) + 1, size=2))
    kind = ["flips", "cut", "hole", "doubled", "splice", "noise", "directory", "inside"][rng.integers(8)]
    noise = rng.bytes(int(rng.integers(1, 40)))
    directory = one.rindex(b"PK\x01\x02")
    return kind, {
        "flips": lambda: flipped(rng, one),
        "cut": lambda: one[:start],
        "hole": lambda: one[:start] + one[end:],
        "doubled": lambda: one[:end] + one[start:],
        "splice": lambda: one[:start] + other[int(rng.integers(len(other))) :],
        "noise": lambda: one[:start] + noise + one[start + len(noise) :],
        "directory": lambda: one[:directory] + flipped(rng, one[directory:]),
        "inside": lambda: inside(rng, one),
    }[kind]()


def outcomes(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """(kind of damage, what happened): refused, loaded what was saved, or loaded something else.

    A file can load correctly despite the damage (to a date in the directory, for example). Something else can come
    from damage "inside" only, which has the right checksums.
    """
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "file")
        files = good_files(Path(name))
        for _ in range(count):
            kind, data = damaged(rng, files)
            path.write_bytes(data)
            try:
                obj = td.load(path)
            except td.CheckpointError as error:
                message = str(error)
                assert "expected" in message, message
                assert "found" in message, message
                assert "\n" not in message, message
                yield kind, "refused"
                continue
            intact = any(same(obj, saved) for _, saved in files)
            yield kind, "loaded what was saved" if intact else "loaded something else"


def limit_memory() -> None:
    """Limit the memory of this process from now on."""
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    limit_memory()
    if sys.argv[1] == "hostile":
        for file in sorted(Path(sys.argv[2]).iterdir(), key=lambda path: int(path.name)):
            try:
                print(repr(td.load(file)))
            except td.CheckpointError as error:  # noqa: PERF203
                print(str(error).encode("ascii", "backslashreplace").decode())
    else:
        begun = time.perf_counter()
        counted = Counter(outcomes(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
        for (kind, outcome), number in sorted(counted.items()):
            print(f"{kind:10} {outcome:22} {number:6}")
        print(f"{time.perf_counter() - begun:.0f} s, at most {MEMORY // 2**20} MiB")
