package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What has become of the requests of a load.
 *
 * @param all all of them; never null
 */
public record Requests(List<Request> all) {

	public Requests {
		all = List.copyOf(all);
	}

	public int count() {
		return this.all.size();
	}

	public Requests failed() {
		return only(Request::isFailed);
	}

	/**
	 * Those that an instance has answered.
	 */
	public Requests answeredBy(String instance) {
		return only((request) -> instance.equals(request.instance()));
	}

	/**
	 * The instances that have answered any of them.
	 */
	public Set<String> instances() {
		return this.all.stream().map(Request::instance).filter(Objects::nonNull).collect(Collectors.toSet());
	}

	/**
	 * Those that were due from one moment on, and before another.
	 */
	public Requests due(Duration from, Duration to) {
		return only((request) -> request.start().compareTo(from) >= 0 && request.start().compareTo(to) < 0);
	}

	/**
	 * Those that ended before a moment.
	 */
	public Requests endedBefore(Duration moment) {
		return only((request) -> request.end().compareTo(moment) < 0);
	}

	/**
	 * Those that ended after a moment.
	 */
	public Requests endedAfter(Duration moment) {
		return only((request) -> request.end().compareTo(moment) > 0);
	}

	private Requests only(Predicate<Request> condition) {
		return new Requests(this.all.stream().filter(condition).toList());
	}

	/**
	 * When the first of them ended.
	 */
	public Optional<Duration> firstEnd() {
		return this.all.stream().map(Request::end).min(Duration::compareTo);
	}

	/**
	 * When the last of them ended.
	 */
	public Optional<Duration> lastEnd() {
		return this.all.stream().map(Request::end).max(Duration::compareTo);
	}

	/**
	 * The latency that a part of them did not exceed.
	 * @param part from 0 to 1
	 * @return the latency; zero if there are no requests
	 */
	public Duration latency(double part) {
		List<Duration> sorted = this.all.stream().map(Request::latency).sorted().toList();
		if (sorted.isEmpty()) {
			return Duration.ZERO;
		}
		int rank = (int) Math.ceil(part * sorted.size());
		return sorted.get(Math.max(1, Math.min(rank, sorted.size())) - 1);
	}

}
