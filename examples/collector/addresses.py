"""Which address counts as the client's, behind proxies too."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

from starlette.requests import Request

__all__ = ["Networks", "client_of", "networks"]

Address: TypeAlias = IPv4Address | IPv6Address
Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

_SUBNET: Final = 64
"""Bits that one customer has of an IPv6 address; the rest is his to choose."""


def networks(text: str) -> Networks:
    """The networks of a list with commas.

    Raises:
        ValueError: One of them is none.
    """
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


def client_of(request: Request, proxies: Networks) -> str:
    """The address that limits count by; an IPv6 address stands for its /64.

    A peer that is no proxy of ours is the client, whatever it says. Of what a proxy forwards, the
    last address that is no proxy's counts: what stands before it the client may have made up.

    Args:
        request: The request.
        proxies: Whose ``X-Forwarded-For`` and ``Forwarded`` are believed. Where both were sent
            and do not agree, one of them is the client's own: then the proxy itself counts.
    """
    peer = "" if request.client is None else request.client.host
    hop = _address(peer)
    if hop is None:
        return peer
    hops = {
        _last_foreign(hop, chain, proxies)
        for chain in (
            _all_of(request, "x-forwarded-for"),
            [_for(each) for each in _all_of(request, "forwarded")],
        )
        if chain
    }
    return _named(hops.pop() if len(hops) == 1 else hop)


def _all_of(request: Request, header: str) -> list[str]:
    return [each for line in request.headers.getlist(header) for each in line.split(",")]


def _for(element: str) -> str:
    """Whom an element of ``Forwarded`` is for."""
    pairs = [pair.partition("=") for pair in element.split(";")]
    return next((value for name, _, value in pairs if name.strip().lower() == "for"), "")


def _last_foreign(hop: Address, hops: Sequence[str], proxies: Networks) -> Address:
    for said in reversed(hops):
        before = _address(said)
        if before is None or not any(hop in network for network in proxies):
            break
        hop = before
    return hop


def _address(said: str) -> Address | None:
    """An address as proxies write it: quoted, in brackets, with a port, or none at all."""
    host = said.strip().strip('"')
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _named(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address) >> _SUBNET << _SUBNET, _SUBNET)))
