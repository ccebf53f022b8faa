"""A disk that remembers what a crash would have left on it, at each write of a run."""

import os
from pathlib import Path
from typing import Any

import pytest

from workbench.adapters.files import durable as files

State = dict[str, bytes]
"""The files of a folder, by name."""


class Disk:
    """Stands in for `os` where files are written, and takes down the folder's state at each write.

    killed: what a killed process leaves, half a write included. cut: what a power cut leaves where
    that is less, for of what was appended only what was flushed is sure to stay.
    """

    def __init__(self, folder: Path) -> None:
        self.killed: list[State] = []
        self.cut: list[State] = []
        self._folder = folder
        self._flushed = {path.stat().st_ino: path.stat().st_size for path in folder.iterdir()}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, handle: int, data: bytes) -> int:
        half = len(data) // 2
        os.write(handle, data[:half])
        self._take_down()
        os.write(handle, data[half:])
        self._take_down()
        return len(data)

    def fsync(self, handle: int) -> None:
        """Note what is flushed; that the disk obeys is not what is tested."""
        self._flushed[os.fstat(handle).st_ino] = os.fstat(handle).st_size

    def replace(self, source: Path, target: Path) -> None:
        self._take_down()
        os.replace(source, target)
        self._take_down()

    def truncate(self, path: Path, length: int) -> None:
        os.truncate(path, length)
        self._take_down()

    def _take_down(self) -> None:
        killed, cut = {}, {}
        for path in self._folder.iterdir():
            if path.suffix != ".lock":
                killed[path.name] = path.read_bytes()
                cut[path.name] = killed[path.name][: self._flushed.get(path.stat().st_ino, 0)]
        if killed not in self.killed[-1:]:
            self.killed.append(killed)
        if cut not in (*self.cut[-1:], *self.killed):
            self.cut.append(cut)


def run_on_disk(folder: Path, state: State, job: Any) -> Disk:
    """Lay out a folder as a crash left it, and run a job in there; returns what its disk saw."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in state.items():
        (folder / name).write_bytes(content)
    disk = Disk(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "os", disk)
        job()
    return disk


def state_of(folder: Path) -> State:
    """Give the files of a folder, but for locks."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".lock"}
