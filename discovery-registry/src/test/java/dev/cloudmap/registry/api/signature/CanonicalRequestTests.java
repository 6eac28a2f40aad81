package dev.cloudmap.registry.api.signature;

import java.util.Locale;
import java.util.TreeSet;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The canonical request and the signature, checked against the examples of AWS.
 */
class CanonicalRequestTests {

	private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

	private static final String TIME = "20150830T123600Z";

	private static final String NO_PAYLOAD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	private final HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");

	private String signature() {
		this.request.headers().set("Host", "example.amazonaws.com").set("X-Amz-Date", TIME);
		TreeSet<String> names = new TreeSet<>();
		this.request.headers().names().forEach((name) -> names.add(name.toLowerCase(Locale.ROOT)));
		SignatureScope scope = new SignatureScope("20150830", "us-east-1", "service", "aws4_request");
		return scope.sign(SECRET, scope.stringToSign(TIME, CanonicalRequest.of(this.request, names, NO_PAYLOAD)));
	}

	@ParameterizedTest
	@CsvSource({ "GET, /, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
			"POST, /, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
			"GET, /example/.., 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
			"GET, /?Param2=value2&Param1=value1, b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
			"GET, /?%E1%88%B4=bar, 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" })
	void matchesPublishedSignatures(String method, String target, String signature) {
		this.request.setMethod(HttpMethod.valueOf(method)).setUri(target);
		assertThat(signature()).isEqualTo(signature);
	}

	@Test
	void joinsRepeatedHeadersInOrder() {
		this.request.headers().add("My-Header1", "value4").add("my-header1", "value1").add("MY-HEADER1", "value3");
		this.request.headers().add("My-Header1", "value2");
		assertThat(signature()).isEqualTo("08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01");
	}

	@Test
	void collapsesBlanksInHeaders() {
		this.request.headers().add("My-Header1", "value1").add("My-Header2", "\"a   b \t c\"");
		assertThat(signature()).isEqualTo("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
	}

	@Test
	void matchesPublishedKeys() {
		SignatureScope scope = new SignatureScope("20150830", "us-east-1", "iam", "aws4_request");
		String stringToSign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
				+ "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
		assertThat(scope.sign(SECRET, stringToSign))
			.isEqualTo("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
	}

	@ParameterizedTest
	@CsvSource({ "'', ''", "a, a=", "a=, a=", "=a, =a", "a=b=c, a=b%3Dc", "b&a, a=&b=", "a=2&a=1&a, a=&a=1&a=2",
			"a=%7e%2f%2F, a=~%2F%2F", "a=b+c%20d%2Be, a=b%20c%20d%2Be", "a=%zz%, a=%25zz%25", "a&&b, a=&b=",
			"a-b=1&a=2&a%2Eb=3, a=2&a-b=1&a.b=3", "a=é, a=%C3%A9", "A=1&a=2&B=3, A=1&B=3&a=2",
			"namespace=corp%3Aone&since=12, namespace=corp%3Aone&since=12" })
	void normalizesQuery(String query, String canonical) {
		assertThat(CanonicalRequest.query(query)).isEqualTo(canonical);
	}

	@ParameterizedTest
	@CsvSource({ "'', /", "/, /", "//, /", "/a, /a", "/a/, /a/", "/a//b, /a/b", "/./a/../b/, /b/", "/../.., /",
			"/a%20b, /a%2520b", "/a:b, /a%3Ab", "/é, /%C3%A9" })
	void normalizesPath(String path, String canonical) {
		assertThat(CanonicalRequest.path(path)).isEqualTo(canonical);
	}

	@ParameterizedTest
	@CsvSource({ "/, /, ''", "/watch?a=b?c, /watch, a=b?c", "http://host, /, ''", "http://host/a?b, /a, b",
			"http://host?b, /, ''" })
	void splitsTargets(String target, String path, String query) {
		assertThat(RequestTarget.parse(target)).isEqualTo(new RequestTarget(path, query));
	}

}
