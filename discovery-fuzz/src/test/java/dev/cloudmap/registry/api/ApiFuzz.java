package dev.cloudmap.registry.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * Sends requests with arbitrary bodies to the API. The first byte of an input selects a
 * registry with delays (bit 0). The requests follow: one byte for the operation, a length
 * of two bytes, and a body of that length. In a body, {@code @Id} and the other
 * {@link #NAMES} are placeholders for the last value of that name in previous answers.
 */
public final class ApiFuzz {

	private static final List<String> OPERATIONS = List.of("CreateHttpNamespace", "CreatePrivateDnsNamespace",
			"CreatePublicDnsNamespace", "CreateService", "DeleteNamespace", "DeleteService", "DeleteServiceAttributes",
			"DeregisterInstance", "DiscoverInstances", "DiscoverInstancesRevision", "GetInstance",
			"GetInstancesHealthStatus", "GetNamespace", "GetOperation", "GetService", "GetServiceAttributes",
			"ListInstances", "ListNamespaces", "ListOperations", "ListServices", "ListTagsForResource",
			"RegisterInstance", "TagResource", "UntagResource", "UpdateHttpNamespace",
			"UpdateInstanceCustomHealthStatus", "UpdatePrivateDnsNamespace", "UpdatePublicDnsNamespace",
			"UpdateService", "UpdateServiceAttributes");

	private static final List<String> NAMES = List.of("Id", "Arn", "OperationId", "NextToken", "NAMESPACE", "SERVICE");

	/** A named value in an answer. */
	private static final Pattern MEMBER = Pattern.compile("\"(" + String.join("|", NAMES) + ")\":\"([^\"\\\\]*)\"");

	/** A placeholder in a request. */
	private static final Pattern REFERENCE = Pattern.compile("@(" + String.join("|", NAMES) + ")\\b");

	private static final int SLOW = 1;

	private static final int MAX_REQUESTS = 12;

	private static final Duration DELAY = Duration.ofSeconds(10);

	private static final Emulation SLOW_EMULATION = Emulation.NONE.withOperationDelay(DELAY)
		.withHealthDelay(DELAY)
		.withConsistencyDelay(DELAY)
		.withQuotas();

	private static final FuzzedApi[] REGISTRIES = new FuzzedApi[2];

	private ApiFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
		Input input = new Input(bytes);
		int variant = input.next() & SLOW;
		if (REGISTRIES[variant] == null) {
			REGISTRIES[variant] = new FuzzedApi((variant == SLOW) ? SLOW_EMULATION : Emulation.NONE);
		}
		FuzzedApi registry = REGISTRIES[variant];
		send(registry, input);
		if (registry.isChanged()) {
			registry.check();
			registry.close();
			REGISTRIES[variant] = null;
		}
		LoggedErrors.rethrow();
	}

	private static void send(FuzzedApi registry, Input input) throws IOException {
		Map<String, String> known = new HashMap<>();
		try (FuzzedApi.Connection connection = registry.connect()) {
			for (int i = 0; i < MAX_REQUESTS && input.hasMore(); i++) {
				int operation = input.next();
				byte[] body = input.next(input.nextShort());
				if (operation >= OPERATIONS.size()) {
					registry.advance(DELAY.dividedBy(2));
				}
				String received = connection.send(request(operation, resolve(body, known)), Integer.MAX_VALUE);
				List<String> answers = HttpResponses.check(received);
				Check.that(answers.size() == 1 && connection.isOpen(),
						"Expected one answer on an open connection, found:", answers);
				Matcher member = MEMBER.matcher(answers.get(0));
				while (member.find()) {
					known.put(member.group(1), member.group(2));
				}
			}
		}
	}

	private static byte[] resolve(byte[] body, Map<String, String> known) {
		String text = new String(body, StandardCharsets.ISO_8859_1);
		return (text.indexOf('@') < 0) ? body
				: REFERENCE.matcher(text)
					.replaceAll((match) -> Matcher.quoteReplacement(known.getOrDefault(match.group(1), match.group())))
					.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] request(int operation, byte[] body) throws IOException {
		ByteArrayOutputStream request = new ByteArrayOutputStream();
		request.write(("POST / HTTP/1.1\r\nHost: 127.0.0.1:8054\r\nX-Amz-Target: Route53AutoNaming_v20170314."
				+ OPERATIONS.get(operation % OPERATIONS.size()) + "\r\nContent-Length: " + body.length + "\r\n\r\n")
			.getBytes(StandardCharsets.ISO_8859_1));
		request.write(body);
		return request.toByteArray();
	}

}
