package dev.cloudmap.discovery.autoconfigure.awspring;

import java.net.URI;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for
 * {@link CloudMapConnectionDetails} that adapts the connection details of Spring Cloud
 * AWS, for example of an emulator in a container.
 */
@AutoConfiguration(before = RegistryAutoConfiguration.class)
@ConditionalOnClass(AwsConnectionDetails.class)
@ConditionalOnBean(AwsConnectionDetails.class)
@ConditionalOnMissingBean(CloudMapConnectionDetails.class)
public final class AwsConnectionDetailsAutoConfiguration {

	@Bean
	CloudMapConnectionDetails awsCloudMapConnectionDetails(AwsConnectionDetails details) {
		return new AwsCloudMapConnectionDetails(details);
	}

	private record AwsCloudMapConnectionDetails(AwsConnectionDetails details) implements CloudMapConnectionDetails {

		@Override
		public @Nullable URI getEndpoint() {
			return this.details.getEndpoint();
		}

		@Override
		public @Nullable String getRegion() {
			return this.details.getRegion();
		}

		@Override
		public @Nullable AwsCredentialsProvider getCredentials() {
			String id = this.details.getAccessKey();
			String secret = this.details.getSecretKey();
			return (id != null && secret != null)
					? StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)) : null;
		}

		@Override
		public boolean hasDns() {
			return !isEmulator();
		}

		@Override
		public CreationPolicy.@Nullable Scope getCreate() {
			return isEmulator() ? CreationPolicy.Scope.NAMESPACES : null;
		}

		private boolean isEmulator() {
			return this.details.getEndpoint() != null;
		}

	}

}
