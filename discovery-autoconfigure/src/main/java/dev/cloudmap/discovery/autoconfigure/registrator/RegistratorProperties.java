package dev.cloudmap.discovery.autoconfigure.registrator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registrator.RegistratorVariables.Variable;
import dev.cloudmap.discovery.registration.instance.AttributeLimits;
import dev.cloudmap.discovery.registry.InstanceId;
import dev.cloudmap.discovery.thread.Durations;

/**
 * The properties that Registrator's variables stand for. Variables whose values the
 * registry would refuse, and those that look like secrets, are left out.
 */
final class RegistratorProperties {

	static final String SERVICE = "discovery.registration.service";

	static final String METADATA = "discovery.registration.metadata";

	private static final String TAGS = "discovery.registration.tags";

	private static final String INSTANCE_ID = "discovery.registration.instance-id";

	private static final String LEASE = "discovery.registration.lease";

	private static final String HEALTH_INTERVAL = "discovery.registration.health.interval";

	private static final String DEREGISTER_AFTER = "discovery.registration.health.deregister-after";

	/** How Consul checks this application; without effect in another registry. */
	private static final String CONSUL_CHECK = "discovery.consul.check";

	private static final String CONSUL_CHECK_PATH = "discovery.consul.http-check-path";

	private static final String CONSUL_CHECK_INTERVAL = "discovery.consul.check-interval";

	private static final String CONSUL_DEREGISTER_AFTER = "discovery.consul.deregister-critical-after";

	private static final String CHECK = "check_";

	/** With the attributes of this library and of Amazon ECS, at most 30. */
	static final int MAX_METADATA = 15;

	/** Half of the characters that an instance may have. */
	static final int MAX_METADATA_CHARACTERS = 2500;

	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

	/** Consul's minimum. */
	private static final Duration SHORTEST_CRITICAL = Duration.ofMinutes(1);

	/** The keys that Consul accepts too. */
	private static final Pattern METADATA_KEY = Pattern.compile("[a-z0-9_-]{1,128}");

	private final Map<String, Variable> settings = new LinkedHashMap<>();

	private final Map<String, Variable> metadata = new LinkedHashMap<>();

	private final Map<String, String> leftOut = new TreeMap<>();

	private final List<String> checks = new ArrayList<>();

	RegistratorProperties(RegistratorVariables variables) {
		variables.all().forEach(this::add);
		addMetadata();
	}

	/**
	 * The values by property, each with the variable that it comes from.
	 */
	Map<String, Variable> settings() {
		return this.settings;
	}

	/**
	 * The variables that are left out, each with the reason.
	 */
	Map<String, String> leftOut() {
		return this.leftOut;
	}

	/**
	 * The variables of checks by Consul that the application's own checks replace.
	 */
	List<String> checks() {
		return this.checks;
	}

	private void add(String key, Variable variable) {
		switch (key) {
			case RegistratorVariables.NAME -> name(variable);
			case "id" -> id(variable);
			case "tags" -> tags(variable);
			case "check_ttl" -> duration(variable, SHORTEST_LEASE, LEASE);
			case "check_interval" -> duration(variable, Durations.SHORTEST, HEALTH_INTERVAL, CONSUL_CHECK_INTERVAL);
			case "check_deregister_after" ->
				duration(variable, SHORTEST_CRITICAL, DEREGISTER_AFTER, CONSUL_DEREGISTER_AFTER);
			case "check_http", "check_https" -> httpCheck(variable);
			case RegistratorVariables.IGNORE, "check_initial_status" -> {
				// the first decides on all others; the first check sets the initial
				// health
			}
			default -> {
				if (key.startsWith(CHECK)) {
					this.checks.add(variable.name());
				}
				else {
					metadata(key, variable);
				}
			}
		}
	}

	private void name(Variable variable) {
		try {
			var unused = ServiceName.of(new Namespace("corp"), variable.value(), SERVICE);
			this.settings.put(SERVICE, variable);
		}
		catch (DiscoveryException ex) {
			leaveOut(variable, String.valueOf(ex.getMessage()));
		}
	}

	private void id(Variable variable) {
		if (InstanceId.isValid(variable.value())) {
			this.settings.put(INSTANCE_ID, variable);
		}
		else {
			leaveOut(variable,
					"'" + variable.value() + "' is not a valid instance id: expected " + InstanceId.EXPECTED);
		}
	}

	private void tags(Variable variable) {
		List<String> tags = InstanceAttributes.splitTags(variable.value());
		String joined = InstanceAttributes.joinTags(tags);
		if (!AttributeLimits.isValidValue(joined)) {
			leaveOut(variable, "expected " + AttributeLimits.EXPECTED_VALUE);
			return;
		}
		for (int i = 0; i < tags.size(); i++) {
			this.settings.put(TAGS + "[" + i + "]", new Variable(variable.name(), tags.get(i)));
		}
	}

	private void duration(Variable variable, Duration shortest, String... properties) {
		Duration duration = GoDuration.parse(variable.value());
		if (duration == null || duration.compareTo(shortest) < 0) {
			leaveOut(variable, "'" + variable.value() + "' is not a duration of " + shortest.toMillis()
					+ "ms or more, such as 30s or 1m30s");
			return;
		}
		for (String property : properties) {
			this.settings.put(property, new Variable(variable.name(), duration.toMillis() + "ms"));
		}
	}

	/**
	 * The scheme is that of the application.
	 */
	private void httpCheck(Variable variable) {
		if (!variable.value().startsWith("/")) {
			leaveOut(variable, "expected a path that begins with '/'");
			return;
		}
		this.settings.put(CONSUL_CHECK, new Variable(variable.name(), "http"));
		this.settings.put(CONSUL_CHECK_PATH, variable);
	}

	private void metadata(String key, Variable variable) {
		if (!METADATA_KEY.matcher(key).matches()) {
			leaveOut(variable, "expected a name of letters, digits, '_' and '-'");
		}
		else if (SecretPatterns.match(key, variable.value())) {
			leaveOut(variable,
					"it looks like a secret, and metadata are public. If it is none, set " + METADATA + "." + key);
		}
		else if (!AttributeLimits.isValidValue(variable.value())) {
			leaveOut(variable, "expected " + AttributeLimits.EXPECTED_VALUE);
		}
		else {
			this.metadata.put(METADATA + "[" + key + "]", variable);
		}
	}

	/**
	 * Too many variables are probably not meant for the registry.
	 */
	private void addMetadata() {
		int characters = this.metadata.values()
			.stream()
			.mapToInt((variable) -> variable.name().length() + variable.value().length())
			.sum();
		if (this.metadata.size() <= MAX_METADATA && characters <= MAX_METADATA_CHARACTERS) {
			this.settings.putAll(this.metadata);
			return;
		}
		String reason = "there are " + this.metadata.size() + " variables for metadata with " + characters
				+ " characters, expected at most " + MAX_METADATA + " with " + MAX_METADATA_CHARACTERS
				+ ". Set what callers need with " + METADATA;
		leaveOut(new Variable(this.metadata.values().stream().map(Variable::name).toList().toString(), ""), reason);
	}

	private void leaveOut(Variable variable, String reason) {
		this.leftOut.put(variable.name(), reason);
	}

}
