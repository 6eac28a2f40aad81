import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands of the comparison of DNS servers: creates the services of the registry,
 * registers instances at a steady rate, and checks the answers of a server.
 */
class Load {

	private static final int PORT = 8080;

	/** The number of threads that register, so that a slow answer does not delay other requests. */
	private static final int THREADS = 4;

	/**
	 * The number of registrations before the measurement, at the maximum rate, so that
	 * the JVM of the registry has compiled their code.
	 */
	private static final int WARM_UP = 20_000;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int TYPE_A = 1;

	private static final int TYPE_SRV = 33;

	private static final int TYPE_OPT = 41;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final URI registry;

	private final String namespace;

	private Load(String registry, String namespace) {
		this.registry = URI.create(registry);
		this.namespace = namespace;
	}

	public static void main(String[] args) throws Exception {
		switch ((args.length > 0) ? args[0] : "") {
			case "fill" -> new Load(args[1], args[2]).fill(Integer.parseInt(args[3]), Integer.parseInt(args[4]),
					Integer.parseInt(args[5]));
			case "register" -> new Load(args[1], args[2]).register(Integer.parseInt(args[3]),
					Integer.parseInt(args[4]), Integer.parseInt(args[5]), Integer.parseInt(args[6]));
			case "check" -> check(Integer.parseInt(args[1]), args[2], Integer.parseInt(args[3]));
			default -> {
				System.err.println("""
						Usage: java Load.java fill URL NAMESPACE SERVICES INSTANCES TTL
						       java Load.java register URL NAMESPACE SERVICES INSTANCES RATE SECONDS
						       java Load.java check PORT NAME INSTANCES""");
				System.exit(2);
			}
		}
	}

	private void fill(int services, int instances, int ttl) throws Exception {
		call("CreatePrivateDnsNamespace", "{\"Name\":\"%s\",\"Vpc\":\"vpc-1\"}".formatted(this.namespace));
		String id = find(call("ListNamespaces", "{}"), this.namespace);
		for (int service = 1; service <= services; service++) {
			String made = call("CreateService",
					"""
							{"Name":"%s","NamespaceId":"%s","DnsConfig":{"RoutingPolicy":"MULTIVALUE",\
							"DnsRecords":[{"Type":"A","TTL":%d},{"Type":"SRV","TTL":%3$d}]}}"""
						.formatted(name(service), id, ttl));
			String serviceId = find(made, name(service));
			for (int instance = 1; instance <= instances; instance++) {
				call("RegisterInstance", registration(serviceId, service, instance, PORT));
			}
		}
	}

	/**
	 * Registers existing instances in turn, each time with another port, so that every
	 * registration changes an answer. Consecutive registrations belong to different
	 * services.
	 */
	private void register(int services, int instances, int rate, int seconds) throws Exception {
		String[] ids = serviceIds(services);
		AtomicIntegerArray ports = new AtomicIntegerArray(services * instances);
		AtomicInteger acknowledged = new AtomicInteger();
		List<String> errors = new ArrayList<>();
		int count = rate * seconds;
		register(ids, ports, WARM_UP, 0, acknowledged, errors);
		acknowledged.set(0);
		System.out.println("started");
		long begin = System.nanoTime();
		register(ids, ports, count, rate, acknowledged, errors);
		double took = (System.nanoTime() - begin) / 1e9;
		for (int which = 0; which < ports.length(); which++) {
			verify(which % services + 1, which / services + 1, ports.get(which), errors);
		}
		System.out.printf("registrations %d acknowledged %d failed %d in %.1f s%s%n", count, acknowledged.get(),
				errors.size(), took, errors.isEmpty() ? "" : ", first: " + errors.get(0));
		System.exit(errors.isEmpty() ? 0 : 1);
	}

