package dev.cloudmap.containers.fleet;

import java.util.HashMap;
import java.util.Map;

import com.github.dockerjava.api.model.Capability;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/**
 * Injects network faults between containers. A helper container in the network namespace
 * of each affected container injects them, so that they require neither privileges on the
 * host nor tools in the application images.
 */
public final class NetworkFaults implements AutoCloseable {

	/** An unused link address. Packets to it are lost. */
	private static final String UNUSED_LINK_ADDRESS = "02:00:00:00:00:01";

	/**
	 * The command for iptables: the program in the image, or else the program of the
	 * host.
	 */
	private static final String IPTABLES = "$(command -v iptables || echo chroot /host iptables)";

	private final Map<Node, Node> helpers = new HashMap<>();

	/**
	 * Drops all packets between two containers, in both directions, without a rejection.
	 */
	public void partition(Node one, Node other) {
		send(one, other, "replace %s lladdr " + UNUSED_LINK_ADDRESS + " nud permanent");
		send(other, one, "replace %s lladdr " + UNUSED_LINK_ADDRESS + " nud permanent");
	}

	public void heal(Node one, Node other) {
		send(one, other, "del %s");
		send(other, one, "del %s");
	}

	/**
	 * Changes the link address of a container.
	 */
	public void setLinkAddress(Node node, String address) {
		helper(node).run("sh", "-c",
				"ip link set $(ip -o addr | sed -n 's/.*: \\([^ ]*\\) .* scope global.*/\\1/p' | head -1) address "
						+ address);
	}

	private void send(Node from, Node to, String change) {
		String address = to.address();
		helper(from).run("sh", "-c", "ip neigh " + change.formatted(address) + " dev $(ip -o route get " + address
				+ " | sed 's/.* dev \\([^ ]*\\).*/\\1/')");
	}

	/**
	 * Drops a fraction of the packets to a container. The test is skipped if iptables
	 * with the match {@code statistic} is not available.
	 * @param fraction the fraction, from 0 to 1
	 */
	public void dropPackets(Node node, double fraction) {
		ExecResult result = helper(node).execute("sh", "-c",
				IPTABLES + " -A INPUT -m statistic --mode random --probability " + fraction + " -j DROP");
		Assumptions.assumeTrue(result.getExitCode() == 0,
				() -> "Packets cannot be dropped, neither with iptables of the image containers.tools-image nor with"
						+ " that of the host: " + result.getStderr().trim());
	}

	public void stopDroppingPackets(Node node) {
		helper(node).run("sh", "-c", IPTABLES + " -F INPUT");
	}

	/**
	 * Returns the number of dropped packets since the call of {@link #dropPackets}.
	 */
	public long droppedPackets(Node node) {
		return Long
			.parseLong(helper(node).run("sh", "-c", IPTABLES + " -L INPUT -v -x -n | awk '/statistic/ { print $1 }'"));
	}

	private Node helper(Node node) {
		return this.helpers.computeIfAbsent(node, (absent) -> {
			GenericContainer<?> container = Programs.tools()
				.withNetworkMode("container:" + node.container().getContainerId())
				.withFileSystemBind("/", "/host", BindMode.READ_ONLY)
				.withCreateContainerCmdModifier((command) -> command.getHostConfig()
					.withCapAdd(Capability.NET_ADMIN, Capability.NET_RAW, Capability.SYS_CHROOT));
			container.start();
			return new Node("network of " + node, container);
		});
	}

	@Override
	public void close() {
		this.helpers.values().forEach((helper) -> helper.container().stop());
	}

}
