package dev.cloudmap.registry.api.signature;

/**
 * The target of a request, not decoded.
 *
 * @param path the path
 * @param query the query without the question mark; can be empty
 */
public record RequestTarget(String path, String query) {

	private static final String SCHEME = "http://";

	/**
	 * Parses a target in origin form or absolute form (RFC 9112, section 3.2).
	 * @param target the target
	 * @return its path and query
	 */
	public static RequestTarget parse(String target) {
		String rest = target;
		if (rest.startsWith(SCHEME)) {
			int end = rest.indexOf('/', SCHEME.length());
			rest = (end >= 0) ? rest.substring(end) : "/";
		}
		int mark = rest.indexOf('?');
		return (mark >= 0) ? new RequestTarget(rest.substring(0, mark), rest.substring(mark + 1))
				: new RequestTarget(rest, "");
	}

}
