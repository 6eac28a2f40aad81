package dev.cloudmap.registry.api.source;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.RejectedRequestException;

/**
 * Rejects requests of web pages of other servers. A request must have one header Host
 * with an allowed host. A host in the request target must be allowed, too (RFC 9112,
 * section 3.2). The header Origin (RFC 6454), if present, must have the scheme
 * {@code http} and the host and port of the header Host. The header Sec-Fetch-Site (W3C
 * Fetch Metadata), if present, must be {@code same-origin} or {@code none}. Thread-safe.
 */
public final class HostRules {

	private static final String HOST_NOT_ALLOWED = "HostNotAllowed";

	private static final String ORIGIN_NOT_ALLOWED = "OriginNotAllowed";

	private static final String ORIGIN_SCHEME = "http://";

	private static final String HOST = "Host";

	private static final String ORIGIN = "Origin";

	private static final String SEC_FETCH_SITE = "Sec-Fetch-Site";

	private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

	/** A request target with a scheme; the group is the authority. */
	private static final Pattern ABSOLUTE_FORM = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*).*",
			Pattern.DOTALL);

	/** The maximum length of a value in an error message. */
	private static final int MAX_SHOWN = 256;

	private final AllowedHosts hosts;

	/** Most requests name the same host. */
	private volatile @Nullable Allowed last;

	/**
	 * Creates the rules.
	 * @param hosts the hosts that requests may name
	 */
	public HostRules(AllowedHosts hosts) {
		this.hosts = hosts;
	}

	/**
	 * Checks the request line and the headers of a request.
	 * @param request the request
	 * @throws RejectedRequestException if the request is rejected
	 */
	public void check(HttpRequest request) {
		Authority host = allowed("header Host", single(request, HOST, HOST_NOT_ALLOWED));
		String target = targetAuthority(request);
		if (target != null) {
			allowed("request target", target);
		}
		String origin = optional(request, ORIGIN);
		if (origin != null && !isSame(origin, host)) {
			throw new RejectedRequestException(ORIGIN_NOT_ALLOWED,
					("The header Origin is '%s', expected '%s%s:%d' or none: web pages of another origin cannot call "
							+ "this registry. Call it from a program.")
						.formatted(shown(origin), ORIGIN_SCHEME, host.host(), host.port()));
		}
		String site = optional(request, SEC_FETCH_SITE);
		if (site != null && !OWN_SITE.contains(site)) {
			throw new RejectedRequestException(ORIGIN_NOT_ALLOWED,
					("The header Sec-Fetch-Site is '%s', expected 'same-origin' or 'none': web pages of another origin "
							+ "may not call this registry. Call it from a program.")
						.formatted(shown(site)));
		}
	}

	private Authority allowed(String where, String value) {
		Allowed known = this.last;
		if (known == null || !known.value().equals(value)) {
			known = new Allowed(value, check(where, value));
			this.last = known;
		}
		return known.authority();
	}

	private Authority check(String where, String value) {
		Authority authority = Authority.parse(value);
		if (authority == null) {
			throw new RejectedRequestException(HOST_NOT_ALLOWED,
					"The %s names '%s', expected a host name or an IP address, with or without a port.".formatted(where,
							shown(value)));
		}
		if (!this.hosts.contains(authority)) {
			throw new RejectedRequestException(HOST_NOT_ALLOWED,
					"The %s names '%s', but this registry accepts only: %s. Use one of these%s.".formatted(where,
							shown(authority.host()), this.hosts,
							remedy(AllowedHosts.withoutDataPrefix(authority.host()))));
		}
		return authority;
	}

	private static String remedy(String name) {
		return AllowedHosts.isName(name)
				? ", or start the registry with --allowed-hosts %s (in an application RegistryOptions.withAllowedHosts)"
					.formatted(name)
				: "";
	}

	private static @Nullable String targetAuthority(HttpRequest request) {
		if (request.method().equals(HttpMethod.CONNECT)) {
			return request.uri();
		}
		if (request.uri().startsWith("/")) {
			return null;
		}
		Matcher matcher = ABSOLUTE_FORM.matcher(request.uri());
		return matcher.matches() ? matcher.group(1) : null;
	}

	private static boolean isSame(String origin, Authority host) {
		return origin.startsWith(ORIGIN_SCHEME)
				&& host.equals(Authority.parse(origin.substring(ORIGIN_SCHEME.length())));
	}

	private static @Nullable String optional(HttpRequest request, String name) {
		return request.headers().contains(name) ? single(request, name, ORIGIN_NOT_ALLOWED) : null;
	}

	private static String single(HttpRequest request, String name, String type) {
		List<String> values = request.headers().getAll(name);
		if (values.size() != 1) {
			throw new RejectedRequestException(type, "The request has %s header %s, expected one."
				.formatted(values.isEmpty() ? "no" : "more than one", name));
		}
		return values.get(0);
	}

	private static String shown(String value) {
		return (value.length() <= MAX_SHOWN) ? value : value.substring(0, MAX_SHOWN) + "...";
	}

	private record Allowed(String value, Authority authority) {
	}

}
