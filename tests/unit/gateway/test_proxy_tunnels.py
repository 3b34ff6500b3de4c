from __future__ import annotations

from keyless.gateway.proxy.tunnels import Tunnels


def test_a_tunnel_is_known_by_the_address_that_it_comes_from():
    tunnels: Tunnels[str] = Tunnels()
    tunnels.opened(("127.0.0.1", 4000), "web")
    assert tunnels.lease_at("127.0.0.1:4000") == "web"
    tunnels.closed(("127.0.0.1", 4000), "web")
    assert tunnels.lease_at("127.0.0.1:4000") is None


def test_a_tunnel_that_leads_elsewhere_does_not_speak_for_a_connection_from_the_same_port():
    tunnels: Tunnels[str] = Tunnels()
    tunnels.opened(("192.0.2.7", 4000), "web")
    assert tunnels.lease_at("127.0.0.1:4000") is None


def test_the_end_of_a_tunnel_leaves_alone_another_one_that_has_its_address_by_now():
    tunnels: Tunnels[str] = Tunnels()
    tunnels.opened(("127.0.0.1", 4000), "web")
    tunnels.opened(("127.0.0.1", 4000), "worker")
    tunnels.closed(("127.0.0.1", 4000), "web")
    assert tunnels.lease_at("127.0.0.1:4000") == "worker"
