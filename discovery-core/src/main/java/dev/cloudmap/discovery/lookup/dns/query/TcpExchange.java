package dev.cloudmap.discovery.lookup.dns.query;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.xbill.DNS.Message;

/**
 * A query over a new TCP connection. Connections are not reused, since the server may
 * have closed them.
 */
final class TcpExchange extends DnsExchange {

	private final SocketChannel channel = SocketChannel.open();

	private final ByteBuffer request;

	private final ByteBuffer length = ByteBuffer.allocate(Short.BYTES);

	private ByteBuffer body = ByteBuffer.allocate(0);

	TcpExchange(Message query) throws IOException {
		super(query);
		byte[] wire = query.toWire();
		this.request = ByteBuffer.allocate(Short.BYTES + wire.length).putShort((short) wire.length).put(wire).flip();
	}

	@Override
	void start(InetSocketAddress server) throws IOException {
		this.channel.configureBlocking(false);
		this.channel.connect(server);
	}

	@Override
	SelectableChannel channel() {
		return this.channel;
	}

	@Override
	int initialInterest() {
		return this.channel.isConnected() ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
	}

	@Override
	void proceed(SelectionKey key, ByteBuffer buffer) throws IOException {
		if (key.isConnectable()) {
			this.channel.finishConnect();
			key.interestOps(SelectionKey.OP_WRITE);
		}
		else if (key.isWritable()) {
			this.channel.write(this.request);
			if (!this.request.hasRemaining()) {
				key.interestOps(SelectionKey.OP_READ);
			}
		}
		else {
			read();
		}
	}

	private void read() throws IOException {
		if (this.length.hasRemaining()) {
			fill(this.length);
			if (this.length.hasRemaining()) {
				return;
			}
			this.body = ByteBuffer.allocate(Short.toUnsignedInt(this.length.getShort(0)));
		}
		fill(this.body);
		if (!this.body.hasRemaining()) {
			this.length.clear();
			receive(this.body.array());
		}
	}

	private void fill(ByteBuffer target) throws IOException {
		if (this.channel.read(target) < 0) {
			throw new EOFException("closed the connection without an answer");
		}
	}

}
