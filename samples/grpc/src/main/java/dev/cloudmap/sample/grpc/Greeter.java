package dev.cloudmap.sample.grpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;

/**
 * A gRPC service with one method. Its messages are plain text, in place of generated
 * classes.
 */
final class Greeter {

	private static final String SERVICE = "sample.Greeter";

	private static final long TIMEOUT_SECONDS = 5;

	private static final MethodDescriptor<String, String> GREET = MethodDescriptor.<String, String>newBuilder()
		.setType(MethodType.UNARY)
		.setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Greet"))
		.setRequestMarshaller(new Text())
		.setResponseMarshaller(new Text())
		.build();

	private Greeter() {
	}

	/**
	 * The service for a server.
	 * @param greeting returns the greeting of a name
	 */
	static ServerServiceDefinition service(UnaryOperator<String> greeting) {
		return ServerServiceDefinition.builder(SERVICE)
			.addMethod(GREET, ServerCalls.asyncUnaryCall((name, response) -> {
				response.onNext(greeting.apply(name));
				response.onCompleted();
			}))
			.build();
	}

	/**
	 * Calls the service.
	 */
	static String greet(Channel channel, String name) {
		CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.withWaitForReady();
		return ClientCalls.blockingUnaryCall(channel, GREET, options, name);
	}

	private static final class Text implements Marshaller<String> {

		@Override
		public InputStream stream(String text) {
			return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
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
