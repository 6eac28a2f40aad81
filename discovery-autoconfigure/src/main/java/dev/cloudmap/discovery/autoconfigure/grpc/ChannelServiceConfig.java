package dev.cloudmap.discovery.autoconfigure.grpc;

import java.util.Locale;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Detects whether Spring Boot's properties configure the service config of a channel.
 */
final class ChannelServiceConfig {

	private static final String CHANNELS = "spring.grpc.client.channel";

	/** The channel whose properties apply to channels without properties. */
	private static final String DEFAULT = "default";

	private ChannelServiceConfig() {
	}

	/**
	 * Whether a channel has a service config or a health check, which is part of it.
	 * @param channel the name or the target of the channel
	 */
	static boolean isConfigured(Environment environment, String channel) {
		Map<String, Object> channels = Binder.get(environment)
			.bind(CHANNELS, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		return channels.get(channels.containsKey(channel) ? channel : DEFAULT) instanceof Map<?, ?> properties
				&& properties.entrySet().stream().anyMatch(ChannelServiceConfig::isServiceConfig);
	}

	private static boolean isServiceConfig(Map.Entry<?, ?> property) {
		return switch (String.valueOf(property.getKey()).replace("-", "").toLowerCase(Locale.ROOT)) {
			case "serviceconfig" -> true;
			case "health" -> property.getValue() instanceof Map<?, ?> health
					&& Boolean.parseBoolean(String.valueOf(health.get("enabled")));
			default -> false;
		};
	}

}
