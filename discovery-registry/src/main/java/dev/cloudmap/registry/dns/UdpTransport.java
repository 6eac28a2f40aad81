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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS over UDP: one thread that takes a query, answers it and takes the next.
 */
final class UdpTransport implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(UdpTransport.class);

	private static final int MAX_PACKET = 65_535;

	/** Room for bursts while the thread is busy, in bytes. */
	private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

	private final DatagramChannel channel;

	private final Responder responder;

	private final Thread thread;

	/**
	 * Takes the address; queries wait until {@link #serve()}.
	 */
	UdpTransport(InetSocketAddress address, Responder responder) throws IOException {
		this.responder = responder;
		this.channel = DatagramChannel.open((address.getAddress() instanceof Inet6Address)
				? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
		try {
			this.channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
			this.channel.bind(address);
		}
		catch (IOException ex) {
			this.channel.close();
			throw ex;
		}
		this.thread = new Thread(this::run, "registry-dns-udp");
		this.thread.setDaemon(true);
	}

	InetSocketAddress address() throws IOException {
		return (InetSocketAddress) this.channel.getLocalAddress();
	}

	void serve() {
		this.thread.start();
	}

	private void run() {
		ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_PACKET);
		while (this.channel.isOpen()) {
			try {
				buffer.clear();
				SocketAddress client = this.channel.receive(buffer);
				buffer.flip();
				byte[] packet = new byte[buffer.remaining()];
				buffer.get(packet);
				byte[] response = this.responder.respond(packet, Responder.Transport.UDP);
				if (client != null && response != null) {
					this.channel.send(ByteBuffer.wrap(response), client);
				}
			}
			catch (ClosedChannelException ex) {
				return;
			}
			catch (IOException | RuntimeException ex) {
				// One client's trouble, such as a port that cannot be sent to, is not
				// the next one's.
				logger.debug("A DNS query was not answered", ex);
			}
		}
	}

	@Override
	public void close() {
		try {
			this.channel.close();
			this.thread.join();
		}
		catch (IOException ex) {
			logger.debug("Could not close the DNS socket", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
