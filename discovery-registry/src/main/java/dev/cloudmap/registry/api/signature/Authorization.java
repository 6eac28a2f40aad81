package dev.cloudmap.registry.api.signature;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The content of an Authorization header.
 *
 * @param accessKeyId the id of the access key
 * @param scope the credential scope
 * @param signedHeaders the names of the signed headers, in lower case
 * @param signature the signature in hexadecimal digits
 */
public record Authorization(String accessKeyId, SignatureScope scope, SortedSet<String> signedHeaders,
		String signature) {

	private static final String CREDENTIAL = "Credential";

	private static final String SIGNATURE = "Signature";

	private static final String SIGNED_HEADERS = "SignedHeaders";

	/** The required parameters in the order of AWS's error message. */
	private static final List<String> PARAMETERS = List.of(CREDENTIAL, SIGNATURE, SIGNED_HEADERS);

	private static final Pattern BLANKS = Pattern.compile("\\s+");

	private static final int ELEMENTS = 5;

	/**
	 * Parses an Authorization header. Errors do not repeat its content, which can be a
	 * secret if the client confused id and secret.
	 * @param header the header, or null
	 */
	static Authorization parse(@Nullable String header) {
		String[] parts = BLANKS.split((header != null) ? header.strip() : "", 2);
		if (!parts[0].startsWith("AWS4-")) {
			throw SignatureErrors.missing();
		}
		if (!parts[0].equals(SignatureScope.ALGORITHM)) {
			throw SignatureErrors.incomplete("Unsupported AWS 'algorithm': '%s'.".formatted(parts[0]));
		}
		Map<String, String> parameters = parameters((parts.length > 1) ? parts[1] : "");
		String missing = PARAMETERS.stream()
			.filter((name) -> parameters.getOrDefault(name, "").isEmpty())
			.map("Authorization header requires '%s' parameter."::formatted)
			.collect(Collectors.joining(" "));
		if (!missing.isEmpty()) {
			throw SignatureErrors.incomplete(missing);
		}
		String[] credential = parameters.getOrDefault(CREDENTIAL, "").split("/", -1);
		if (credential.length != ELEMENTS) {
			throw SignatureErrors.incomplete("Credential must have exactly 5 slash-delimited elements, "
					+ "e.g. keyid/date/region/service/term, got %d.".formatted(credential.length));
		}
		SortedSet<String> headers = new TreeSet<>();
		for (String name : parameters.getOrDefault(SIGNED_HEADERS, "").split(";", -1)) {
			headers.add(name.strip().toLowerCase(Locale.ROOT));
		}
		return new Authorization(credential[0],
				new SignatureScope(credential[1], credential[2], credential[3], credential[4]), headers,
				parameters.getOrDefault(SIGNATURE, ""));
	}

	private static Map<String, String> parameters(String text) {
		Map<String, String> parameters = new HashMap<>();
		for (String parameter : text.split(",", -1)) {
			int equals = parameter.indexOf('=');
			if (equals < 0 && !parameter.isBlank()) {
				throw SignatureErrors
					.incomplete("There is a part that is not a valid key=value pair (missing equal-sign) in "
							+ "Authorization header.");
			}
			if (equals >= 0 && parameters.put(parameter.substring(0, equals).strip(),
					parameter.substring(equals + 1).strip()) != null) {
				throw SignatureErrors.incomplete("A parameter is repeated in Authorization header.");
			}
		}
		return parameters;
	}

}
