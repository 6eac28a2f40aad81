package dev.cloudmap.discovery.clients;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * gRPC servers that return their names. Messages are plain text, so that no code is
 * generated.
 */
final class GrpcServers {

	private static final String SERVICE = "test.Names";

	private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Get"))
		.setRequestMarshaller(new Text())
		.setResponseMarshaller(new Text())
		.build();

	private GrpcServers() {
	}

	/**
	 * Starts a server on a free port of loopback.
	 */
	static Server start(String name) {
		return start(() -> name);
	}

	/**
	 * Starts a server whose calls fail.
	 */
	static Server startFailing() {
		return start(() -> {
			throw Status.INTERNAL.withDescription("failing").asRuntimeException();
		});
	}

	private static Server start(Supplier<String> answer) {
		try {
			return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
				.addService(service(answer))
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static ServerServiceDefinition service(Supplier<String> answer) {
		return ServerServiceDefinition.builder(SERVICE)
			.addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> answer(answer, observer)))
			.build();
	}

	private static void answer(Supplier<String> answer, StreamObserver<String> observer) {
		try {
			observer.onNext(answer.get());
			observer.onCompleted();
		}
		catch (RuntimeException ex) {
			observer.onError(ex);
		}
	}

	/**
	 * Calls the server that a channel chooses and returns its name.
	 */
	static String call(Channel channel) {
		return ClientCalls.blockingUnaryCall(channel, METHOD,
				CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), "");
	}

	private static final class Text implements Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
