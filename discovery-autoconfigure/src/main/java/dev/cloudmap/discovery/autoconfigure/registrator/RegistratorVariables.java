package dev.cloudmap.discovery.autoconfigure.registrator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The environment variables {@code SERVICE_<key>} and {@code SERVICE_<port>_<key>} that
 * apply to this application, by key in lower case, as in Registrator's
 * {@code bridge/util.go}. Variables with a port of this application replace those without
 * one. Variables without a value, and those that Kubernetes and Docker set for a service
 * whose name begins with "service", are ignored.
 */
final class RegistratorVariables {

	static final String NAME = "name";

	static final String IGNORE = "ignore";

	static final String PREFIX = "SERVICE_";

	private static final Pattern OF_PORT = Pattern.compile("(\\d{1,5})_(.+)");

	private static final Pattern SERVICE_LINK = Pattern
		.compile("(.+_)?(service_(host|port(_.+)?)|port_\\d+_(tcp|udp|sctp)(_(proto|port|addr))?)");

	private static final Pattern SERVICE_LINK_VALUE = Pattern.compile("(tcp|udp|sctp)://.*");

	private final Map<String, Variable> byKey = new TreeMap<>();

	private final List<String> namesOfOtherPorts = new ArrayList<>();

	/**
	 * Selects the variables.
	 * @param environment the environment variables
	 * @param ports the ports of this application; the first one takes precedence
	 */
	RegistratorVariables(Map<String, ?> environment, List<Integer> ports) {
		Map<String, Integer> ranks = new HashMap<>();
		new TreeMap<>(environment).forEach((name, value) -> {
			String text = String.valueOf(value).trim();
			String rest = name.startsWith(PREFIX) ? name.substring(PREFIX.length()).toLowerCase(Locale.ROOT) : "";
			if (!rest.isEmpty() && !text.isEmpty() && !isServiceLink(rest, text)) {
				Matcher ofPort = OF_PORT.matcher(rest);
				boolean withPort = ofPort.matches();
				String key = withPort ? ofPort.group(2) : rest;
				int rank = withPort ? ports.indexOf(Integer.valueOf(ofPort.group(1))) : ports.size();
				if (rank < 0) {
					if (key.equals(NAME)) {
						this.namesOfOtherPorts.add(name);
					}
				}
				else if (rank <= ranks.getOrDefault(key, rank)) {
					ranks.put(key, rank);
					this.byKey.put(key, new Variable(name, text));
				}
			}
		});
	}

	private static boolean isServiceLink(String rest, String value) {
		return SERVICE_LINK.matcher(rest).matches() || SERVICE_LINK_VALUE.matcher(value).matches();
	}

	@Nullable Variable get(String key) {
		return this.byKey.get(key);
	}

	/**
	 * The variables, sorted by key.
	 */
	Map<String, Variable> all() {
		return this.byKey;
	}

	/**
	 * The variables that name services at ports of other servers.
	 */
	List<String> namesOfOtherPorts() {
		return this.namesOfOtherPorts;
	}

	/**
	 * A variable.
	 *
	 * @param name its name
	 * @param value its value without blanks around it
	 */
	record Variable(String name, String value) {
	}

}
