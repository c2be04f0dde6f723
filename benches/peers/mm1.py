"""An M/M/1 queue in SimPy, written as its documentation writes queues: a process for each customer, a Resource.

Takes the arrival rate, the service rate and the length of a run; prints customers, events and the milliseconds of each
slice of the run, the fastest there were, between tabs and spaces. An event is one that the environment takes from its
queue.
"""

import random
import sys
import time

import simpy

REPETITIONS = 2
SLICES = 100


class Counting(simpy.Environment):
    """Counts events; only for the run that is not timed."""

    events = 0

    def step(self):
        self.events += 1
        super().step()


def customer(env, server, per_second):
    with server.request() as request:
        yield request
        yield env.timeout(random.expovariate(per_second))


def source(env, server, arrivals, services, customers):
    while True:
        yield env.timeout(random.expovariate(arrivals))
        customers[0] += 1
        env.process(customer(env, server, services))


def run(env, slices, arrivals, services, length):
    """Customers, and the milliseconds of each slice."""
    random.seed(1)
    customers = [0]
    env.process(source(env, simpy.Resource(env), arrivals, services, customers))
    times = []
    for number in range(1, slices + 1):
        begin = time.perf_counter()
        env.run(until=length * number / slices)
        times.append((time.perf_counter() - begin) * 1e3)
    return customers[0], times


arguments = [float(argument) for argument in sys.argv[1:]]
counting = Counting()
customers, _ = run(counting, 1, *arguments)
runs = [run(simpy.Environment(), SLICES, *arguments)[1] for _ in range(REPETITIONS)]
print(customers, counting.events, " ".join(str(min(times)) for times in zip(*runs)), sep="\t")
