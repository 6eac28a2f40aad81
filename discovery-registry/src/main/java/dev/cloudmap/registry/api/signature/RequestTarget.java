package dev.cloudmap.registry.api.signature;

/**
 * What a request line asks for, as it was sent, with nothing decoded.
 *
 * @param path the path, which begins with a slash
 * @param query what follows the first question mark, perhaps nothing
 */
public record RequestTarget(String path, String query) {

	private static final String SCHEME = "http://";

	/**
	 * Takes a request's target apart. It names the server too where a client takes this
	 * one for a proxy.
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
