"""What the process that reads a document takes from itself before it looks at the document.

Limits of the operating system bound its time, memory and files. On Linux a filter of system calls (seccomp) also
refuses it the network, other programs and processes, and every change of a file; where the system has no such filter,
the limits alone hold.
"""

import ctypes
import os
import resource
from contextlib import suppress

CPU_SECONDS = 5
MEMORY = 300 * 1024 * 1024
_FILES = 64  # open at once: modules are still loaded

# The numbers of system calls, for x86-64 and for 64-bit ARM.
_X86_64 = (
    *(29, 41, 42, 43, 49, 50, 53, 56, 57, 58, 59, 62, 64, 68, 76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94),
    *(101, 132, 133, 161, 165, 188, 189, 190, 200, 235, 248, 250, 258, 259, 260, 261, 263, 264, 265, 266, 268, 272),
    *(280, 285, 288, 298, 308, 310, 311, 316, 321, 322, 323, 424, 425, 434, 435, 437, 452),
)
_ARM_64 = (
    *(5, 6, 7, 33, 34, 35, 36, 37, 38, 40, 45, 46, 47, 51, 52, 53, 54, 55, 88, 97, 117, 129, 130, 186, 190, 194),
    *(198, 199, 200, 201, 202, 203, 217, 219, 220, 221, 241, 242, 268, 270, 271, 276, 280, 281, 282, 424, 425, 434),
    *(435, 437, 452),
)
# Of a machine: its name for the kernel, the calls refused, and those that open files with the place of their flags.
_MACHINES = {
    "x86_64": (0xC000003E, _X86_64, ((2, 1), (257, 2))),
    "aarch64": (0xC00000B7, _ARM_64, ((56, 2),)),
}
_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOAD, _EQUAL, _HAS_BITS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused as "not permitted"
_FIRST_OF_32_BITS = 0x40000000
_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER = 38, 22, 2

_Instruction = tuple[int, int, int, int]


class _SockFilter(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _SockProgram(ctypes.Structure):
    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_SockFilter)))


def set_all(cpu_seconds: int = CPU_SECONDS) -> None:
    """Sets the limits and the filter, for ever. What the system does not know is left out."""
    for limit, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _FILES, _FILES),
        (resource.RLIMIT_NPROC, 0, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (soft, hard))
    set_filter()


def set_filter() -> bool:
    """Refuses this process the system calls that reading needs not; returns whether the system knows such filters."""
    system = os.uname()
    if system.sysname != "Linux" or system.machine not in _MACHINES:
        return False
    instructions = _instructions(*_MACHINES[system.machine])
    program = (_SockFilter * len(instructions))(*(_SockFilter(*one) for one in instructions))
    libc = ctypes.CDLL(None)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not libc.prctl(_SET_FILTER, _FILTER, ctypes.byref(_SockProgram(len(instructions), program)))


def _instructions(machine: int, refused: tuple[int, ...], opening: tuple[tuple[int, int], ...]) -> list[_Instruction]:
    """The filter as the kernel's instructions: what to do, how far to go on if so and if not, and with which number."""
    steps: list[_Instruction] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _FIRST_OF_32_BITS),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for call in refused:
        steps += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _REFUSE)]
    for call, place in opening:
        steps += [
            (_EQUAL, 0, 4, call),
            (_LOAD, 0, 0, 16 + 8 * place),
            (_HAS_BITS, 0, 1, _CHANGES),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]
