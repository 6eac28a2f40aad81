package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The metadata endpoints of ECS and EC2 with the answers of a test. As IMDSv2 does, the
 * EC2 endpoint requires a token.
 */
public final class ScriptedMetadata implements AutoCloseable {

	private static final String TOKEN = "token-1";

	/** The answers by path; other paths are not found. */
	public final Map<String, String> answers = new ConcurrentHashMap<>();

	/** The methods and paths of the requests, in order. */
	public final List<String> requests = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	public ScriptedMetadata() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		this.requests.add(exchange.getRequestMethod() + " " + path);
		String answer = this.answers.get(path);
		int status = (answer != null) ? 200 : 404;
		if (path.equals("/latest/api/token")) {
			boolean asDocumented = exchange.getRequestMethod().equals("PUT")
					&& exchange.getRequestHeaders().containsKey("X-aws-ec2-metadata-token-ttl-seconds");
			status = (answer == null) ? 404 : asDocumented ? 200 : 400;
		}
		else if (path.startsWith("/latest/")
				&& !TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
			status = 401;
		}
		byte[] body = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	public String endpoint() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	public String ecsUri() {
		return endpoint() + "/v4/abc";
	}

	/**
	 * Adds a task whose container has one address in a network of the given mode.
	 */
	public ScriptedMetadata task(String networkMode, String launchType) {
		return container("""
				{"DockerId": "ea32192c8553", "Name": "worker", "Type": "NORMAL",
				 "Ports": [{"ContainerPort": 8080, "Protocol": "tcp", "HostPort": 32768, "HostIp": "0.0.0.0"},
				           {"ContainerPort": 8080, "Protocol": "tcp", "HostPort": 32769, "HostIp": "::"},
				           {"ContainerPort": 9090, "Protocol": "udp", "HostPort": 32770},
				           {"ContainerPort": 7070, "Protocol": "tcp"}],
				 "Networks": [{"NetworkMode": "%s", "IPv4Addresses": ["10.0.2.106"]}]}""".formatted(networkMode),
				launchType);
	}

	public ScriptedMetadata container(String container, String launchType) {
		this.answers.put("/v4/abc", container);
		this.answers.put("/v4/abc/task", """
				{"Cluster": "arn:aws:ecs:eu-central-1:111122223333:cluster/default",
				 "TaskARN": "arn:aws:ecs:eu-central-1:111122223333:task/default/158d1c8083dd49d6",
				 "Family": "worker", "Revision": "5", "ServiceName": "workers", "AvailabilityZone": "eu-central-1a",
				 "LaunchType": "%s", "Containers": []}""".formatted(launchType));
		return this;
	}

	/**
	 * Adds an EC2 instance.
	 */
	public ScriptedMetadata instance() {
		this.answers.put("/latest/api/token", TOKEN);
		this.answers.put("/latest/meta-data/instance-id", "i-0abcd1234efab5678");
		this.answers.put("/latest/meta-data/local-ipv4", "10.0.1.17\n");
		this.answers.put("/latest/meta-data/placement/availability-zone", "eu-central-1b");
		this.answers.put("/latest/meta-data/placement/region", "eu-central-1");
		return this;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
