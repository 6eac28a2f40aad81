package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

import org.xbill.DNS.Message;

/**
 * A query by one datagram. The socket is connected, so that the operating system accepts
 * datagrams of the server only, and has a separate port, which the operating system
 * selects at random.
 */
final class UdpExchange extends DnsExchange {

	private final DatagramChannel channel = DatagramChannel.open();

	private final byte[] request;

	UdpExchange(Message query) throws IOException {
		super(query);
		this.request = query.toWire();
	}

	@Override
	void start(InetSocketAddress server) throws IOException {
		this.channel.configureBlocking(false);
		this.channel.connect(server);
		this.channel.write(ByteBuffer.wrap(this.request));
	}

	@Override
	SelectableChannel channel() {
		return this.channel;
	}

	@Override
	int initialInterest() {
		return SelectionKey.OP_READ;
	}

	@Override
	void proceed(SelectionKey key, ByteBuffer buffer) throws IOException {
		this.channel.read(buffer.clear());
		byte[] datagram = new byte[buffer.flip().remaining()];
		buffer.get(datagram);
		receive(datagram);
	}

}
