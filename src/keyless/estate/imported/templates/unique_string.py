"""What `uniqueString()` answers: a hash of 64 bits, in thirteen letters and digits.

The hash has two lanes of 32 bits, which read four bytes each in turn; the last bytes are read as if zeroes
followed. Its steps and constants are those of a provider of Azure's own that makes the same names; what it
answers was compared with what Azure itself did.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#uniquestring
and https://registry.terraform.io/providers/Azure/azapi/latest/docs/functions/unique_string
"""

from __future__ import annotations

_BITS = 0xFFFFFFFF
_ONE, _OTHER = 597399067, 2869860233
_ADDED = (1444728091, 197830471)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def unique_string(*parts: str) -> str:
    """The answer for some texts."""
    value = _hash("-".join(parts).encode())
    return "".join(_LETTERS[(value << 1 >> (60 - 5 * at)) & 31] for at in range(13))


def _hash(data: bytes) -> int:
    first = second = 0
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        first = _turned(first ^ _mixed_first(data[at : at + 4]), 19) + second
        first = (first * 5 + _ADDED[0]) & _BITS
        second = _turned(second ^ _mixed_second(data[at + 4 : at + 8]), 13) + first
        second = (second * 5 + _ADDED[1]) & _BITS
    rest = data[whole:]
    first ^= _mixed_first(rest[:4]) ^ len(data)
    second ^= _mixed_second(rest[4:]) ^ len(data)
    first, second = _crossed(first, second)
    first, second = _crossed(_spread(first), _spread(second))
    return (second << 32) | first


def _mixed_first(four: bytes) -> int:
    return _turned(_number(four) * _ONE & _BITS, 15) * _OTHER & _BITS


def _mixed_second(four: bytes) -> int:
    return _turned(_number(four) * _OTHER & _BITS, 17) * _ONE & _BITS


def _number(four: bytes) -> int:
    return int.from_bytes(four, "little")


def _turned(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & _BITS


def _crossed(first: int, second: int) -> tuple[int, int]:
    first = (first + second) & _BITS
    return first, (second + first) & _BITS


def _spread(value: int) -> int:
    value = (value ^ (value >> 16)) * 2246822507 & _BITS
    value = (value ^ (value >> 13)) * 3266489909 & _BITS
    return value ^ (value >> 16)
