"""Textbook queueing formulas: the wait in a steady pool, with which the simulation is compared."""


def erlang_c(servers: int, load: float) -> float:
    """Returns the share of arrivals that must wait (Erlang C), for `load` servers' worth of random work.

    Returns 1 if the work is more than the servers can do.
    """
    if load >= servers:
        return 1.0
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, rate: float, service: float, variation: float) -> float:
    """Returns the mean seconds in the queue of M/G/c (Lee and Longton).

    `variation` is standard deviation / mean of the service time. Exact for M/M/c and M/G/1, within a few percent for
    M/D/c under heavy load. Infinite when there is more work than the servers can do.
    """
    load = rate * service
    if load >= servers:
        return float("inf")
    exponential = erlang_c(servers, load) * service / (servers - load)
    return exponential * (1 + variation**2) / 2
