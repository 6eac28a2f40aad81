package dev.cloudmap.registry.state.model;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ids and ARNs in requests.
 */
class IdsTests {

	@ParameterizedTest
	@CsvSource({ "srv-1,srv-1", "arn:aws:servicediscovery:eu-west-1:000000000000:service/srv-1,srv-1",
			"arn:aws-cn:servicediscovery:cn-north-1:123456789012:namespace/ns-1,ns-1",
			"arn:aws:s3:::bucket/srv-1,arn:aws:s3:::bucket/srv-1",
			"arn:aws:servicediscovery:eu-west-1:000000000000:instance/srv-1,arn:aws:servicediscovery:eu-west-1:000000000000:instance/srv-1",
			"arn:,arn:" })
	void areTakenFromArns(String given, String id) {
		assertThat(Ids.of(given)).isEqualTo(id);
	}

}
