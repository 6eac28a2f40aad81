package dev.cloudmap.discovery.registry.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cloudmap.discovery.registry.watch.BlockingQuery.Answer;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class BlockingQueryLoopTests {

	private static final Duration STEP = Duration.ofMillis(50);

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedQuery query = new ScriptedQuery();

	private final RecordingListener listener = new RecordingListener();

	private final BlockingQueryLoop<String> loop = new BlockingQueryLoop<>(this.query, this.timer, this.listener);

	@Test
	void sendsEachQueryWithTheIndexOfTheLastAnswer() {
		this.loop.start();
		this.query.answer(17, "a");
		assertCalls("live", "a");
		assertThat(this.loop.isLive()).isTrue();
		later(Duration.ofSeconds(1));
		this.query.answer(18, "b");
		later(Duration.ofSeconds(1));
		this.query.answer(18, "b");
		later(Duration.ofSeconds(1));
		assertCalls("live", "a", "b", "b");
		assertThat(this.query.sent).containsExactly("0 PT0S", "17 PT55S", "18 PT55S", "18 PT55S");
	}

	@Test
	void sendsTheNextQueryAtOnceIfTheLastOneWaited() {
		startAndAnswer(17);
		later(BlockingQueryLoop.MIN_INTERVAL.multipliedBy(2));
		this.query.answer(18, "b");
		assertThat(this.query.sent).hasSize(3);
	}

	@Test
	void limitsTheRateOfQueries() {
		this.query.always = new Answer<>(17, "again");
		this.loop.start();
		later(Duration.ofSeconds(1));
		assertThat(this.query.sent).hasSize(51);
	}

	@ParameterizedTest
	@CsvSource({ "17,16,0", "17,17,17", "17,18,18", "17,0,0", "0,0,1", "5,1,0" })
	void resetsAnIndexThatGoesBackwards(long first, long second, long next) {
		startAndAnswer(first);
		later(Duration.ofSeconds(1));
		this.query.answer(second, "b");
		later(Duration.ofSeconds(1));
		assertThat(this.query.sent).last().asString().startsWith(next + " ");
	}

	@Test
	void startsOnce() {
		assertThat(this.query.sent).isEmpty();
		this.loop.start();
		this.loop.start();
		this.loop.registryAnswered(1);
		assertThat(this.query.sent).hasSize(1);
		this.query.answer(17, "a");
		this.loop.start();
		this.loop.registryAnswered(18);
		assertThat(this.query.sent).hasSize(1);
	}

	@Test
	void startsAfterAnotherAnswerOfTheRegistry() {
		this.loop.registryAnswered(1);
		assertThat(this.query.sent).containsExactly("0 PT0S");
	}

	@Nested
	class AfterAFailure {

		@Test
		void sendsANonBlockingQueryFirst() {
			startAndAnswer(17);
			later(Duration.ofSeconds(1));
			BlockingQueryLoopTests.this.query.fail(Kind.UNREACHABLE);
			assertCalls("live", "a", "failure", "lost");
			assertThat(BlockingQueryLoopTests.this.loop.isLive()).isFalse();
			awaitQuery();
			assertThat(BlockingQueryLoopTests.this.query.sent).last().isEqualTo("17 PT0S");
			BlockingQueryLoopTests.this.query.answer(20, "missed");
			assertCalls("live", "a", "failure", "lost", "live", "missed");
			later(Duration.ofSeconds(1));
			assertThat(BlockingQueryLoopTests.this.query.sent).last().isEqualTo("20 PT55S");
		}

		@ParameterizedTest
		@EnumSource(names = { "UNREACHABLE", "REFUSED" })
		void delayGrows(Kind kind) {
			BlockingQueryLoopTests.this.loop.start();
			for (int seconds : new int[] { 1, 2, 4, 8, 16, 30, 30 }) {
				assertDelay(kind, Duration.ofSeconds(seconds));
			}
			BlockingQueryLoopTests.this.query.answer(17, "a");
			later(Duration.ofSeconds(1));
			assertDelay(kind, Duration.ofSeconds(1));
			assertThat(BlockingQueryLoopTests.this.listener.calls).startsWith("failure", "failure")
				.endsWith("live", "a", "failure", "lost");
		}

		@Test
		void delayDoesNotGrowForMissingNamespace() {
			BlockingQueryLoopTests.this.loop.start();
			for (int i = 0; i < 10; i++) {
				assertDelay(Kind.NOT_FOUND, BlockingQueryLoop.NOT_FOUND_DELAY);
			}
		}

		private void assertDelay(Kind kind, Duration delay) {
			BlockingQueryLoopTests.this.query.fail(kind);
			assertThat(BlockingQueryLoopTests.this.loop.isDelayed()).isTrue();
			assertThat(awaitQuery()).isBetween(delay.multipliedBy(9).dividedBy(10),
					delay.multipliedBy(11).dividedBy(10).plus(STEP));
			assertThat(BlockingQueryLoopTests.this.loop.isDelayed()).isFalse();
		}

		@ParameterizedTest
		@CsvSource({ "UNREACHABLE,5,0,false", "UNREACHABLE,6,0,false", "UNREACHABLE,5,1000,true", "NOT_FOUND,5,0,false",
				"NOT_FOUND,5,1000,false", "NOT_FOUND,6,0,true", "REFUSED,6,1000,false" })
		void anotherAnswerOfTheRegistryShortensTheDelay(Kind kind, long index, long elapsed, boolean shortens) {
			BlockingQueryLoopTests.this.loop.start();
			BlockingQueryLoopTests.this.query.fail(kind);
			awaitQuery();
			BlockingQueryLoopTests.this.query.fail(kind);
			later(Duration.ofMillis(elapsed));
			BlockingQueryLoopTests.this.loop.registryAnswered(index);
			assertThat(BlockingQueryLoopTests.this.query.sent).hasSize(shortens ? 3 : 2);
			assertThat(BlockingQueryLoopTests.this.loop.isDelayed()).isNotEqualTo(shortens);
		}

		@Test
		void unexpectedExceptionIsAFailure() {
			BlockingQueryLoopTests.this.loop.start();
			BlockingQueryLoopTests.this.query.current().completeExceptionally(new IllegalStateException("sorry"));
			assertThat(BlockingQueryLoopTests.this.listener.last).isNotNull();
			assertThat(BlockingQueryLoopTests.this.listener.last.kind()).isEqualTo(Kind.REFUSED);
			assertThat(BlockingQueryLoopTests.this.listener.last).hasMessageContaining("sorry");
		}

	}

	@Test
	void unansweredQueryTimesOut() {
		this.loop.start();
		CompletableFuture<?> first = this.query.current();
		later(Duration.ofMillis(4999));
		assertThat(first).isNotDone();
		later(Duration.ofMillis(1));
		assertThat(first).isCompletedExceptionally();
		assertThat(this.listener.last).hasMessage("it did not answer within 5 s");
		awaitQuery();
		later(STEP);
		this.query.answer(17, "a");
		CompletableFuture<?> second = this.query.current();
		// the clock does not matter
		this.timer.setClock(Duration.ofHours(-1));
		later(Duration.ofMillis(59_999));
		assertThat(this.loop.isLive()).isTrue();
		later(Duration.ofMillis(1));
		assertThat(second).isCompletedExceptionally();
		assertThat(this.loop.isLive()).isFalse();
		assertThat(this.listener.last).hasMessage("it did not answer within 60 s");
		assertCalls("failure", "live", "a", "failure", "lost");
	}

	@Test
	void ignoresLateAnswer() {
		this.loop.start();
		CompletableFuture<Answer<String>> first = this.query.current();
		later(Duration.ofSeconds(5));
		first.complete(new Answer<>(17, "late"));
		assertCalls("failure");
	}

	@Test
	void closeAbortsTheQuery() {
		startAndAnswer(17);
		later(Duration.ofSeconds(1));
		CompletableFuture<?> last = this.query.current();
		this.loop.close();
		this.loop.close();
		assertThat(last).isCancelled();
		assertEnded();
	}

	@Test
	void closeEndsTheDelay() {
		startAndAnswer(17);
		this.loop.close();
		assertEnded();
	}

	private void assertEnded() {
		int before = this.query.sent.size();
		assertThat(this.loop.isLive()).isFalse();
		assertThat(this.loop.isDelayed()).isFalse();
		assertThat(this.timer.waiting()).isZero();
		this.loop.start();
		this.loop.registryAnswered(99);
		later(Duration.ofHours(1));
		assertThat(this.query.sent).hasSize(before);
		assertCalls("live", "a");
	}

	@Test
	void failingListenerDoesNotEndTheLoop() {
		this.listener.failure = new IllegalStateException("sorry");
		startAndAnswer(17);
		this.listener.failure = null;
		later(Duration.ofSeconds(1));
		this.query.answer(18, "b");
		assertCalls("live", "a", "b");
	}

	@Test
	void listenerMayCloseTheLoop() {
		this.listener.onAnswer = this.loop::close;
		startAndAnswer(17);
		later(Duration.ofSeconds(1));
		assertThat(this.query.sent).hasSize(1);
	}

	private void startAndAnswer(long index) {
		this.loop.start();
		this.query.answer(index, "a");
	}

	/**
	 * Advances the time until the next query is sent.
	 * @return the time that has passed
	 */
	private Duration awaitQuery() {
		int before = this.query.sent.size();
		Duration elapsed = Duration.ZERO;
		while (this.query.sent.size() == before) {
			later(STEP);
			elapsed = elapsed.plus(STEP);
		}
		return elapsed;
	}

	private void later(Duration duration) {
		this.timer.advance(duration);
	}

	private void assertCalls(String... calls) {
		assertThat(this.listener.calls).containsExactly(calls);
	}

	private static final class ScriptedQuery implements BlockingQuery<String> {

		private final List<String> sent = new ArrayList<>();

		private final Deque<CompletableFuture<Answer<String>>> answers = new ArrayDeque<>();

		private Answer<String> always;

		@Override
		public CompletableFuture<Answer<String>> send(long index, Duration wait) {
			this.sent.add(index + " " + wait);
			CompletableFuture<Answer<String>> answer = (this.always != null)
					? CompletableFuture.completedFuture(this.always) : new CompletableFuture<>();
			this.answers.addLast(answer);
			return answer;
		}

		CompletableFuture<Answer<String>> current() {
			return this.answers.getLast();
		}

		void answer(long index, String result) {
			assertThat(current().complete(new Answer<>(index, result))).isTrue();
		}

		void fail(Kind kind) {
			assertThat(current().completeExceptionally(new BlockingQueryException(kind, "it failed", 5))).isTrue();
		}

	}

	private static final class RecordingListener implements BlockingQueryLoop.Listener<String> {

		private final List<String> calls = new ArrayList<>();

		private BlockingQueryException last;

		private RuntimeException failure;

		private Runnable onAnswer = () -> {
		};

		@Override
		public void onLive() {
			record("live");
		}

		@Override
		public void onAnswer(String result) {
			record(result);
			this.onAnswer.run();
		}

		@Override
		public void onFailure(BlockingQueryException failure) {
			this.last = failure;
			record("failure");
		}

		@Override
		public void onLost() {
			record("lost");
		}

		private void record(String call) {
			this.calls.add(call);
			if (this.failure != null) {
				throw this.failure;
			}
		}

	}

}
