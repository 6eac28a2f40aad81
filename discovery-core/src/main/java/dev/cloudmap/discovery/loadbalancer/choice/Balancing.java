package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.concurrent.atomic.AtomicInteger;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;

/**
 * Chooses one of several instances. Thread-safe and lock-free.
 */
@FunctionalInterface
interface Balancing {

	/**
	 * Chooses an instance.
	 * @param among the candidates, at least one, each as often as its weight says
	 * @param turn the number of previous choices among them, plus any initial number
	 */
	Candidate choose(Candidate[] among, AtomicInteger turn);

}
