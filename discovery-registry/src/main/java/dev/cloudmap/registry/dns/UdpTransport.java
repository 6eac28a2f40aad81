package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.dns.response.CachedResponse;
import dev.cloudmap.registry.dns.response.FastPathQuery;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;
import dev.cloudmap.registry.dns.response.ResponseCache;

/**
 * DNS over UDP with blocking threads. If the platform supports several sockets on a port,
 * each thread has its own socket, and the platform distributes the clients. Otherwise
 * there is one thread.
 */
final class UdpTransport implements AutoCloseable {

	/** The maximum number of threads; more do not increase the throughput. */
	static final int MAX_THREADS = 4;

	/**
	 * One busy thread is cheaper than two that sleep and wake up, and clients and the
	 * network need processors, too.
	 */
	private static final int PROCESSORS_PER_THREAD = 2;

	private static final Logger logger = LoggerFactory.getLogger(UdpTransport.class);

	private static final int MAX_PACKET = 65_535;

	/** The buffer for bursts, in bytes. */
	private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

	private final ResponseCache answers;

	private final Forwarder forwarder;

	private final DnsCounters counters;

	private final List<Receiver> receivers = new ArrayList<>();

	/**
	 * Binds a transport. Queries wait until {@link #serve()}.
	 * @throws IOException if the address cannot be bound
	 */
	UdpTransport(InetSocketAddress address, ResponseCache answers, Forwarder forwarder, DnsCounters counters)
			throws IOException {
		this.answers = answers;
		this.forwarder = forwarder;
		this.counters = counters;
		for (DatagramChannel channel : channels(address)) {
			this.receivers.add(new Receiver(channel, this.receivers.size()));
		}
	}

	private static List<DatagramChannel> channels(InetSocketAddress address) throws IOException {
		List<DatagramChannel> channels = new ArrayList<>();
		try {
			DatagramChannel first = open(address, channels);
			first.bind(address);
			if (!first.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
				return channels;
			}
			// Set after the first bind, which fails if another process uses the port.
			first.setOption(StandardSocketOptions.SO_REUSEPORT, true);
			int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD);
			while (channels.size() < threads) {
				open(address, channels).setOption(StandardSocketOptions.SO_REUSEPORT, true)
					.bind(first.getLocalAddress());
			}
			return channels;
		}
		catch (IOException | RuntimeException ex) {
			for (DatagramChannel channel : channels) {
				channel.close();
			}
			throw ex;
		}
	}

	private static DatagramChannel open(InetSocketAddress address, List<DatagramChannel> channels) throws IOException {
		DatagramChannel channel = DatagramChannel.open((address.getAddress() instanceof Inet6Address)
				? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
		channels.add(channel);
		return channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
	}

	InetSocketAddress address() throws IOException {
		return (InetSocketAddress) this.receivers.get(0).channel.getLocalAddress();
	}

	void serve() {
		this.receivers.forEach((receiver) -> receiver.thread.start());
	}

	@Override
	public void close() {
		this.receivers.forEach(Receiver::close);
	}

	/**
	 * One thread with what it reuses from query to query.
	 */
	private final class Receiver implements AutoCloseable {

		private final DatagramChannel channel;

		private final Thread thread;

		private final ByteBuffer received = ByteBuffer.allocateDirect(MAX_PACKET);

		private final ByteBuffer sent = ByteBuffer.allocateDirect(QueryResponder.Transport.UDP.most());

		private final byte[] packet = new byte[MAX_PACKET];

		private final FastPathQuery query = new FastPathQuery();

		private Receiver(DatagramChannel channel, int number) {
			this.channel = channel;
			this.thread = new Thread(this::run, "registry-dns-udp-" + number);
			this.thread.setDaemon(true);
		}

		private void run() {
			while (this.channel.isOpen()) {
				try {
					this.received.clear();
					SocketAddress client = this.channel.receive(this.received);
					if (client != null) {
						answer(client);
					}
				}
				catch (ClosedChannelException ex) {
					return;
				}
				catch (IOException ex) {
					logger.debug("The registry failed to receive a DNS query", ex);
				}
				catch (RuntimeException ex) {
					logger.warn("The registry failed to process a DNS query", ex);
					UdpTransport.this.counters.dropped();
				}
			}
		}

		private void answer(SocketAddress client) {
			int length = this.received.flip().remaining();
			this.received.get(this.packet, 0, length);
			this.query.read(this.packet, length);
			CachedResponse ready = UdpTransport.this.answers.find(this.query, QueryResponder.Transport.UDP);
			if (ready != null) {
				ready.copyTo(this.sent);
				this.query.adopt(this.sent);
				send(this.sent, client);
				return;
			}
			byte[] whole = Arrays.copyOf(this.packet, length);
			Reply reply = UdpTransport.this.answers.make(this.query, whole, transport(client));
			if (reply instanceof Reply.Complete complete) {
				send(ByteBuffer.wrap(complete.response()), client);
			}
			else if (reply instanceof Reply.Incomplete incomplete) {
				forward(incomplete, client);
			}
			else {
				UdpTransport.this.counters.ignored(QueryResponder.Transport.UDP);
			}
		}

		private static QueryResponder.Transport transport(SocketAddress client) {
			boolean local = client instanceof InetSocketAddress address && address.getAddress().isLoopbackAddress();
			return local ? QueryResponder.Transport.UDP : QueryResponder.Transport.REMOTE_UDP;
		}

		/**
		 * Forwards a query. The response is sent by an event loop.
		 */
		private void forward(Reply.Incomplete reply, SocketAddress client) {
			CompletableFuture<byte[]> response = UdpTransport.this.forwarder.forward(reply, client);
			if (response != null) {
				var unused = response.thenAccept((bytes) -> send(ByteBuffer.wrap(bytes), client));
			}
			else {
				UdpTransport.this.counters.unanswered(QueryResponder.Transport.UDP);
			}
		}

		private void send(ByteBuffer response, SocketAddress client) {
			try {
				UdpTransport.this.counters.answered(QueryResponder.Transport.UDP, response);
				this.channel.send(response, client);
			}
			catch (IOException ex) {
				// A failure for one client must not affect others.
				logger.debug("The registry failed to send a DNS response", ex);
				UdpTransport.this.counters.dropped();
			}
		}

		@Override
		public void close() {
			try {
				this.channel.close();
				this.thread.join();
			}
			catch (IOException ex) {
				logger.debug("Could not close a DNS socket", ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
