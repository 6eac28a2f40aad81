package dev.cloudmap.registry.api;

import java.io.IOException;

import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * Sends arbitrary bytes on a connection to the API. The first byte of an input is the
 * number of bytes of each read, or 0 for one read; the others are the sent bytes.
 */
public final class HttpFuzz {

	private static FuzzedApi registry;

	private HttpFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
		Input input = new Input(bytes);
		int piece = input.next();
		if (registry == null) {
			registry = new FuzzedApi(Emulation.NONE);
		}
		try (FuzzedApi.Connection connection = registry.connect()) {
			HttpResponses.check(connection.send(input.rest(), (piece > 0) ? piece : Integer.MAX_VALUE));
		}
		if (registry.isChanged()) {
			registry.check();
			registry.close();
			registry = null;
		}
		LoggedErrors.rethrow();
	}

}
