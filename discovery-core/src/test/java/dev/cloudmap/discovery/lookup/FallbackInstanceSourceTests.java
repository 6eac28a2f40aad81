package dev.cloudmap.discovery.lookup;

import java.time.Duration;
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
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class FallbackInstanceSourceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private static final int MAX_DNS_INSTANCES = 8;

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final Answer dns = new Answer();

	private final Answer api = new Answer();

	private final ManualTimer timer = new ManualTimer();

	private final FallbackInstanceSource source = source(this.api, SourcePreference.DNS);

	@ParameterizedTest
	@ValueSource(ints = { 1, 7 })
	void aCompleteDnsResultNeedsNoApiCall(int instances) {
		this.dns.future.complete(set("dns", instances));
		assertThat(lookup()).isCompletedWithValue(set("dns", instances));
		assertThat(this.api.asked).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 8, 60 })
	void callsTheApiIfDnsMayBeTruncated(int instances) {
		this.dns.future.complete(set("dns", instances));
		this.api.future.complete(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		assertThat(this.api.asked).containsExactly(WORKER);
	}

	@Test
	void callsTheApiIfAnAddressIsUnresolved() {
		this.dns.future.complete(new InstanceSet(WORKER, set("dns", 1).instances(), "dns", null, Set.of("lost")));
		this.api.future.complete(set("api", 2));
		assertThat(lookup()).isCompletedWithValue(set("api", 2));
	}

	@Test
	void callsTheApiIfDnsHasNoPort() {
		this.dns.future.completeExceptionally(new InconclusiveLookupException("no port"));
		this.api.future.complete(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
	}

	@Test
	void callsTheApiIfDnsFails() {
		this.dns.future.completeExceptionally(new RegistryUnavailableException("DNS is away", null));
		this.api.future.complete(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
	}

	@Test
	void usesAPartialDnsResultIfTheApiFails() {
		this.dns.future.complete(set("dns", 8));
		this.api.future.completeExceptionally(new RegistryUnavailableException("the API does not answer", null));
		assertThat(lookup()).isCompletedWithValue(set("dns", 8));
	}

	@Test
	void anEmptyDnsResultDoesNotHideAnApiFailure() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.dns.future.complete(set("dns", 0));
		this.api.future.completeExceptionally(away);
		assertThat(failure(lookup())).isSameAs(away);
	}

	@Test
	void ifBothFailTheDnsFailureIsSuppressed() {
		RegistryUnavailableException dnsAway = new RegistryUnavailableException("DNS is away", null);
		DiscoveryException refused = new DiscoveryException("not allowed");
		this.dns.future.completeExceptionally(new CompletionException(dnsAway));
		this.api.future.completeExceptionally(new CompletionException(refused));
		assertThat(failure(lookup())).isSameAs(refused).hasSuppressedException(dnsAway);
	}

	@Test
	void theSameFailureOfBothIsNotSuppressed() {
		RegistryUnavailableException away = new RegistryUnavailableException("all is away", null);
		this.dns.future.completeExceptionally(away);
		this.api.future.completeExceptionally(away);
		assertThat(failure(lookup())).isSameAs(away);
	}

	@Test
	void anApiThatThrowsIsAnApiFailure() {
		FallbackInstanceSource failing = source(
				new ApiInstanceSource(new FakeRegistry(), (service) -> LookupFilter.NONE, (task) -> {
					throw new RejectedExecutionException("too many lookups wait");
				}, this.timer, PATIENCE), SourcePreference.DNS);
		this.dns.future.complete(set("dns", 8));
		assertThat(failing.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("dns", 8));
	}

	@Test
	void onlyDnsResultsHaveAnExpiry() {
		Instant end = Instant.parse("2026-01-01T00:00:10Z");
		this.dns.future.complete(new InstanceSet(WORKER, set("dns", 8).instances(), "dns", end));
		CompletableFuture<InstanceSet> found = lookup();
		this.api.future.complete(set("api", 9));
		assertThat(found.join().validUntil()).isNull();
		FallbackInstanceSource withoutApi = source(
				(service) -> CompletableFuture.failedFuture(new RegistryUnavailableException("away", null)),
				SourcePreference.DNS);
		assertThat(withoutApi.lookup(WORKER).toCompletableFuture().join().validUntil()).isEqualTo(end);
	}

	@Test
	void doesNotBlock() {
		CompletableFuture<InstanceSet> found = lookup();
		assertThat(found).isNotDone();
		assertThat(this.api.asked).isEmpty();
		this.dns.future.complete(set("dns", 0));
		assertThat(found).isNotDone();
		assertThat(this.api.asked).hasSize(1);
		this.api.future.complete(set("api", 1));
		assertThat(found).isCompletedWithValue(set("api", 1));
	}

	@Test
	void recordsADeficitOfDns() {
		assertDnsIsQueriedAgainAfter(set("dns", 0), Duration.ofMinutes(10));
		this.timer.advance(Duration.ofHours(1));
		assertDnsIsQueriedAgainAfter(set("dns", 8), Duration.ofMinutes(10));
		this.timer.advance(Duration.ofHours(1));
		assertDnsIsQueriedAgainAfter(new InconclusiveLookupException("no port"), Duration.ofMinutes(10));
		this.timer.advance(Duration.ofHours(1));
		assertDnsIsQueriedAgainAfter(new RegistryUnavailableException("DNS is away", null), Duration.ofMinutes(1));
	}

	private void assertDnsIsQueriedAgainAfter(Object dnsAnswer, Duration duration) {
		this.dns.answers(dnsAnswer);
		this.api.answers(set("api", 9));
		this.dns.asked.clear();
		assertThat(lookup()).isCompletedWithValue(set("api", 9));
		assertThat(lookup()).isCompletedWithValue(set("api", 9));
		assertThat(this.dns.asked).hasSize(2);
		this.timer.advance(duration.minusMillis(1));
		assertThat(lookup()).isCompletedWithValue(set("api", 9));
		assertThat(this.dns.asked).hasSize(2);
		this.timer.advance(Duration.ofMillis(1));
		assertThat(lookup()).isCompletedWithValue(set("api", 9));
		assertThat(this.dns.asked).hasSize(3);
		// a complete DNS result clears the deficit
		this.timer.advance(duration);
		this.dns.answers(set("dns", 2));
		assertThat(lookup()).isCompletedWithValue(set("dns", 2));
		assertThat(lookup()).isCompletedWithValue(set("dns", 2));
	}

	@Test
	void doesNotRecordASingleDeficit() {
		for (int i = 0; i < 3; i++) {
			this.dns.answers(set("dns", 0));
			this.api.answers(set("api", 1));
			assertThat(lookup()).isCompletedWithValue(set("api", 1));
			this.dns.answers(set("dns", 1));
			assertThat(lookup()).isCompletedWithValue(set("dns", 1));
		}
	}

	@Test
	void doesNotRecordADeficitIfTheApiFindsNothing() {
		this.dns.answers(set("dns", 0));
		this.api.answers(set("api", 0));
		assertThat(lookup()).isCompletedWithValue(set("api", 0));
		this.dns.answers(set("dns", 1));
		assertThat(lookup()).isCompletedWithValue(set("dns", 1));
	}

	@Test
	void usesDnsIfThePreferredApiFails() {
		this.dns.answers(set("dns", 0));
		this.api.answers(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
		this.dns.answers(set("dns", 2));
		this.api.answers(new RegistryUnavailableException("the API does not answer", null));
		assertThat(lookup()).isCompletedWithValue(set("dns", 2));
	}

	@Test
	void aPartialDnsResultDoesNotReplaceAnApiResult() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.dns.answers(set("dns", 8));
		this.api.answers(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		this.api.answers(away);
		assertThat(failure(lookup())).isSameAs(away);
		this.dns.answers(set("dns", 7));
		assertThat(lookup()).isCompletedWithValue(set("dns", 7));
	}

	@Test
	void aPartialDnsResultIsNeverUsedAfterALargeApiResult() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.dns.answers(set("dns", 8));
		this.api.answers(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		this.api.answers(away);
		for (int i = 0; i < 30; i++) {
			assertThat(failure(lookup())).isSameAs(away);
			this.timer.advance(Duration.ofMinutes(1));
		}
		this.dns.answers(set("dns", 7));
		assertThat(lookup()).isCompletedWithValue(set("dns", 7));
	}

	@Test
	void eightInstancesMayBeComplete() {
		this.dns.answers(set("dns", 8));
		this.api.answers(set("api", 100));
		assertThat(lookup()).isCompletedWithValue(set("api", 100));
		this.api.answers(set("api", 8));
		assertThat(lookup()).isCompletedWithValue(set("api", 8));
		this.api.answers(new RegistryUnavailableException("the API does not answer", null));
		assertThat(lookup()).isCompletedWithValue(set("dns", 8));
	}

	@Test
	void aPartialDnsResultIsNotUsedForAttributes() {
		FallbackInstanceSource wanting = source(this.api, SourcePreference.API);
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.api.answers(set("api", 100));
		assertThat(wanting.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("api", 100));
		this.dns.answers(set("dns", 8));
		this.api.answers(away);
		assertThat(failure(wanting.lookup(WORKER).toCompletableFuture())).isSameAs(away);
		this.dns.answers(set("dns", 7));
		assertThat(wanting.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("dns", 7));
	}

	@Test
	void aDnsSourceThatThrowsIsADnsFailure() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		InstanceSource broken = (service) -> {
			throw new IllegalStateException("DNS");
		};
		for (SourcePreference preference : List.of(SourcePreference.DNS, SourcePreference.API)) {
			FallbackInstanceSource source = new FallbackInstanceSource(broken, this.api, (service) -> preference,
					this.timer, PATIENCE, MAX_DNS_INSTANCES);
			this.api.answers(set("api", 1));
			assertThat(source.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("api", 1));
			this.api.answers(away);
			assertThat(failure(source.lookup(WORKER).toCompletableFuture())).isSameAs(away);
		}
		FallbackInstanceSource slow = new FallbackInstanceSource(broken, this.api, (service) -> SourcePreference.API,
				this.timer, PATIENCE, MAX_DNS_INSTANCES);
		this.api.future = new CompletableFuture<>();
		CompletableFuture<InstanceSet> found = slow.lookup(WORKER).toCompletableFuture();
		this.timer.advance(PATIENCE);
		this.api.future.completeExceptionally(away);
		assertThat(failure(found)).isSameAs(away);
	}

	@Test
	void clockChangesDoNotAffectADeficit() {
		this.dns.answers(set("dns", 0));
		this.api.answers(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
		this.dns.answers(set("dns", 2));
		this.timer.setClock(Duration.ofHours(1));
		assertThat(lookup()).isCompletedWithValue(set("api", 1));
		this.timer.setClock(Duration.ofHours(-2));
		this.timer.advance(Duration.ofMinutes(10));
		assertThat(lookup()).isCompletedWithValue(set("dns", 2));
	}

	@Test
	void prefersTheApiForAttributesWithDnsAsFallback() {
		FallbackInstanceSource wanting = source(this.api, SourcePreference.API);
		this.dns.answers(set("dns", 2));
		this.api.answers(set("api", 2));
		assertThat(wanting.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("api", 2));
		assertThat(this.dns.asked).isEmpty();
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.api.answers(away);
		assertThat(wanting.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("dns", 2));
		this.dns.answers(set("dns", 0));
		assertThat(failure(wanting.lookup(WORKER).toCompletableFuture())).isSameAs(away);
		this.dns.answers(new RegistryUnavailableException("DNS is away", null));
		assertThat(failure(wanting.lookup(WORKER).toCompletableFuture())).isSameAs(away);
	}

	@Test
	void usesDnsIfTheApiIsSlow() {
		FallbackInstanceSource wanting = source(this.api, SourcePreference.API);
		this.dns.answers(set("dns", 2));
		CompletableFuture<InstanceSet> found = wanting.lookup(WORKER).toCompletableFuture();
		this.timer.advance(PATIENCE.minusMillis(1));
		assertThat(found).isNotDone();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(found).isCompletedWithValue(set("dns", 2));
	}

	@Test
	void waitsForASlowApiIfDnsIsInsufficient() {
		FallbackInstanceSource wanting = source(this.api, SourcePreference.API);
		this.dns.answers(set("dns", 0));
		CompletableFuture<InstanceSet> found = wanting.lookup(WORKER).toCompletableFuture();
		CompletableFuture<InstanceSet> failed = wanting.lookup(WORKER).toCompletableFuture();
		this.timer.advance(PATIENCE);
		assertThat(found).isNotDone();
		assertThat(this.dns.asked).hasSize(2);
		this.api.future.complete(set("api", 1));
		assertThat(found).isCompletedWithValue(set("api", 1));
		assertThat(failed).isCompletedWithValue(set("api", 1));
		assertThat(this.dns.asked).hasSize(2);
	}

	@Test
	void neverUsesDnsForApiOnly() {
		FallbackInstanceSource choosy = source(this.api, SourcePreference.API_ONLY);
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		this.dns.answers(set("dns", 2));
		this.api.answers(away);
		assertThat(failure(choosy.lookup(WORKER).toCompletableFuture())).isSameAs(away);
		assertThat(this.dns.asked).isEmpty();
	}

	@Test
	void usesLargeAnswerOfDnsThatNeverTruncates() {
		RegistryUnavailableException away = new RegistryUnavailableException("the API does not answer", null);
		FallbackInstanceSource unlimited = new FallbackInstanceSource(this.dns, this.api,
				(service) -> SourcePreference.API, this.timer, PATIENCE, Integer.MAX_VALUE);
		this.api.answers(set("api", 30));
		assertThat(unlimited.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("api", 30));
		this.api.answers(away);
		this.dns.answers(set("dns", 29));
		assertThat(unlimited.lookup(WORKER).toCompletableFuture()).isCompletedWithValue(set("dns", 29));
	}

	private FallbackInstanceSource source(InstanceSource api, SourcePreference preference) {
		return new FallbackInstanceSource(this.dns, api, (service) -> preference, this.timer, PATIENCE,
				MAX_DNS_INSTANCES);
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

		private CompletableFuture<InstanceSet> future = new CompletableFuture<>();

		private final List<ServiceName> asked = new ArrayList<>();

		private void answers(Object answer) {
			this.future = new CompletableFuture<>();
			if (answer instanceof Throwable failure) {
				this.future.completeExceptionally(failure);
			}
			else {
				this.future.complete((InstanceSet) answer);
			}
		}

		@Override
		public CompletionStage<InstanceSet> lookup(ServiceName service) {
			this.asked.add(service);
			return this.future;
		}

	}

}
