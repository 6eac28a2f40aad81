package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;
import java.net.Socket;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DefaultSocketChannelConfig;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;

/**
 * A connection without a network with the type of a TCP connection.
 */
final class EmbeddedConnection extends EmbeddedChannel implements SocketChannel {

	private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 8054);

	private static final InetSocketAddress REMOTE = new InetSocketAddress("127.0.0.1", 40_000);

	/** Ignores socket options, which would open a socket. */
	private static final Socket NO_SOCKET = new Socket() {

		@Override
		public void setTcpNoDelay(boolean on) {
		}

	};

	private SocketChannelConfig socketConfig;

	@Override
	public SocketChannelConfig config() {
		// The super constructors call this method before the field is initialised.
		if (this.socketConfig == null) {
			this.socketConfig = new DefaultSocketChannelConfig(this, NO_SOCKET);
		}
		return this.socketConfig;
	}

	@Override
	public InetSocketAddress localAddress() {
		return LOCAL;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return REMOTE;
	}

	@Override
	public ServerSocketChannel parent() {
		return null;
	}

	@Override
	public boolean isInputShutdown() {
		return !isActive();
	}

	@Override
	public ChannelFuture shutdownInput() {
		throw new UnsupportedOperationException();
	}

	@Override
	public ChannelFuture shutdownInput(ChannelPromise promise) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isOutputShutdown() {
		return !isActive();
	}

	@Override
	public ChannelFuture shutdownOutput() {
		throw new UnsupportedOperationException();
	}

	@Override
	public ChannelFuture shutdownOutput(ChannelPromise promise) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isShutdown() {
		return !isActive();
	}

	@Override
	public ChannelFuture shutdown() {
		throw new UnsupportedOperationException();
	}

	@Override
	public ChannelFuture shutdown(ChannelPromise promise) {
		throw new UnsupportedOperationException();
	}

}
