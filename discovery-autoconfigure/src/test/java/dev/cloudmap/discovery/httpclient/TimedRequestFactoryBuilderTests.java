package dev.cloudmap.discovery.httpclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;

import dev.cloudmap.discovery.loadbalancer.timeout.TimedRequestFactory;

import static org.assertj.core.api.Assertions.assertThat;

class TimedRequestFactoryBuilderTests {

	private static final Duration CHOSEN = Duration.ofSeconds(7);

	private final ClientHttpRequestFactoryBuilder<?> jdk = TimedRequestFactoryBuilder
		.timed(ClientHttpRequestFactoryBuilder.jdk());

	private final ClientHttpRequestFactoryBuilder<?> simple = TimedRequestFactoryBuilder
		.timed(ClientHttpRequestFactoryBuilder.simple());

	@Test
	void setsConnectTimeoutOfService() {
		assertThat(this.jdk.build()).isInstanceOf(TimedRequestFactory.class);
		assertThat(this.jdk.build(HttpClientSettings.defaults().withReadTimeout(CHOSEN)))
			.isInstanceOf(TimedRequestFactory.class);
	}

	@Test
	void keepsUserTimeouts() {
		assertThat(this.jdk.build(HttpClientSettings.defaults().withConnectTimeout(CHOSEN)))
			.isInstanceOf(JdkClientHttpRequestFactory.class);
		assertThat(this.simple.build(HttpClientSettings.defaults().withTimeouts(CHOSEN, CHOSEN)))
			.isInstanceOf(SimpleClientHttpRequestFactory.class);
	}

	@Test
	void setsReadTimeoutForUninterruptibleReads() {
		assertThat(this.simple.build(HttpClientSettings.defaults().withConnectTimeout(CHOSEN)))
			.isInstanceOf(TimedRequestFactory.class);
	}

	@Test
	void keepsFactoriesOfUserBuilder() {
		ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> own = (settings) -> new JdkClientHttpRequestFactory();
		assertThat(TimedRequestFactoryBuilder.timed(own)).isSameAs(own);
		ClientHttpRequestFactoryBuilder<?> supplied = ClientHttpRequestFactoryBuilder
			.of(SimpleClientHttpRequestFactory::new);
		assertThat(TimedRequestFactoryBuilder.timed(supplied)).isSameAs(supplied);
	}

	@Test
	void customizersReceiveFactoryOfLibrary() {
		List<ClientHttpRequestFactory> customized = new ArrayList<>();
		this.jdk.withCustomizer(customized::add).build();
		assertThat(customized).singleElement().isInstanceOf(JdkClientHttpRequestFactory.class);
	}

}
