"""A file is written completely or not at all, and keeps its permissions; a device or a pipe is not touched."""

import errno
import multiprocessing
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.saving._atomic import write_safely


def test_a_full_disk_leaves_the_old_file(tmp_path):
    """A limit on the size of files simulates a full disk."""
    program = """
import resource, signal, sys, numpy as np, tinygrad_dropout as td
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    td.save(np.zeros(100_000), sys.argv[1])
except OSError as error:
    print(error.filename, error.strerror)
"""
    pytest.importorskip("resource")
    path = tmp_path / "file"
    td.save("old", path)
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{path} save: the file could not be written (File too large); any file there is")
    assert td.load(path) == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_disk_that_fails_at_the_last_moment_leaves_the_old_file(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    td.save("old", tmp_path / "file")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        td.save("new", tmp_path / "file")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "file"))
    assert td.load(tmp_path / "file") == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_link_still_points_to_the_file(tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "real")
    td.save(1, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert td.load(tmp_path / "real") == 1


def test_a_save_during_a_save_damages_neither(tmp_path):
    """This happens in a signal handler that saves before the process ends."""

    def write(file):
        file.write(b"the first ")
        write_safely(tmp_path / "file", lambda inner: inner.write(b"the second"))
        assert (tmp_path / "file").read_bytes() == b"the second"
        file.write(b"half")

    write_safely(tmp_path / "file", write)
    assert (tmp_path / "file").read_bytes() == b"the first half"
    assert os.listdir(tmp_path) == ["file"]


def save_often(path, number):
    for _ in range(30):
        td.save(np.full(50_000, number), path)


def test_while_several_processes_save_every_load_gives_a_complete_file(tmp_path):
    path = tmp_path / "file"
    td.save(np.zeros(50_000), path)
    processes = [multiprocessing.get_context("spawn").Process(target=save_often, args=(path, n)) for n in (1, 2)]
    for process in processes:
        process.start()
    seen = set()
    while any(process.is_alive() for process in processes):
        seen |= set(td.load(path).tolist())
    assert [process.exitcode for process in processes] == [0, 0]
    assert seen & {1, 2}
    assert len(set(td.load(path).tolist())) == 1
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["a" * 255, "\u00e9" * 127, "[x]*?"])
def test_a_name_can_be_as_long_and_as_odd_as_the_file_system_allows(tmp_path, name):
    for value in (1, 2):
        td.save(value, tmp_path / name)
    assert td.load(tmp_path / name) == 2
    assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "file"
    path.touch()
    path.chmod(mode)
    write_safely(path, lambda file: file.write(oct(stat.S_IMODE(os.fstat(file.fileno()).st_mode)).encode()))
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text() == oct(mode)  # before anything was written


def test_a_write_protected_file_is_not_replaced(tmp_path, monkeypatch):
    td.save("old", tmp_path / "file")
    opened = Path.open

    def refused(path, mode="r", *others, **options):
        """Simulate a user who can only read the file. Root can write to every file, so permissions would not work."""
        if "+" in mode:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, mode, *others, **options)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(OSError, match=r"save: the file could not be written \(Permission denied\)") as caught:
        td.save("new", tmp_path / "file")
    assert caught.value.errno == errno.EACCES
    assert td.load(tmp_path / "file") == "old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_neither_replaced_nor_read(tmp_path):
    """Nor is a device: saving to /dev/full replaced it by a file."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    held = os.open(path, os.O_RDWR)  # so that opening it does not wait forever
    try:
        with pytest.raises(OSError, match=r"save: the file could not be written \(Not an ordinary file\)"):
            td.save(1, path)
        with pytest.raises(OSError, match="Not an ordinary file"):
            td.load(path)
    finally:
        os.close(held)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_folder_is_neither_replaced_nor_read(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"save: the file could not be written \(Is a directory\)"):
        td.save(1, tmp_path)
    with pytest.raises(IsADirectoryError):
        td.load(tmp_path)


def test_old_files_of_killed_processes_are_deleted(tmp_path):
    program = """
import os, sys, tinygrad_dropout as td
os.fsync = lambda descriptor: os._exit(9)
td.save(1, sys.argv[1])
"""
    path = tmp_path / "file"
    td.save("old", path)
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", program, path]).returncode == 9
    assert td.load(path) == "old"
    first, second = (name for name in os.listdir(tmp_path) if name != "file")
    not_ours = [".file.tmp", ".file.backup.tmp", ".other.0123456789abcdef.tmp", "file.0123456789abcdef.tmp"]
    for name in not_ours:
        (tmp_path / name).touch()
    for name in [first, *not_ours]:
        os.utime(tmp_path / name, times=(time.time(), time.time() - 3700))
    td.save("new", path)
    assert set(os.listdir(tmp_path)) == {"file", second, *not_ours}
    os.utime(tmp_path / second, times=(time.time(), time.time() - 3500))
    td.save("new", path)
    assert (tmp_path / second).exists()
