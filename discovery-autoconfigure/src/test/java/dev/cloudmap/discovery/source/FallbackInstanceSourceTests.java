package dev.cloudmap.discovery.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.FakeRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class FallbackInstanceSourceTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final Answer dns = new Answer();

	private final Answer api = new Answer();

	private final FallbackInstanceSource source = new FallbackInstanceSource(this.dns, this.api);

	@ParameterizedTest
	@ValueSource(ints = { 1, 7 })
	void whatDnsTellsCompletelyIsNotAskedTwice(int instances) {
		this.dns.future.complete(set("dns", instances));
		assertThat(lookup()).isCompletedWithValue(set("dns", instances));
		assertThat(this.api.asked).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 8, 60 })
	void theApiIsAskedWhereDnsMayNotTellAll(int instances) {
		this.dns.future.complete(set("dns", instances));
		this.api.future.complete(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		assertThat(this.api.asked).containsExactly(WORKER);
	}

	@Test
	void theApiIsAskedWhereDnsDoesNotTellAnAddress() {
		this.dns.future.complete(new InstanceSet(WORKER, set("dns", 1).instances(), "dns", null, Set.of("lost")));
		this.api.future.complete(set("api", 2));
		assertThat(lookup()).isCompletedWithValue(set("api", 2));
	}

	@Test
	void theApiIsAskedWhereDnsKnowsNoPort() {
		this.dns.future.completeExceptionally(new InconclusiveLookupException("no port"));
		this.api.future.complete(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
	}

	@Test
	void theApiIsAskedWhereDnsFails() {
		this.dns.future.completeExceptionally(new RegistryUnavailableException("DNS is away", null));
		this.api.future.complete(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
	}

	@Test
	void someAnswerOfDnsIsBetterThanAFailureOfTheApi() {
		this.dns.future.complete(set("dns", 8));
		this.api.future.completeExceptionally(new RegistryUnavailableException("the API is away", null));
		assertThat(lookup()).isCompletedWithValue(set("dns", 8));
	}

	@Test
	void anEmptyAnswerOfDnsDoesNotHideAFailureOfTheApi() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API is away", null);
		this.dns.future.complete(set("dns", 0));
		this.api.future.completeExceptionally(away);
		assertThat(failure(lookup())).isSameAs(away);
	}

	@Test
	void whenBothFailTheApisFailureIsToldAndDnsGoesWithIt() {
		RegistryUnavailableException dnsAway = new RegistryUnavailableException("DNS is away", null);
		DiscoveryException refused = new DiscoveryException("not allowed");
		this.dns.future.completeExceptionally(new CompletionException(dnsAway));
		this.api.future.completeExceptionally(new CompletionException(refused));
		assertThat(failure(lookup())).isSameAs(refused).hasSuppressedException(dnsAway);
	}

	@Test
	void theSameFailureOfBothIsTold() {
		RegistryUnavailableException away = new RegistryUnavailableException("all is away", null);
		this.dns.future.completeExceptionally(away);
		this.api.future.completeExceptionally(away);
		assertThat(failure(lookup())).isSameAs(away);
	}

	@Test
	void anApiThatCannotEvenBeAskedIsAFailureOfTheApi() {
		FallbackInstanceSource failing = new FallbackInstanceSource(this.dns,
				new ApiInstanceSource(new FakeRegistry(), (task) -> {
					throw new RejectedExecutionException("too many look-ups wait");
				}));
		this.dns.future.complete(set("dns", 8));
		assertThat(failing.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("dns", 8));
	}

	@Test
	void onlyWhatDnsTellsSaysHowLongItHolds() {
		Instant end = Instant.parse("2026-01-01T00:00:10Z");
		this.dns.future.complete(new InstanceSet(WORKER, set("dns", 8).instances(), "dns", end));
		CompletableFuture<InstanceSet> found = lookup();
		this.api.future.complete(set("api", 9));
		assertThat(found.join().validUntil()).isNull();
		FallbackInstanceSource withoutApi = new FallbackInstanceSource(this.dns,
				(service) -> CompletableFuture.failedFuture(new RegistryUnavailableException("away", null)));
		assertThat(withoutApi.lookup(WORKER).toCompletableFuture().join().validUntil()).isEqualTo(end);
	}

	@Test
	void nobodyWaits() {
		CompletableFuture<InstanceSet> found = lookup();
		assertThat(found).isNotDone();
		assertThat(this.api.asked).isEmpty();
		this.dns.future.complete(set("dns", 0));
		assertThat(found).isNotDone();
		assertThat(this.api.asked).hasSize(1);
		this.api.future.complete(set("api", 1));
		assertThat(found).isCompletedWithValue(set("api", 1));
	}

	private CompletableFuture<InstanceSet> lookup() {
		return this.source.lookup(WORKER).toCompletableFuture();
	}

	private static Throwable failure(CompletableFuture<InstanceSet> lookup) {
		return lookup.handle((set, failure) -> (failure instanceof CompletionException) ? failure.getCause() : failure)
			.getNow(null);
	}

	private static InstanceSet set(String source, int instances) {
		return new InstanceSet(WORKER, IntStream.range(0, instances)
			.mapToObj((i) -> new Instance(WORKER, "i-" + i, "127.0.0.1", 8000 + i, HealthStatus.UNKNOWN, Map.of()))
			.toList(), source);
	}

	private static final class Answer implements InstanceSource {

		private final CompletableFuture<InstanceSet> future = new CompletableFuture<>();

		private final List<ServiceName> asked = new ArrayList<>();

		@Override
		public CompletionStage<InstanceSet> lookup(ServiceName service) {
			this.asked.add(service);
			return this.future;
		}

	}

}
