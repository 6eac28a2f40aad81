package dev.cloudmap.discovery.registry.consul;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MetaKeysTests {

	private final Map<String, String> omitted = new HashMap<>();

	@ParameterizedTest
	@CsvSource({ "version,version", "discovery.lease,discovery--lease",
			"management.context-path,management--context-path", "AVAILABILITY_ZONE,AVAILABILITY_ZONE", "a.b.c,a--b--c",
			"a-b,a-b" })
	void keyCanBeReadBack(String attribute, String key) {
		Map<String, String> meta = MetaKeys.encode(Map.of(attribute, "x"), this.omitted);
		assertThat(meta).containsExactly(Map.entry(key, "x"));
		assertThat(MetaKeys.decode(meta)).containsExactly(Map.entry(attribute, "x"));
		assertThat(this.omitted).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a--b", "a-.b", "a/b", "ä", "a b", "consul-version", "" })
	void omitsKeysThatCanNotBeReadBack(String attribute) {
		assertThat(MetaKeys.encode(Map.of(attribute, "x"), this.omitted)).isEmpty();
		assertThat(this.omitted).containsOnlyKeys(attribute);
	}

	@Test
	void omitsWhatIsTooLongOrTooMuch() {
		assertThat(MetaKeys.encode(Map.of("k".repeat(129), "x"), this.omitted)).isEmpty();
		assertThat(MetaKeys.encode(Map.of("k", "x".repeat(513)), this.omitted)).isEmpty();
		assertThat(MetaKeys.encode(Map.of("k".repeat(128), "x".repeat(512)), new HashMap<>())).hasSize(1);
		Map<String, String> many = new LinkedHashMap<>();
		for (int i = 0; i <= MetaKeys.MAX_PAIRS; i++) {
			many.put("k" + i, "x");
		}
		this.omitted.clear();
		assertThat(MetaKeys.encode(many, this.omitted)).hasSize(MetaKeys.MAX_PAIRS);
		assertThat(this.omitted).containsOnlyKeys("k" + MetaKeys.MAX_PAIRS);
	}

}
