package dev.cloudmap.sample.grpc;

import java.io.IOException;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Serves gRPC on a free port, and calls an instance of the service every second. Start
 * several of them, in any order.
 */
@EnableScheduling
@SpringBootApplication(proxyBeanMethods = false)
public class GrpcApplication {

	private static final Logger logger = LoggerFactory.getLogger(GrpcApplication.class);

	private static final long SECOND = 1000;

	public static void main(String[] args) {
		SpringApplication.run(GrpcApplication.class, args);
	}

	@Bean(destroyMethod = "shutdownNow")
	Server server() throws IOException {
		String process = "process " + ProcessHandle.current().pid();
		return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
			.addService(Greeter.service((name) -> "Hello " + name + " from " + process))
			.build()
			.start();
	}

	@Bean(destroyMethod = "shutdownNow")
	ManagedChannel greeters(@Value("${spring.application.name}") String service) {
		return Grpc.newChannelBuilder("discovery:///" + service, InsecureChannelCredentials.create()).build();
	}

	@Bean
	Caller caller(ManagedChannel greeters) {
		return new Caller(greeters);
	}

	static final class Caller {

		private final ManagedChannel greeters;

		Caller(ManagedChannel greeters) {
			this.greeters = greeters;
		}

		@Scheduled(fixedDelay = SECOND)
		void call() {
			try {
				logger.info("{}", Greeter.greet(this.greeters, "gRPC"));
			}
			catch (StatusRuntimeException ex) {
				logger.warn("{}", ex.getStatus());
			}
		}

	}

}
