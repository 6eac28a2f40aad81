package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;

class FeignClientNameFailureAnalyzerTests {

	private final FeignClientNameFailureAnalyzer analyzer = new FeignClientNameFailureAnalyzer();

	@Test
	void suggestsAliasForInvalidFeignClientName() {
		FailureAnalysis analysis = this.analyzer.analyze(new IllegalStateException("outer",
				new IllegalStateException("Service id not legal hostname (my_service)")));
		assertThat(analysis.getDescription()).contains("'my_service'");
		assertThat(analysis.getAction()).contains("discovery.aliases.my-service=my_service");
	}

	@Test
	void ignoresOtherFailures() {
		assertThat(this.analyzer.analyze(new IllegalStateException("other"))).isNull();
	}

}
