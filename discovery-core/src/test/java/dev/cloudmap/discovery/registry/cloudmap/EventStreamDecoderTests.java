package dev.cloudmap.discovery.registry.cloudmap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.registry.cloudmap.EventStreamDecoder.Event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventStreamDecoderTests {

	private static final String STREAM = """
			: open
			id: 17

			id: 18
			data: {"service":"worker"}

			: comment

			event: reset
			id: 42
			data: {}

			""";

	private static final List<Event> EVENTS = List.of(new Event("17", "", null),
			new Event("18", "", "{\"service\":\"worker\"}"), new Event("18", "", null), new Event("42", "reset", "{}"));

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "\r" })
	void linesEndAsTheyLike(String end) {
		assertThat(events(STREAM.replace("\n", end))).isEqualTo(EVENTS);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 1000 })
	void itDoesNotMatterWhereTheStreamIsCut(int size) {
		for (String end : new String[] { "\n", "\r\n", "\r" }) {
			List<Event> events = new ArrayList<>();
			EventStreamDecoder decoder = new EventStreamDecoder(events::add);
			byte[] bytes = STREAM.replace("\n", end).getBytes(StandardCharsets.UTF_8);
			for (int i = 0; i < bytes.length; i += size) {
				decoder.accept(ByteBuffer.wrap(bytes, i, Math.min(size, bytes.length - i)));
			}
			assertThat(events).isEqualTo(EVENTS);
		}
	}

	@Test
	void anEventWithoutItsEndIsNone() {
		assertThat(events("id: 1\ndata: a\n")).isEmpty();
	}

	@Test
	void fieldsAreReadAsTheStandardSays() {
		assertThat(events("\uFEFFdata:a\ndata: b\ndata:  c\ndata\nretry: 3\nunknown: x\n\n"))
			.containsExactly(new Event("", "", "a\nb\n c\n"));
		assertThat(events("id: 1\nid: a\0b\ndata: x\n\nid\ndata: y\n\n")).containsExactly(new Event("1", "", "x"),
				new Event("", "", "y"));
	}

	@Test
	void whatIsTooLongIsNotKept() {
		String longest = "data: " + "x".repeat(EventStreamDecoder.MAX_LENGTH - 6);
		assertThat(events(longest + "\n\n")).hasSize(1);
		assertThatIllegalArgumentException().isThrownBy(() -> events(longest + "x"))
			.withMessageContaining("a line of more than 8192 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> events(longest + "\ndata: and more\n"))
			.withMessageContaining("an event of more than 8192 bytes");
	}

	@Property(tries = 200)
	void noBytesDoHarm(@ForAll @Size(max = 2000) byte[] bytes) {
		EventStreamDecoder decoder = new EventStreamDecoder((event) -> assertThat(event.id()).isNotNull());
		assertThatCode(() -> decoder.accept(ByteBuffer.wrap(bytes))).doesNotThrowAnyException();
	}

	private static List<Event> events(String stream) {
		List<Event> events = new ArrayList<>();
		new EventStreamDecoder(events::add).accept(ByteBuffer.wrap(stream.getBytes(StandardCharsets.UTF_8)));
		return events;
	}

}
