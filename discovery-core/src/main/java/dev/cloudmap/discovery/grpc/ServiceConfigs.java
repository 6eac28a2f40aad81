package dev.cloudmap.discovery.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * The service configs of a channel: round robin, within gRPC's outlier detection (gRFC
 * A50) if that is enabled.
 *
 * @param parser gRPC's parser
 * @param policies the outlier detection of each service
 * @param source the source of the channel's service config
 */
record ServiceConfigs(ServiceConfigParser parser, Function<ServiceName, OutlierPolicy> policies,
		ServiceConfigSource source) {

	private static final String BALANCING = "loadBalancingConfig";

	private static final List<Map<String, ?>> ROUND_ROBIN = List.of(Map.of("round_robin", Map.of()));

	private static final double PERCENT = 100;

	/** One instance cannot be an outlier. */
	private static final double MINIMUM_HOSTS = 2;

	private static final double NANOS_PER_SECOND = 1e9;

	/**
	 * Returns the config of a service with instances; null for that of the channel.
	 */
	@Nullable ConfigOrError of(ServiceName service) {
		if (this.source == ServiceConfigSource.CHANNEL) {
			return null;
		}
		OutlierPolicy policy = this.policies.apply(service);
		List<Map<String, ?>> balancing = policy.enabled()
				? List.of(Map.of("outlier_detection_experimental", outlierDetection(policy))) : ROUND_ROBIN;
		return this.parser.parseServiceConfig(Map.of(BALANCING, balancing));
	}

	/**
	 * Returns the config of a service without instances: another policy, since round
	 * robin keeps its connections when it receives no addresses.
	 */
	ConfigOrError withoutInstances() {
		return this.parser.parseServiceConfig(Map.of(BALANCING, List.of(Map.of("pick_first", Map.of()))));
	}

	private static Map<String, ?> outlierDetection(OutlierPolicy policy) {
		return Map
			.of("interval", seconds(policy.window()), "baseEjectionTime", seconds(policy.baseEjection()),
					"maxEjectionTime", seconds(policy.maxEjection()), "maxEjectionPercentage",
					percent(policy.maxEjected()), "failurePercentageEjection",
					Map.of("threshold", percent(policy.failureRatio()), "enforcementPercentage", PERCENT,
							"minimumHosts", MINIMUM_HOSTS, "requestVolume", (double) policy.minimumRequests()),
					"childPolicy", ROUND_ROBIN);
	}

	private static double percent(double ratio) {
		return Math.rint(ratio * PERCENT);
	}

	/** The JSON form of protobuf's Duration. */
	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.9fs", duration.toNanos() / NANOS_PER_SECOND);
	}

}