	/**
	 * Sends a number of registrations.
	 * @param rate the number per second, or 0 for the maximum
	 */
	private void register(String[] ids, AtomicIntegerArray ports, int count, int rate, AtomicInteger acknowledged,
			List<String> errors) throws InterruptedException {
		int services = ids.length - 1;
		AtomicInteger next = new AtomicInteger();
		long begin = System.nanoTime();
		int firstPort = 10_000 + (int) (System.currentTimeMillis() / 100 % 40_000);
		Runnable registrations = () -> {
			for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
				int which = i % ports.length();
				int service = which % services + 1;
				int port = (ports.get(which) > 0) ? ports.get(which) + 1 : firstPort;
				try {
					if (rate > 0) {
						TimeUnit.NANOSECONDS.sleep(begin + TimeUnit.SECONDS.toNanos(i) / rate - System.nanoTime());
					}
					call("RegisterInstance", registration(ids[service], service, which / services + 1, port));
					ports.set(which, port);
					acknowledged.incrementAndGet();
				}
				catch (Exception ex) {
					synchronized (errors) {
						errors.add(ex.toString());
					}
				}
			}
		};
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(new Thread(registrations));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
	}

	/**
	 * Checks that the registry returns the last acknowledged registration of an instance.
	 */
	private void verify(int service, int instance, int port, List<String> errors) throws Exception {
		String found = call("DiscoverInstances", """
				{"NamespaceName":"%s","ServiceName":"%s"}""".formatted(this.namespace, name(service)));
		if (!found.contains("\"AWS_INSTANCE_PORT\":\"%d\"".formatted(port))) {
			errors.add("expected instance %d of service %d with port %d, found %s".formatted(instance, service, port,
					found));
		}
	}

	private String[] serviceIds(int services) throws Exception {
		String[] ids = new String[services + 1];
		StringBuilder all = new StringBuilder();
		Matcher token;
		String more = "";
		do {
			String page = call("ListServices", "{\"MaxResults\":100%s}".formatted(more));
			all.append(page);
			token = Pattern.compile("\"NextToken\":\"([^\"]+)\"").matcher(page);
			more = token.find() ? ",\"NextToken\":\"%s\"".formatted(token.group(1)) : "";
		}
		while (!more.isEmpty());
		for (int service = 1; service <= services; service++) {
			ids[service] = find(all.toString(), name(service));
		}
		return ids;
	}

	private static String name(int service) {
		return "s%02d".formatted(service);
	}

	private static String registration(String serviceId, int service, int instance, int port) {
		return """
				{"ServiceId":"%s","InstanceId":"i-%d","Attributes":\
				{"AWS_INSTANCE_IPV4":"10.0.%d.%2$d","AWS_INSTANCE_PORT":"%d"}}""".formatted(serviceId, instance,
				service, port);
	}

	/**
	 * Returns the id of the JSON object with a name.
	 */
	private static String find(String json, String name) {
		for (String object : json.split("[{}]")) {
			Matcher id = Pattern.compile("\"Id\":\"([^\"]+)\"").matcher(object);
			if (object.contains("\"Name\":\"%s\"".formatted(name)) && id.find()) {
				return id.group(1);
			}
		}
		throw new IllegalStateException("Expected the id of '%s', found %s".formatted(name, json));
	}

	private String call(String operation, String body) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.registry)
			.timeout(PATIENCE)
			.header("X-Amz-Target", "Route53AutoNaming_v20170314." + operation)
			.header("Content-Type", "application/x-amz-json-1.1")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IOException("%s: %d %s".formatted(operation, response.statusCode(), response.body()));
		}
		return response.body();
	}

	/**
	 * Waits until a server answers, and checks that its answers contain all instances and
	 * their addresses.
	 */
	private static void check(int port, String name, int instances) throws Exception {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		String found = "no answer";
		do {
			ByteBuffer answer = ask(port, name, TYPE_SRV);
			ByteBuffer addresses = ask(port, name, TYPE_A);
			if (answer != null && addresses != null) {
				int servers = count(answer, TYPE_SRV);
				int additional = count(answer, TYPE_A);
				int own = count(addresses, TYPE_A);
				if (servers == instances && additional == instances && own == instances) {
					return;
				}
				found = "%d SRV with %d addresses, and %d A".formatted(servers, additional, own);
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
		while (System.nanoTime() < deadline);
		System.err.printf("Expected %d SRV records of %s with %1$d addresses, and %1$d A records; found %s%n",
				instances, name, found);
		System.exit(1);
	}

	private static ByteBuffer ask(int port, String name, int type) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream query = new DataOutputStream(bytes);
		for (int number : new int[] { 4711, 0, 1, 0, 0, 1 }) {
			query.writeShort(number);
		}
		for (String label : name.split("\\.")) {
			query.writeByte(label.length());
			query.write(label.getBytes(StandardCharsets.US_ASCII));
		}
		query.writeByte(0);
		query.writeShort(type);
		query.writeShort(1);
		query.writeByte(0);
		query.writeShort(TYPE_OPT);
		query.writeShort(4096);
		query.writeInt(0);
		query.writeShort(0);
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.connect(InetAddress.getLoopbackAddress(), port);
			socket.setSoTimeout(500);
			socket.send(new DatagramPacket(bytes.toByteArray(), bytes.size()));
			DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
			socket.receive(answer);
			return ByteBuffer.wrap(answer.getData(), 0, answer.getLength());
		}
		catch (SocketTimeoutException | java.net.PortUnreachableException ex) {
			return null;
		}
	}

	/**
	 * Counts the records of a type in all sections.
	 */
	private static int count(ByteBuffer message, int type) {
		int questions = message.getShort(4);
		int records = message.getShort(6) + message.getShort(8) + message.getShort(10);
		message.position(12);
		for (int i = 0; i < questions; i++) {
			skipName(message);
			message.position(message.position() + 4);
		}
		int count = 0;
		for (int i = 0; i < records; i++) {
			skipName(message);
			count += (message.getShort() == type) ? 1 : 0;
			message.position(message.position() + 6);
			int length = message.getShort();
			message.position(message.position() + length);
		}
		return count;
	}

	private static void skipName(ByteBuffer message) {
		for (int label = message.get() & 0xFF; label != 0; label = message.get() & 0xFF) {
			if (label >= 0xC0) {
				message.get();
				return;
			}
			message.position(message.position() + label);
		}
	}

}
