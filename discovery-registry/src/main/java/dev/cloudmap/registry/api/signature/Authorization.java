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
 * What an Authorization header says.
 *
 * @param accessKeyId whose signature it is
 * @param scope where the signature is good
 * @param signedHeaders the names of the headers that are signed, in lower case
 * @param signature the signature, in hexadecimal digits
 */
record Authorization(String accessKeyId, SignatureScope scope, SortedSet<String> signedHeaders, String signature) {

	private static final String CREDENTIAL = "Credential";

	private static final String SIGNATURE = "Signature";

	private static final String SIGNED_HEADERS = "SignedHeaders";

	/** All that AWS's own message asks for, in its order. */
	private static final List<String> PARAMETERS = List.of(CREDENTIAL, SIGNATURE, SIGNED_HEADERS);

	private static final Pattern BLANKS = Pattern.compile("\\s+");

	private static final int ELEMENTS = 5;

	/**
	 * Reads an Authorization header. Its content is not repeated in refusals: a client
	 * that mixed up id and secret would find the secret in its log.
	 * @param header the header, null when there is none
	 */
	static Authorization parse(@Nullable String header) throws RefusedSignatureException {
		String[] parts = BLANKS.split((header != null) ? header.strip() : "", 2);
		if (!parts[0].startsWith("AWS4-")) {
			throw RefusedSignatureException.missing();
		}
		if (!parts[0].equals(SignatureScope.ALGORITHM)) {
			throw RefusedSignatureException.incomplete("Unsupported AWS 'algorithm': '%s'.".formatted(parts[0]));
		}
		Map<String, String> parameters = parameters((parts.length > 1) ? parts[1] : "");
		String missing = PARAMETERS.stream()
			.filter((name) -> parameters.getOrDefault(name, "").isEmpty())
			.map("Authorization header requires '%s' parameter."::formatted)
			.collect(Collectors.joining(" "));
		if (!missing.isEmpty()) {
			throw RefusedSignatureException.incomplete(missing);
		}
		String[] credential = parameters.getOrDefault(CREDENTIAL, "").split("/", -1);
		if (credential.length != ELEMENTS) {
			throw RefusedSignatureException.incomplete("Credential must have exactly 5 slash-delimited elements, "
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

	private static Map<String, String> parameters(String text) throws RefusedSignatureException {
		Map<String, String> parameters = new HashMap<>();
		for (String parameter : text.split(",", -1)) {
			int equals = parameter.indexOf('=');
			if (equals < 0 && !parameter.isBlank()) {
				throw RefusedSignatureException
					.incomplete("There is a part that is not a valid key=value pair (missing equal-sign) in "
							+ "Authorization header.");
			}
			if (equals >= 0 && parameters.put(parameter.substring(0, equals).strip(),
					parameter.substring(equals + 1).strip()) != null) {
				throw RefusedSignatureException
					.incomplete("There is a parameter that stands twice in Authorization header.");
			}
		}
		return parameters;
	}

}
