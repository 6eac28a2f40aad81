package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.watch.BlockingQuery.Answer;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;

/**
 * Reads arbitrary bytes as the answer to a query for changes. The first byte of an input
 * determines the status; the others are the body.
 */
public final class WatchFuzz {

	private static final int[] STATUSES = { 200, 200, 200, 404, 400, 503 };

	private static final HttpHeaders HEADERS = HttpHeaders.of(Map.of(CloudMapCalls.REVISION_HEADER, List.of("7")),
			(name, value) -> true);

	private WatchFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) {
		Input input = new Input(bytes);
		int status = STATUSES[input.next() % STATUSES.length];
		String body = new String(input.rest(), StandardCharsets.UTF_8);
		try {
			Answer<ChangedServices> answer = NamespaceQuery.read(status, HEADERS, body);
			Check.that(status == 200 && answer.index() >= 0, "An invalid answer was accepted:", status, answer);
			ChangedServices changed = answer.result();
			Check.that(!changed.everything() || changed.names().isEmpty(), "An answer for all services contains names:",
					changed);
			Check.that(changed.names().stream().allMatch(body::contains) || body.contains("\\"),
					"The body does not contain a returned name:", changed);
		}
		catch (BlockingQueryException ex) {
			Check.that(ex.index() == 7 && !ex.getMessage().contains("\n"),
					"The exception has the wrong index or a multi-line message:", ex);
			Check.that(status != 404 || ex.kind() == Kind.NOT_FOUND, "Status 404 was not read as a missing namespace:",
					ex.kind());
		}
		LoggedErrors.rethrow();
	}

}
