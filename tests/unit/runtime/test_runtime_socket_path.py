"""Sockets whose path is longer than an address: named from the directory that they lie in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from keyless.runtime.socket_path import MOST_BYTES, short_name


def test_a_short_path_is_used_as_it_is(tmp_path: Path) -> None:
    before = os.getcwd()
    with short_name(Path("/run/x.sock")) as name:
        assert (name, os.getcwd()) == ("/run/x.sock", before)


def test_a_path_of_any_length_can_be_bound_and_connected_to(tmp_path: Path) -> None:
    before = os.getcwd()
    deep = tmp_path / ("é" * 100)
    deep.mkdir()
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as client:
        with short_name(deep / "a.sock") as name:
            assert len(name) < MOST_BYTES
            listening.bind(name)
        listening.listen()
        with short_name(deep / "a.sock") as name:
            client.connect(name)
    assert os.getcwd() == before
    assert (deep / "a.sock").is_socket()


def test_the_current_directory_comes_back_after_an_error(tmp_path: Path) -> None:
    before = os.getcwd()
    deep = tmp_path / ("a" * 150)
    deep.mkdir()
    with pytest.raises(FileNotFoundError), short_name(tmp_path / ("b" * 150) / "a.sock"):
        pass
    with pytest.raises(ValueError, match="mine"), short_name(deep / "a.sock"):
        raise ValueError("mine")
    assert os.getcwd() == before
