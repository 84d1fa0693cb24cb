"""Several processes work ahead, one job each in turn, while the caller stores what they give: in the jobs' order, a few items in memory."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

Job = TypeVar("Job")
Item = TypeVar("Item")


def read_ahead(jobs: Sequence[Job], read: Callable[[Job], Iterator[Item]], *, processes: int | None = None) -> Iterator[Item]:
    """Every item of every job, as `for job in jobs: yield from read(job)` would give them.

    A pipe holds one item back until the caller has taken it, so memory does not grow with the jobs. Items are pickled. The children are
    forks: `read` must touch no connection of the caller and start no thread; it opens its own files and connections, and they end without
    running the caller's exits.

    Args:
        processes: how many read; as many as this process may use processors. With one, or in a process that may have no children,
            everything is read here.

    Raises:
        RuntimeError: a reading process died. What `read` raises is raised here.
    """
    count = min(processes or len(os.sched_getaffinity(0)), len(jobs))
    if count < 2 or multiprocessing.current_process().daemon:
        for job in jobs:
            yield from read(job)
        return
    context = multiprocessing.get_context("fork")  # a fresh interpreter would spend longer on its imports than on the night's files
    workers, pipes = [], []
    try:
        for number in range(count):
            ours, theirs = context.Pipe(duplex=False)
            worker = context.Process(target=_work, args=(jobs[number::count], read, theirs), daemon=True)
            worker.start()
            theirs.close()  # so that the end of the process is the end of the pipe
            workers.append(worker)
            pipes.append(ours)
        for number in range(len(jobs)):
            came: tuple[Item] | None
            while (came := _next(pipes[number % count])) is not None:
                yield came[0]
    finally:
        for pipe in pipes:
            pipe.close()
        for worker in workers:
            worker.terminate()
            worker.join()


def _next(pipe: Connection) -> tuple[Item] | None:
    """The next item of a job in a tuple, None at the job's end."""
    try:
        came = pipe.recv()
    except EOFError:
        raise RuntimeError("a working process died (out of memory, or killed); what it gave before is stored, run the task again") from None
    if isinstance(came, BaseException):
        raise came
    return came  # type: ignore[no-any-return]


def _work(jobs: Sequence[Job], read: Callable[[Job], Iterator[Item]], pipe: Connection) -> None:
    try:
        for job in jobs:
            for item in read(job):
                pipe.send((item,))
            pipe.send(None)
    except BrokenPipeError:
        return  # nobody listens any more
    except Exception as error:  # noqa: BLE001 - raised again by the reader of the pipe
        pipe.send(error)
