package dev.cloudmap.discovery.autoconfigure.registrator;

import java.util.regex.Pattern;

/**
 * Recognizes variables that look like secrets. Everybody who may read the registry can
 * read metadata.
 */
final class SecretPatterns {

	private static final Pattern KEY = Pattern
		.compile("passw|passphrase|secret|token|credential|authoriz|bearer|(api|access|private|encryption)_?key"
				+ "|connection_?string|(^|[_-])(pass|pwd|pw|pin|keys?|auth|private|dsn|jwt|salt|sas|cookie)([_-]|$)");

	/**
	 * Credentials in URLs and connection strings, PEM, ids of AWS access keys, JSON Web
	 * Tokens, and encrypted values that Spring Cloud or Jasypt would decrypt.
	 */
	private static final Pattern VALUE = Pattern.compile(
			"[a-z][a-z0-9+.-]*://[^/\\s]*@"
					+ "|(password|passwd|pwd|secret|token|api_?key|access_?key|account_?key)\\s*[=:]|-----begin "
					+ "|\\b(akia|asia)[0-9a-z]{16}\\b|\\beyj[\\w-]+\\.[\\w-]+\\.|^\\{cipher}|^enc\\(",
			Pattern.CASE_INSENSITIVE);

	private SecretPatterns() {
	}

	/**
	 * Whether a variable looks like a secret.
	 * @param key the key in lower case
	 * @param value the value
	 */
	static boolean match(String key, String value) {
		return KEY.matcher(key).find() || VALUE.matcher(value).find();
	}

}
