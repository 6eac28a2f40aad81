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
 * DNS over UDP: threads that each take a query, answer it and take the next. Where the
 * platform lets several sockets share a port each thread has its own, and the platform
 * divides the clients among them; elsewhere there is one thread.
 */
final class UdpTransport implements AutoCloseable {

	/** The most threads; beyond that the network is what takes time. */
	static final int MAX_THREADS = 4;

	/**
	 * A thread that always finds the next query is cheaper than two that sleep and are
	 * woken, and the network and those who ask need processors too.
	 */
	private static final int PROCESSORS_PER_THREAD = 2;

	private static final Logger logger = LoggerFactory.getLogger(UdpTransport.class);

	private static final int MAX_PACKET = 65_535;

	/** Room for bursts while the thread is busy, in bytes. */
	private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

	private final List<Receiver> receivers = new ArrayList<>();

	private UdpTransport() {
	}

	/**
	 * Takes an address; queries wait until {@link #serve()}.
	 * @throws IOException when the address cannot be had, because another process has it
	 * or for another reason
	 */
	static UdpTransport bind(InetSocketAddress address, QueryResponder responder, ResponseCache answers,
			Forwarder forwarder, DnsCounters counters) throws IOException {
		UdpTransport transport = new UdpTransport();
		try {
			for (DatagramChannel channel : channels(address)) {
				transport.receivers
					.add(new Receiver(channel, responder, answers, forwarder, counters, transport.receivers.size()));
			}
			return transport;
		}
		catch (IOException | RuntimeException ex) {
			transport.close();
			throw ex;
		}
	}

	private static List<DatagramChannel> channels(InetSocketAddress address) throws IOException {
		List<DatagramChannel> channels = new ArrayList<>();
		DatagramChannel first = open(address);
		channels.add(first);
		try {
			first.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
			first.bind(address);
			if (!first.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
				return channels;
			}
			// Only now, so that a port that another process shares already is refused as
			// any other that is taken.
			first.setOption(StandardSocketOptions.SO_REUSEPORT, true);
			int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD);
			while (channels.size() < threads) {
				DatagramChannel further = open(address);
				channels.add(further);
				further.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
				further.setOption(StandardSocketOptions.SO_REUSEPORT, true);
				further.bind(first.getLocalAddress());
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

	private static DatagramChannel open(InetSocketAddress address) throws IOException {
		return DatagramChannel.open((address.getAddress() instanceof Inet6Address) ? StandardProtocolFamily.INET6
				: StandardProtocolFamily.INET);
	}

	InetSocketAddress address() throws IOException {
		return (InetSocketAddress) this.receivers.get(0).channel.getLocalAddress();
	}

	/**
	 * Returns how many threads there are.
	 */
	int threads() {
		return this.receivers.size();
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
	private static final class Receiver implements AutoCloseable {

		private final DatagramChannel channel;

		private final QueryResponder responder;

		private final ResponseCache answers;

		private final Forwarder forwarder;

		private final DnsCounters counters;

		private final Thread thread;

		private final ByteBuffer received = ByteBuffer.allocateDirect(MAX_PACKET);

		private final ByteBuffer sent = ByteBuffer.allocateDirect(QueryResponder.Transport.UDP.most());

		private final byte[] packet = new byte[MAX_PACKET];

		private final FastPathQuery query = new FastPathQuery();

		private Receiver(DatagramChannel channel, QueryResponder responder, ResponseCache answers, Forwarder forwarder,
				DnsCounters counters, int number) {
			this.channel = channel;
			this.responder = responder;
			this.answers = answers;
			this.forwarder = forwarder;
			this.counters = counters;
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
					logger.debug("A DNS query was not received", ex);
				}
				catch (RuntimeException ex) {
					logger.warn("A DNS query could not be answered", ex);
					this.counters.dropped();
				}
			}
		}

		private void answer(SocketAddress client) {
			int length = this.received.flip().remaining();
			this.received.get(this.packet, 0, length);
			boolean common = this.query.read(this.packet, length);
			CachedResponse ready = common ? this.answers.find(this.query, QueryResponder.Transport.UDP) : null;
			if (ready != null) {
				ready.copyTo(this.sent);
				this.query.adopt(this.sent);
				send(this.sent, client);
				return;
			}
			byte[] whole = Arrays.copyOf(this.packet, length);
			QueryResponder.Transport transport = transport(client);
			Reply reply = common ? this.answers.make(this.query, whole, transport)
					: this.responder.respond(whole, transport);
			if (reply instanceof Reply.Complete complete) {
				send(ByteBuffer.wrap(complete.response()), client);
			}
			else if (reply instanceof Reply.Incomplete incomplete) {
				forward(incomplete, client);
			}
			else {
				this.counters.ignored(QueryResponder.Transport.UDP);
			}
		}

		private static QueryResponder.Transport transport(SocketAddress client) {
			boolean local = client instanceof InetSocketAddress address && address.getAddress().isLoopbackAddress();
			return local ? QueryResponder.Transport.UDP : QueryResponder.Transport.REMOTE_UDP;
		}

		/**
		 * Sends the response when upstreams have answered, from one of their threads.
		 */
		private void forward(Reply.Incomplete reply, SocketAddress client) {
			CompletableFuture<byte[]> response = this.forwarder.forward(reply, client);
			if (response != null) {
				var unused = response.thenAccept((bytes) -> send(ByteBuffer.wrap(bytes), client));
			}
			else {
				this.counters.unanswered(QueryResponder.Transport.UDP);
			}
		}

		private void send(ByteBuffer response, SocketAddress client) {
			try {
				this.counters.answered(QueryResponder.Transport.UDP, response);
				this.channel.send(response, client);
			}
			catch (IOException ex) {
				// One client's trouble, such as a port that cannot be sent to, is not the
				// next one's.
				logger.debug("A DNS query was not answered", ex);
				this.counters.dropped();
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
