"""Textbook queueing: what a steady pool's wait is, and what the simulation is held against."""


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that must wait, `load` servers' worth of work arriving at random; 1 when it is too much."""
    if load >= servers:
        return 1.0
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, rate: float, service: float, variation: float) -> float:
    """Gives the mean seconds in the queue of M/G/c.

    `variation` is standard deviation / mean of the service (Lee and Longton).

    Exact for M/M/c and M/G/1; within a few percent for M/D/c under heavy load. Infinite when work piles up.
    """
    load = rate * service
    if load >= servers:
        return float("inf")
    exponential = erlang_c(servers, load) * service / (servers - load)
    return exponential * (1 + variation**2) / 2
