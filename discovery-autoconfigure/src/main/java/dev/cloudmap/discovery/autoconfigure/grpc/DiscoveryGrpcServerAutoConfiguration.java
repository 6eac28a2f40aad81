package dev.cloudmap.discovery.autoconfigure.grpc;

import java.util.stream.IntStream;

import io.grpc.Server;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;

import dev.cloudmap.discovery.autoconfigure.registration.AutoRegistrationAutoConfiguration;
import dev.cloudmap.discovery.lifecycle.GrpcServerPort;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.instance.ServerPort;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that registers the port of this
 * application's gRPC server: of Spring gRPC, or of a {@link Server} bean.
 */
@AutoConfiguration(after = AutoRegistrationAutoConfiguration.class)
@ConditionalOnClass(Server.class)
@ConditionalOnBean(value = ServerPort.class, search = SearchStrategy.CURRENT)
public final class DiscoveryGrpcServerAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(Server.class)
	static class OfServerBean {

		@Bean
		@Lazy(false)
		@Order(GrpcServerPort.ORDER)
		GrpcServerPort grpcServerBeanPort(ObjectProvider<Server> servers, ServerPort application,
				ObjectProvider<AwsPlatform> platform) {
			return new GrpcServerPort(() -> servers.stream().mapToInt(OfServerBean::port), application,
					platform.getIfAvailable());
		}

		private static int port(Server server) {
			try {
				return server.getPort();
			}
			catch (IllegalStateException ex) {
				// not started
				return -1;
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcServerLifecycle.class)
	@ConditionalOnBean(GrpcServerLifecycle.class)
	static class OfSpringGrpc {

		@Bean
		@Lazy(false)
		@Order(GrpcServerPort.ORDER)
		GrpcServerPort springGrpcServerPort(ObjectProvider<GrpcServerLifecycle> servers, ServerPort application,
				ObjectProvider<AwsPlatform> platform) {
			return new GrpcServerPort(() -> ports(servers), application, platform.getIfAvailable());
		}

		private static IntStream ports(ObjectProvider<GrpcServerLifecycle> servers) {
			return servers.stream().mapToInt(GrpcServerLifecycle::getPort);
		}

		/**
		 * Deregisters this application before the server stops. Spring gRPC stops it in
		 * the same phase as the registration.
		 */
		@Bean
		GenericApplicationListener grpcServerShutdownListener(ConfigurableApplicationContext context,
				ObjectProvider<DiscoveryAutoServiceRegistration> registration) {
			return GenericApplicationListener.forEventType(GrpcServerShutdownEvent.class, (event) -> {
				if (context.isClosed()) {
					registration.ifAvailable(DiscoveryAutoServiceRegistration::stopBeforeServer);
				}
			});
		}

	}

}
