package dev.cloudmap.registry.api;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.state.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How many answers may wait for clients that do not take them.
 */
class BacklogTests {

	private static final Answer LARGE = Answer.of(Map.of("large", "x".repeat(2 * Backlog.SMALL)));

	private static final Answer SMALL = Answer.of(Map.of("small", "x"));

	private final Backlog backlog = new Backlog(2L * Backlog.size(LARGE));

	@Test
	void refusesLargeAnswersWhenThereAreTooMany() {
		assertThat(this.backlog.add(LARGE)).isSameAs(LARGE);
		assertThat(this.backlog.add(LARGE)).isSameAs(LARGE);
		assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> this.backlog.add(LARGE));
		assertThat(this.backlog.add(SMALL)).isSameAs(SMALL);
		this.backlog.remove(Backlog.size(SMALL));
		this.backlog.remove(Backlog.size(LARGE));
		assertThat(this.backlog.add(LARGE)).isSameAs(LARGE);
	}

	@Test
	void takesOneAnswerHoweverLargeItIs() {
		Backlog narrow = new Backlog(1);
		assertThat(narrow.add(LARGE)).isSameAs(LARGE);
		assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> narrow.add(LARGE));
	}

}
