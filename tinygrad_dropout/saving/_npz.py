"""The npz file: an uncompressed zip of `structure.json` and the arrays `0.npy`, `1.npy`, ...

A file may come from anywhere, so nothing in it is trusted. Declared sizes are compared with the size of the file before
memory is allocated. Compressed members are refused, because even a tiny member can unpack to any size. The header of an
array is matched against a pattern and never evaluated.
"""

from __future__ import annotations

import json
import os
import re
from math import prod
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.saving._structure import put_together, take_apart

FORMAT, VERSION = "tinygrad_dropout", 1
STRUCTURE = "structure.json"
MAX_STRUCTURE_BYTES = 2**22  # bytes: decoded JSON can take 25 times its length
MAX_MEMBERS = 2**16 - 1  # the limit of a zip without extensions

# An npy file of version 1.0: this, the length of the description in two bytes, the description, the data.
ARRAY_BEGINS = b"\x93NUMPY\x01\x00"
DESCRIPTION = re.compile(
    r"\{'descr': '(?P<dtype>\|b1|[|<>][iu][1248]|[<>]f\d{1,2})', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>|\d+,|\d+(?:, \d+)+)\), \} *\n"
)


def write_npz(file: BinaryIO, obj: Any) -> None:
    """Write an object to an open file.

    Raises:
        TypeError, ValueError: the object contains something that cannot be saved.
    """
    arrays: list[Array] = []
    structure = {"format": FORMAT, "version": VERSION, "object": take_apart(obj, arrays)}
    text = json.dumps(structure).encode("ascii")
    if len(text) > MAX_STRUCTURE_BYTES or len(arrays) >= MAX_MEMBERS:
        raise ValueError(
            f"save: expected at most {MAX_STRUCTURE_BYTES:,} bytes of text and {MAX_MEMBERS - 1:,} arrays, got "
            f"{len(text):,} and {len(arrays):,}: put long lists of numbers into arrays"
        )
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(STRUCTURE), text)  # a new ZipInfo has no date: same object, same bytes
        for number, array in enumerate(arrays):
            with archive.open(ZipInfo(f"{number}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)


def read_npz(file: BinaryIO) -> Any:
    """Read an object from an open file. Anything wrong with the file raises an Exception of some kind."""
    size = os.fstat(file.fileno()).st_size
    with ZipFile(file) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if STRUCTURE not in names:
            raise ValueError(f"expected a file that td.save wrote, with a {STRUCTURE} in it, found {names[:3]}")
        if len(names) > MAX_MEMBERS or set(names) != {STRUCTURE, *(f"{n}.npy" for n in range(len(names) - 1))}:
            raise ValueError(f"expected {STRUCTURE} and arrays 0.npy, 1.npy and so on, each once, found other members")
        if any(member.compress_type != ZIP_STORED or member.flag_bits & 1 for member in members):
            raise ValueError("expected members that are neither compressed nor encrypted, found one that is")
        # Members that overlap could add up to more than the file.
        total = sum(member.file_size for member in members)
        if total > size or any(member.file_size != member.compress_size for member in members):
            raise ValueError(
                f"expected members that fit into the file's {size:,} bytes, found {total:,} bytes declared"
            )
        if archive.getinfo(STRUCTURE).file_size > MAX_STRUCTURE_BYTES:
            raise ValueError(f"expected {STRUCTURE} to have at most {MAX_STRUCTURE_BYTES:,} bytes, found more")
        structure = read_structure(archive.read(STRUCTURE))
        arrays = {number: read_array(archive.read(f"{number}.npy")) for number in range(len(names) - 1)}
    obj = put_together(structure, arrays)
    if arrays:
        raise ValueError(f"expected every array to have a place in {STRUCTURE}, found {len(arrays)} without one")
    return obj


def read_structure(text: bytes) -> Any:
    """Check the format and the version, and return the JSON that stands for the object."""
    whole = json.loads(text.decode("ascii"), object_pairs_hook=dict_of_unique)
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or type(whole.get("version")) is not int:
        raise ValueError(f"expected {STRUCTURE} to name the format {FORMAT} and a version, found something else")
    if whole["version"] > VERSION:
        raise ValueError(
            f"expected a format of version {VERSION} or older, found version {whole['version']}: the file was written "
            "by a newer tinygrad_dropout, so update yours to read it"
        )
    if whole["version"] != VERSION or whole.keys() != {"format", "version", "object"}:
        raise ValueError(f"expected version {VERSION} and an object in {STRUCTURE}, found something else")
    return whole["object"]


def dict_of_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dict, or raise an error if a key occurs twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"expected each key once in {STRUCTURE}, found one twice")
    return found


def read_array(member: bytes) -> Array:
    """Return the array in an npy file of version 1.0, which must be exactly as long as its header says."""
    start = 10 + int.from_bytes(member[8:10], "little")
    described = DESCRIPTION.fullmatch(member[10:start].decode("latin-1"))
    if not described or not member.startswith(ARRAY_BEGINS):
        raise ValueError(f"expected an array of numbers or booleans, found the header {member[:80]!r}")
    dtype = np.dtype(described["dtype"])
    shape = tuple(map(int, re.findall(r"\d+", described["shape"])))
    declared, given = prod(shape) * dtype.itemsize, len(member) - start
    if declared != given:
        raise ValueError(
            f"expected {declared:,} bytes for an array of shape {shape} and dtype {dtype}, found {given:,}"
        )
    flat = np.frombuffer(member, dtype, offset=start) if given else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if described["fortran"] == "True" else "C").copy("K")
