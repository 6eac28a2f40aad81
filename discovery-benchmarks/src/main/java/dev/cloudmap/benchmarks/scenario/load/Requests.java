package dev.cloudmap.benchmarks.scenario.load;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The requests of a load and their results.
 *
 * @param all all requests
 */
public record Requests(List<Request> all) {

	public Requests {
		all = List.copyOf(all);
	}

	public int count() {
		return this.all.size();
	}

	public Requests failed() {
		return filter(Request::isFailed);
	}

	/**
	 * Returns the requests that an instance answered.
	 */
	public Requests answeredBy(String instance) {
		return filter((request) -> instance.equals(request.instance()));
	}

	/**
	 * Returns the ids of the instances that answered requests.
	 */
	public Set<String> instances() {
		return this.all.stream().map(Request::instance).filter(Objects::nonNull).collect(Collectors.toSet());
	}

	/**
	 * Returns the requests with a scheduled start in a period; the end is exclusive.
	 */
	public Requests scheduledBetween(Duration from, Duration to) {
		return filter((request) -> request.start().compareTo(from) >= 0 && request.start().compareTo(to) < 0);
	}

	/**
	 * Returns the requests that ended before a time.
	 */
	public Requests endedBefore(Duration moment) {
		return filter((request) -> request.end().compareTo(moment) < 0);
	}

	/**
	 * Returns the requests that ended after a time.
	 */
	public Requests endedAfter(Duration moment) {
		return filter((request) -> request.end().compareTo(moment) > 0);
	}

	private Requests filter(Predicate<Request> condition) {
		return new Requests(this.all.stream().filter(condition).toList());
	}

	/**
	 * Returns the earliest end of a request.
	 */
	public Optional<Duration> firstEnd() {
		return this.all.stream().map(Request::end).min(Duration::compareTo);
	}

	/**
	 * Returns the latest end of a request.
	 */
	public Optional<Duration> lastEnd() {
		return this.all.stream().map(Request::end).max(Duration::compareTo);
	}

	/**
	 * Returns a quantile of the latencies.
	 * @param quantile the quantile, from 0 to 1
	 * @return the latency; zero if there are no requests
	 */
	public Duration latency(double quantile) {
		List<Duration> sorted = this.all.stream().map(Request::latency).sorted().toList();
		if (sorted.isEmpty()) {
			return Duration.ZERO;
		}
		int rank = (int) Math.ceil(quantile * sorted.size());
		return sorted.get(Math.max(1, Math.min(rank, sorted.size())) - 1);
	}

}
