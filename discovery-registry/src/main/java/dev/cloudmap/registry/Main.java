package dev.cloudmap.registry;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.signature.CredentialsSource;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.time.DurationFormat;

/**
 * Runs a registry as a process.
 */
@Command(name = "discovery-registry", mixinStandardHelpOptions = true, versionProvider = Main.Version.class,
		sortOptions = false, usageHelpAutoWidth = true,
		description = { "A registry with AWS Cloud Map's API over HTTP and its namespaces over DNS.",
				"Prints one line 'ready http=HOST:PORT dns=HOST:PORT' when it is ready. SIGTERM stops it.",
				"Environment variables set defaults, such as DISCOVERY_REGISTRY_HTTP_PORT for --http-port." })
public final class Main implements Callable<Integer> {

	private static final int START_FAILED = 1;

	@Option(names = "--bind", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
			description = "Bind address (default: ${DEFAULT-VALUE}).")
	private String bind = "";

	@Option(names = "--http-port", paramLabel = "PORT", defaultValue = "" + RegistryOptions.DEFAULT_HTTP_PORT,
			description = "Port of the API; 0 selects a free port (default: ${DEFAULT-VALUE}).")
	private int httpPort;

	@Option(names = "--dns-port", paramLabel = "PORT", defaultValue = "" + RegistryOptions.DEFAULT_DNS_PORT,
			description = "Port of DNS over UDP and TCP; 0 selects a free port (default: ${DEFAULT-VALUE}).")
	private int dnsPort;

	@Option(names = "--data-dir", paramLabel = "DIR",
			description = "Directory for data that survives a restart. Without it nothing is stored.")
	private @Nullable Path dataDirectory;

	@Option(names = "--check-interval", paramLabel = "DURATION",
			description = "Interval of the health checks of a HealthCheckConfig (default: 10s, or 30s with --like-aws).")
	private @Nullable Duration checkInterval;

	@Option(names = "--credentials", paramLabel = "SOURCE",
			description = "Requires AWS Signature Version 4 with an access key of SOURCE: a file with one "
					+ "'accessKeyId secretAccessKey' per line or in the format of ~/.aws/credentials, or env:NAME for a variable with id:secret pairs.")
	private @Nullable String credentials;

	@Option(names = "--dns-forward", paramLabel = "ADDRESS[:PORT]", split = ",",
			description = "DNS servers for names outside of all namespaces, in this order, such as 10.0.0.2 or "
					+ "[fd00::2]:5353 (default port: " + UpstreamAddress.DEFAULT_PORT
					+ "). Without any such queries are refused.")
	private List<InetSocketAddress> dnsForward = List.of();

	@Option(names = "--allowed-hosts", paramLabel = "NAME", split = ",",
			description = "Host names that requests can use, each also with the prefix data-, in addition to IP addresses, "
					+ "localhost, the name in --bind and that in the variable HOSTNAME. Other requests are rejected.")
	private List<String> allowedHosts = List.of();

	@Mixin
	private final EmulationArguments emulation = new EmulationArguments();

	/**
	 * Runs a registry.
	 * @param args the options, see {@code --help}
	 */
	public static void main(String[] args) {
		// Must precede the first logger. System properties have precedence.
		defaultProperty("org.slf4j.simpleLogger.showDateTime", "true");
		defaultProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
		defaultProperty("org.slf4j.simpleLogger.showShortLogName", "true");
		System.exit(commandLine(new Main(), System::getenv).execute(args));
	}

	static CommandLine commandLine(Object options, UnaryOperator<@Nullable String> environment) {
		return new CommandLine(options).setDefaultValueProvider(new EnvironmentDefaults(environment))
			.registerConverter(Duration.class, converter(DurationFormat::parse))
			.registerConverter(InetSocketAddress.class, converter(UpstreamAddress::parse));
	}

	private static <T> ITypeConverter<T> converter(Function<String, T> parser) {
		return (value) -> {
			try {
				return parser.apply(value);
			}
			catch (IllegalArgumentException ex) {
				throw new TypeConversionException(String.valueOf(ex.getMessage()));
			}
		};
	}

	private static void defaultProperty(String name, String value) {
		if (System.getProperty(name) == null) {
			System.setProperty(name, value);
		}
	}

	@Override
	public Integer call() throws InterruptedException {
		RegistryOptions options;
		try {
			options = this.emulation.apply(RegistryOptions.defaults())
				.withBind(this.bind)
				.withHttpPort(this.httpPort)
				.withDnsPort(this.dnsPort)
				.withDataDirectory(this.dataDirectory)
				.withCredentials(credentials())
				.withDnsForward(this.dnsForward)
				.withAllowedHosts(allowedHosts(System.getenv("HOSTNAME")));
			if (this.checkInterval != null) {
				options = options.withCheckInterval(this.checkInterval);
			}
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			return CommandLine.ExitCode.USAGE;
		}
		try {
			serve(options);
			return CommandLine.ExitCode.OK;
		}
		catch (RegistryStartException ex) {
			System.err.println(ex.getMessage());
			return START_FAILED;
		}
	}

	private Credentials credentials() {
		return (this.credentials != null) ? CredentialsSource.read(this.credentials, System::getenv) : Credentials.NONE;
	}

	/**
	 * Adds the host name of the container: container engines set the variable, and
	 * resolve the name in the networks of the container.
	 */
	private List<String> allowedHosts(@Nullable String hostName) {
		if (hostName == null || !AllowedHosts.isName(hostName.toLowerCase(Locale.ROOT))) {
			return this.allowedHosts;
		}
		List<String> allowed = new ArrayList<>(this.allowedHosts);
		allowed.add(hostName);
		return allowed;
	}

	private static void serve(RegistryOptions options) throws InterruptedException {
		RegistryServer server = RegistryServer.start(options);
		Runtime.getRuntime().addShutdownHook(new Thread(server::close, "registry-shutdown"));
		Logger logger = LoggerFactory.getLogger(Main.class);
		logger.info("AWS SDKs and the AWS CLI prepend 'data-' to the host name for DiscoverInstances. For the "
				+ "endpoint {} set AWS_DISABLE_HOST_PREFIX_INJECTION=true (CLI, Python) or the client's option "
				+ "(Java DISABLE_HOST_PREFIX_INJECTION, JavaScript disableHostPrefix)", server.endpoint());
		if (options.mode() == RegistryMode.LIKE_AWS) {
			logger.info(
					"Like AWS: operations take {}, reported health {}, checks run every {}; throttling is {}, quotas "
							+ "are {}; no leases, no /watch, and one instance of a service for each address",
					DurationFormat.format(options.emulation().operationDelay()),
					DurationFormat.format(options.emulation().healthDelay()),
					DurationFormat.format(options.checkInterval()), onOrOff(options.emulation().throttling()),
					onOrOff(options.emulation().quotas()));
		}
		System.out.printf("ready http=%s dns=%s%n", RegistryServer.hostAndPort(server.httpAddress()),
				RegistryServer.hostAndPort(server.dnsAddress()));
		System.out.flush();
		// All other threads are daemons: this thread keeps the process alive.
		new CountDownLatch(1).await();
	}

	private static String onOrOff(boolean enforced) {
		return enforced ? "on" : "off";
	}

	static final class Version implements IVersionProvider {

		@Override
		public String[] getVersion() {
			String version = Main.class.getPackage().getImplementationVersion();
			return new String[] { "discovery-registry " + ((version != null) ? version : "development") };
		}

	}

}
