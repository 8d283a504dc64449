"""What changed below some folders, as far as the system tells, and since when it is quiet."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

MOST = 10_000  # changed paths remembered; beyond, the folders are looked at as a whole
_CHANGES = frozenset({"created", "modified", "moved", "closed", "deleted"})


class Hints(FileSystemEventHandler):
    """Collect changed paths; safe to use from the observer's thread and from the watcher's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed: dict[str, float] = {}
        self._overflow = False
        self._observer: BaseObserver = Observer()
        self._watched: dict[str, tuple[ObservedWatch, tuple[int, int]]] = {}

    def start(self, roots: Iterable[str]) -> bool:
        """Begin to listen; tell whether the system sends events for all the folders."""
        self._observer.start()
        return self.follow(roots)

    def follow(self, roots: Iterable[str]) -> bool:
        """Listen to folders that came or were replaced; tell whether all are listened to."""
        complete = True
        for root in roots:
            try:
                info = Path(root).stat()
                place = (info.st_dev, info.st_ino)
                if root in self._watched:
                    watch, known = self._watched[root]
                    if known == place:
                        continue
                    self._observer.unschedule(watch)
                self._watched[root] = (
                    self._observer.schedule(self, root, recursive=True),
                    place,
                )
            except OSError:  # not there, or the system's limit of watches is reached
                complete = False
        return complete

    def stop(self) -> None:
        """End listening."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the paths of an event."""
        if event.event_type not in _CHANGES:  # opened, closed unchanged: also by ourselves
            return
        if event.is_directory and event.event_type == "modified":  # what changed in it is told too
            return
        with self._lock:
            for path in (event.src_path, event.dest_path):
                if path:
                    self._note(os.fsdecode(path))

    def again(self, path: str) -> None:
        """Note a path that is still being written."""
        with self._lock:
            self._note(path)

    def due(self, quiet: float) -> list[str]:
        """Return, and forget, the paths that did not change for that many seconds."""
        before = time.monotonic() - quiet
        with self._lock:
            due = [path for path, since in self._changed.items() if since <= before]
            for path in due:
                del self._changed[path]
            return due

    def overflowed(self) -> bool:
        """Tell, and forget, whether more changed than was remembered."""
        with self._lock:
            overflow, self._overflow = self._overflow, False
            return overflow

    def _note(self, path: str) -> None:
        if len(self._changed) >= MOST:
            self._changed.clear()
            self._overflow = True
        self._changed.pop(path, None)
        self._changed[path] = time.monotonic()
