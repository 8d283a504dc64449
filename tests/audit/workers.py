"""What real worker processes do in tests: answer, die, or fall asleep, as a file's name says."""

import os
import signal
import time
from multiprocessing.connection import Connection

from scanner.audit.examined import Examined
from scanner.audit.worker import OUT_OF_MEMORY, Order, Refusal
from scanner.confined.bounds import limit_memory


def obedient(link: Connection, order: Order) -> None:
    link.send(None)
    try:
        while True:
            for path, _known in link.recv():
                if "deadly" in path:
                    os.kill(os.getpid(), signal.SIGKILL)
                if "slow" in path:
                    time.sleep(60)
                if "large" in path:
                    need_too_much(order)
                link.send(Examined(path.encode(), kind="note"))
    except EOFError:
        return


def need_too_much(order: Order) -> None:
    limit_memory(order.config.limits.memory)
    try:
        bytearray(2 * order.config.limits.memory)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def refusing(link: Connection, _: Order) -> None:
    link.send(Refusal("the rules are broken", "restore them"))


def stillborn(_: Connection, __: Order) -> None:
    os._exit(3)
